//! Billing sees what waits at each step, and marks an invoice as sent.
use crate::billing::filed;
use interpres_billing::{
    ApproveVoucher, CountInvoices, CountVouchers, InvoiceInput, InvoiceState, ListInvoices,
    ListUninvoiced, ListVouchers, MakeInvoice, SendInvoice, VoucherState, VouchersToReview,
};
use interpres_gate::Actor;
use interpres_testkit::{House, apply, story};
use interpres_types::Cents;

/// What is charged for the voucher of these stories, and what is paid.
const BILL: Cents = Cents(12_796);
const PAY: Cents = Cents(6_546);

async fn to_review(house: &House, billing: &Actor) -> (i64, i64) {
    let waits = house.gate.view(billing, VouchersToReview).await.unwrap();
    (waits.vouchers, waits.flagged)
}

/// Customers with work that stands on no invoice: their names, how many jobs, and what they come to.
async fn waiting(house: &House, billing: &Actor) -> Vec<(String, i64, Cents)> {
    let page = house.gate.view(billing, ListUninvoiced::default()).await;
    let items = page.unwrap().into_inner().items;
    items
        .into_iter()
        .map(|of| (of.name, of.jobs, of.total))
        .collect()
}

async fn invoices(house: &House, billing: &Actor) -> Vec<(InvoiceState, i64, Cents)> {
    let list = ListInvoices::default();
    let counts = house.gate.view(billing, CountInvoices { list }).await;
    let counts = counts.unwrap().into_inner();
    counts
        .into_iter()
        .map(|of| (of.state, of.invoices, of.total))
        .collect()
}

#[apply(story)]
async fn what_waits_for_billing_is_counted_step_by_step_until_the_invoice_is_sent(house: &House) {
    let bea = house.enters("Bea").await;
    assert_eq!(to_review(house, &bea).await, (0, 0));
    let id = filed(house, "FR-1001").await;
    assert_eq!(
        to_review(house, &bea).await,
        (1, 1),
        "and it is flagged: she did not mark that she arrived"
    );
    let none = waiting(house, &bea).await;
    assert!(none.is_empty(), "nothing is approved yet");
    let approve = ApproveVoucher { id, version: None };
    house.gate.perform(&bea, approve).await.unwrap();
    assert_eq!(to_review(house, &bea).await, (0, 0));
    let brigid = "St. Brigid Hospital";
    assert_eq!(
        waiting(house, &bea).await,
        [(brigid.to_owned(), 1, BILL)],
        "approved, and on no invoice"
    );
    assert!(invoices(house, &bea).await.is_empty());
    let customer = house.world.customers[brigid].to_string().into();
    let make = MakeInvoice::of(InvoiceInput { customer });
    let made = house.gate.perform(&bea, make).await.unwrap();
    assert!(waiting(house, &bea).await.is_empty());
    let draft = [(InvoiceState::Draft, 1, BILL)];
    assert_eq!(invoices(house, &bea).await, draft);
    let sent = house.gate.perform(&bea, SendInvoice(made.id)).await;
    assert_eq!(sent.unwrap().number, made.number);
    let sent = [(InvoiceState::Sent, 1, BILL)];
    assert_eq!(invoices(house, &bea).await, sent);
    let again = house.gate.perform(&bea, SendInvoice(made.id)).await;
    assert_eq!(
        again.unwrap_err().to_string(),
        "This invoice is already marked as sent."
    );
}

#[apply(story)]
async fn vouchers_are_counted_for_billing_with_the_bill_and_for_their_interpreter_without(
    house: &House,
) {
    filed(house, "FR-1001").await;
    for (who, bill) in [("Bea", Some(BILL)), ("Ines", None)] {
        let list = ListVouchers::default();
        let counts = house
            .gate
            .view(&house.enters(who).await, CountVouchers { list })
            .await
            .unwrap()
            .into_inner();
        let counts: Vec<_> = counts
            .into_iter()
            .map(|of| (of.state, of.vouchers, of.bill, of.pay))
            .collect();
        assert_eq!(counts, [(VoucherState::Submitted, 1, bill, PAY)], "{who}");
    }
    let list = ListVouchers::default();
    let others = house
        .gate
        .view(&house.enters("Linh").await, CountVouchers { list })
        .await;
    assert!(
        others.unwrap().is_empty(),
        "nobody counts what is another's"
    );
}
