//! Vouchers, invoices and rates, tried by everybody.
use super::{Attempt, perform, view};
use interpres_billing::*;
use interpres_gate::{Actor, Gate};
use interpres_rates::*;
use interpres_testkit::House;
use interpres_types::{InvoiceId, VoucherId};

pub(super) async fn vouchers_and_rates(house: &House, g: &Gate, a: &Actor) -> Vec<Attempt> {
    let appointment = house.world.appointments["FR-1001"];
    let customer = house.world.customers["St. Brigid Hospital"];
    let voucher = VoucherId::NONE;
    let invoice = InvoiceId::NONE;
    vec![
        perform(
            g,
            a,
            FileVoucher {
                appointment,
                input: VoucherInput::default(),
            },
        )
        .await,
        view(g, a, ListVouchers::default()).await,
        view(g, a, ShowVoucher(voucher)).await,
        view(g, a, VoucherOfAppointment(appointment)).await,
        perform(
            g,
            a,
            ApproveVoucher {
                id: voucher,
                version: None,
            },
        )
        .await,
        perform(
            g,
            a,
            ReturnVoucher {
                id: voucher,
                reason: "x".into(),
            },
        )
        .await,
        view(g, a, ListInvoices::default()).await,
        view(g, a, ShowInvoice(invoice)).await,
        view(g, a, ListUninvoiced::default()).await,
        perform(
            g,
            a,
            MakeInvoice::of(InvoiceInput {
                customer: customer.to_string().into(),
            }),
        )
        .await,
        perform(g, a, SendInvoice(invoice)).await,
        view(g, a, ListRates::default()).await,
        perform(
            g,
            a,
            SetRate {
                input: RateInput::default(),
            },
        )
        .await,
    ]
}
