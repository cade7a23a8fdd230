//! Billing approves vouchers and makes invoices of them.
use crate::billing::{filed, voucher};
use interpres_accounts::{SetWorkspace, WorkspaceInput};
use interpres_billing::{
    ApproveVoucher, FileVoucher, InvoiceInput, ListInvoices, MakeInvoice, ShowInvoice, ShowVoucher,
};
use interpres_gate::{Refusal, ShowHistory};
use interpres_scheduling::{AppointmentInput, BookAppointment, CheckIn};
use interpres_testkit::{House, apply, story};
use interpres_types::{AppointmentId, Cents};
use std::time::{Duration, Instant};

/// A job of an hour that Ines has, on this day and from this hour on.
async fn hers(house: &House, day: i64, hour: i64) -> AppointmentId {
    let dora = house.enters("Dora").await;
    let input = AppointmentInput {
        date: format!("2027-03-{day:02}").into(),
        start: format!("{hour:02}:00").into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "phone".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        ..AppointmentInput::default()
    };
    let appointment = house
        .gate
        .perform(&dora, BookAppointment { input })
        .await
        .unwrap()
        .id;
    house.assign(appointment, "Ines").await;
    appointment
}

#[apply(story)]
async fn bea_approves_and_invoices_and_the_invoice_names_no_client(house: &House) {
    let id = filed(house, "FR-1001").await;
    let bea = house.enters("Bea").await;
    let seen = house
        .gate
        .view(&bea, ShowVoucher(id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            seen.flags.as_slice(),
            seen.note.unwrap().is_masked(),
            seen.signer.unwrap().is_masked()
        ),
        (["Did not mark arrived".to_owned()].as_slice(), true, true)
    );
    house
        .gate
        .perform(&bea, ApproveVoucher { id, version: None })
        .await
        .unwrap();
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let made = house
        .gate
        .perform(
            &bea,
            MakeInvoice::of(InvoiceInput {
                customer: customer.clone().into(),
            }),
        )
        .await
        .unwrap();
    assert_eq!((made.number, made.jobs, made.total), (1, 1, Cents(12_796)));
    let invoice = house
        .gate
        .view(&bea, ShowInvoice(made.id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(invoice.lines[0].trace.len(), 4);
    let again = house
        .gate
        .perform(
            &bea,
            MakeInvoice::of(InvoiceInput {
                customer: customer.into(),
            }),
        )
        .await;
    assert!(matches!(again, Err(Refusal::Conflict(_))));
}

#[apply(story)]
async fn ines_never_learns_what_the_customer_is_charged(house: &House) {
    let id = filed(house, "FR-1001").await;
    let ines = house.enters("Ines").await;
    let seen = house
        .gate
        .view(&ines, ShowVoucher(id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (seen.bill_total, seen.bill.is_none(), seen.pay_total),
        (None, true, Cents(6_546))
    );
}

#[apply(story)]
async fn an_invoice_keeps_the_letterhead_and_the_days_of_when_it_was_made(house: &House) {
    let id = filed(house, "FR-1001").await;
    let (bea, adam) = (house.enters("Bea").await, house.enters("Adam").await);
    house
        .gate
        .perform(&bea, ApproveVoucher { id, version: None })
        .await
        .unwrap();
    let set = async |name: &str, days: &str| {
        let input = WorkspaceInput {
            name: "Front Range Interpreters".into(),
            zone: "America/Denver".into(),
            reveal_hours: "24".into(),
            legal_name: name.into(),
            address: "1 Market St\n\nDenver CO 80202".into(),
            payment_days: days.into(),
            ..WorkspaceInput::default()
        };
        house
            .gate
            .perform(
                &adam,
                SetWorkspace {
                    version: None,
                    input,
                },
            )
            .await
            .unwrap();
    };
    set("Front Range Interpreters LLC", "14").await;
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let made = house
        .gate
        .perform(
            &bea,
            MakeInvoice::of(InvoiceInput {
                customer: customer.into(),
            }),
        )
        .await
        .unwrap();
    set("Another name", "90").await;
    let invoice = house
        .gate
        .view(&bea, ShowInvoice(made.id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        invoice.from,
        [
            "Front Range Interpreters LLC",
            "1 Market St",
            "Denver CO 80202"
        ]
    );
    assert_eq!(
        (invoice.issued_on.to_string(), invoice.due_on.to_string()),
        ("2027-03-02".to_owned(), "2027-03-16".to_owned())
    );
}

#[apply(story)]
async fn sixty_four_invoices_at_once_make_one(house: &House) {
    let id = filed(house, "FR-1001").await;
    let bea = house.enters("Bea").await;
    house
        .gate
        .perform(&bea, ApproveVoucher { id, version: None })
        .await
        .unwrap();
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let (gate, bea, customer) = (house.gate.clone(), bea.clone(), customer.clone());
        tasks.push(tokio::spawn(async move {
            gate.perform(
                &bea,
                MakeInvoice::of(InvoiceInput {
                    customer: customer.into(),
                }),
            )
            .await
            .is_ok()
        }));
    }
    let mut made = 0;
    for task in tasks {
        made += usize::from(task.await.unwrap());
    }
    let listed = house
        .gate
        .view(&bea, ListInvoices::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (made, listed.items.len(), listed.items[0].number),
        (1, 1, 1)
    );
}

#[apply(story)]
async fn while_an_invoice_is_put_on_paper_others_go_on(house: &House) {
    let mut jobs = Vec::new();
    for day in 3..13 {
        for hour in [6, 8, 10, 12] {
            jobs.push((hers(house, day, hour).await, hour));
        }
    }
    house.at("2027-03-14T12:00");
    let (bea, dora, ines) = (
        house.enters("Bea").await,
        house.enters("Dora").await,
        house.enters("Ines").await,
    );
    for (appointment, hour) in jobs {
        let input = voucher(&format!("{hour:02}:00"), &format!("{:02}:00", hour + 1));
        let id = house
            .gate
            .perform(&ines, FileVoucher { appointment, input })
            .await
            .unwrap()
            .id;
        house
            .gate
            .perform(&bea, ApproveVoucher { id, version: None })
            .await
            .unwrap();
    }
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let (gate, began) = (house.gate.clone(), Instant::now());
    let making = tokio::spawn(async move {
        gate.perform(
            &bea,
            MakeInvoice::of(InvoiceInput {
                customer: customer.into(),
            }),
        )
        .await
        .map(|made| (made.jobs, Instant::now()))
    });
    let mut longest = Duration::ZERO;
    while !making.is_finished() {
        let one = Instant::now();
        let _ = house
            .gate
            .perform(&dora, CheckIn(house.world.appointments["FR-1001"]))
            .await;
        longest = longest.max(one.elapsed());
    }
    let (jobs, ended) = making.await.unwrap().unwrap();
    assert_eq!(jobs, 40);
    assert!(
        longest * 2 < ended - began,
        "somebody waited {longest:?} of {:?}",
        ended - began
    );
}

#[apply(story)]
async fn history_shows_before_and_after_to_those_who_may(house: &House) {
    let id = filed(house, "FR-1001").await;
    let (olivia, bea) = (house.enters("Olivia").await, house.enters("Bea").await);
    let appointment = house.world.appointments["FR-1001"];
    let versions = house
        .gate
        .view(&olivia, ShowHistory::of("appointment", appointment))
        .await
        .unwrap()
        .into_inner()
        .items;
    let statuses: Vec<_> = versions
        .iter()
        .flat_map(|v| &v.changes)
        .filter(|c| c.field == "status")
        .map(|c| (c.before.clone(), c.after.clone()))
        .collect();
    let text = |t: &str| Some(t.to_owned());
    assert_eq!(
        statuses,
        [
            (text("assigned"), text("completed")),
            (text("requested"), text("assigned")),
            (None, text("requested"))
        ]
    );
    let client = house.client_of(appointment).await;
    let versions = house
        .gate
        .view(&olivia, ShowHistory::of("client", client))
        .await
        .unwrap()
        .into_inner()
        .items;
    assert_eq!(
        versions
            .last()
            .unwrap()
            .changes
            .iter()
            .find(|c| c.field == "name")
            .unwrap()
            .after
            .as_deref(),
        Some("Rosa Kanarya")
    );
    assert!(matches!(
        house.gate.view(&bea, ShowHistory::of("voucher", id)).await,
        Err(Refusal::Forbidden)
    ));
}
