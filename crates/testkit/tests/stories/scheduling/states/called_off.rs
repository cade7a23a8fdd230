//! What is called off: who is still asked, who pays and is paid, and what comes back when it is
//! restored.
use super::{file, input, missed, restore, sight, voucher, was_told};
use interpres_billing::{
    ApproveVoucher, InvoiceInput, MakeInvoice, ReturnVoucher, ShowInvoice, VoucherState,
};
use interpres_dispatch::{AcceptOffer, MyOffers, RemoveInterpreter, ShowMyOffer};
use interpres_gate::Refusal;
use interpres_scheduling::{
    AppointmentInput, DeclineAppointment, DeclineInput, Party, ShowAppointment, Status,
};
use interpres_testkit::{House, apply, story};
use interpres_types::Cents;

#[apply(story)]
async fn after_a_cancellation_nobody_who_was_asked_sees_or_takes_it_not_even_after_a_restoration(
    house: &House,
) {
    let id = house.world.appointments["FR-1001"];
    let offers = house
        .ask("broadcast", "FR-1001", &["Ines", "Pablo"])
        .await
        .unwrap()
        .offers;
    house.cancel("Dora", id, "customer-canceled").await.unwrap();
    let ines = house.enters("Ines").await;
    assert!(house.gate.view(&ines, MyOffers).await.unwrap().is_empty());
    assert!(matches!(
        house.gate.view(&ines, ShowMyOffer(offers[0])).await,
        Err(Refusal::Conflict(_))
    ));
    assert_eq!(sight(house, "Ines", id).await, None);
    assert!(matches!(
        house.gate.perform(&ines, AcceptOffer(offers[0])).await,
        Err(Refusal::Conflict(_))
    ));
    was_told(
        house,
        "Ines",
        "No longer available: FR-1001, Spanish, Tue, Mar 2, 2027 at 9:00 AM",
    )
    .await;
    assert_eq!(restore(house, id).await.unwrap(), Status::Requested);
    house.ask("single", "FR-1001", &["Pablo"]).await.unwrap();
    for who in ["Ines", "Pablo"] {
        let old = offers[usize::from(who == "Pablo")];
        let taken = house
            .gate
            .perform(&house.enters(who).await, AcceptOffer(old))
            .await;
        assert!(matches!(taken, Err(Refusal::Conflict(_))), "{who}");
    }
}

#[apply(story)]
async fn every_way_out_of_pending_withdraws_what_is_open(house: &House) {
    let id = house.world.appointments["FR-1001"];
    for way in ["decline", "release", "assign"] {
        let offers = house
            .ask("broadcast", "FR-1001", &["Ines", "Pablo"])
            .await
            .unwrap()
            .offers;
        let dora = house.enters("Dora").await;
        match way {
            "decline" => drop(
                house
                    .gate
                    .perform(
                        &dora,
                        DeclineAppointment {
                            id,
                            version: None,
                            input: DeclineInput {
                                note: "Kanarya is known".into(),
                            },
                        },
                    )
                    .await
                    .unwrap(),
            ),
            "release" => drop(
                house
                    .gate
                    .perform(&dora, RemoveInterpreter { appointment: id })
                    .await
                    .unwrap(),
            ),
            _ => drop(house.assigned("FR-1001", "Ivo").await),
        }
        assert!(
            house
                .gate
                .view(&house.enters("Ines").await, MyOffers)
                .await
                .unwrap()
                .is_empty(),
            "{way}"
        );
        assert!(
            matches!(
                house
                    .gate
                    .perform(&house.enters("Pablo").await, AcceptOffer(offers[1]))
                    .await,
                Err(Refusal::Conflict(_))
            ),
            "{way}"
        );
        if way == "decline" {
            restore(house, id).await.unwrap();
        }
    }
}

#[apply(story)]
async fn a_job_to_which_the_client_did_not_come_is_billed_and_paid_as_scheduled(house: &House) {
    let id = house.assigned("FR-1002", "Ines").await;
    assert!(matches!(
        missed(house, id, "client").await,
        Err(Refusal::Conflict(_))
    ));
    assert!(matches!(
        house.cancel("Dora", id, "client-no-show").await,
        Err(Refusal::Invalid(_))
    ));
    house.at("2027-03-02T11:00");
    assert_eq!(
        house.cancel("Dora", id, "client-no-show").await.unwrap(),
        Status::Missed
    );
    let seen = house
        .gate
        .view(&house.enters("Dora").await, ShowAppointment(id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (seen.ended_by, seen.ended_at),
        (Some(Party::Client), Some(house.gate.now()))
    );
    let v = voucher(house, id).await.unwrap();
    assert_eq!(
        (v.state, v.minutes, v.bill_total, v.pay_total),
        (
            VoucherState::Submitted,
            45,
            Some(Cents(9_500)),
            Cents(4_500)
        )
    );
    assert_eq!(
        (v.flags.as_slice(), v.bill.unwrap().steps[0].what.as_str()),
        (["Client did not come".to_owned()].as_slice(), "Scheduled")
    );
    let bea = house.enters("Bea").await;
    assert!(matches!(
        house
            .gate
            .perform(
                &bea,
                ReturnVoucher {
                    id: v.id,
                    reason: "why".into()
                }
            )
            .await,
        Err(Refusal::Conflict(_))
    ));
    house
        .gate
        .perform(
            &bea,
            ApproveVoucher {
                id: v.id,
                version: None,
            },
        )
        .await
        .unwrap();
    let customer = house.world.customers["St. Brigid Hospital"]
        .to_string()
        .into();
    let made = house
        .gate
        .perform(&bea, MakeInvoice::of(InvoiceInput { customer }))
        .await
        .unwrap()
        .into_inner();
    let invoice = house
        .gate
        .view(&bea, ShowInvoice(made.id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        invoice.lines[0].what,
        "Spanish, video (client did not come)"
    );
    let again = restore(house, id).await.unwrap_err().to_string();
    assert!(again.contains("approved already"), "{again}");
}

#[apply(story)]
async fn what_lay_with_the_interpreter_or_the_agency_is_neither_billed_nor_paid(house: &House) {
    let (one, other) = (
        house.assigned("FR-1001", "Ines").await,
        house.assigned("FR-1002", "Pablo").await,
    );
    house.at("2027-03-02T11:00");
    assert_eq!(
        missed(house, one, "interpreter").await.unwrap(),
        Status::Missed
    );
    assert_eq!(
        house.cancel("Dora", other, "duplicate").await.unwrap(),
        Status::LateCancel
    );
    assert!(voucher(house, one).await.is_none() && voucher(house, other).await.is_none());
    assert!(matches!(
        missed(house, one, "agency").await,
        Err(Refusal::Invalid(_))
    ));
}

#[apply(story)]
async fn a_late_cancel_by_the_requester_gets_a_voucher_that_goes_when_it_is_restored(
    house: &House,
) {
    let id = house
        .book(
            "Rita",
            AppointmentInput {
                team: "".into(),
                ..input("S-1", "09:00")
            },
        )
        .await
        .unwrap();
    house.assign(id, "Ines").await;
    was_told(
        house,
        "Rita",
        "An interpreter is assigned to your request: S-1, Spanish, Tue, Mar 2, 2027 at 9:00 AM",
    )
    .await;
    house.at("2027-03-01T12:00");
    assert_eq!(
        house.cancel("Rita", id, "client-canceled").await.unwrap(),
        Status::LateCancel
    );
    was_told(
        house,
        "Ines",
        "Your appointment was canceled: S-1, Spanish, Tue, Mar 2, 2027 at 9:00 AM",
    )
    .await;
    let v = voucher(house, id).await.unwrap();
    assert_eq!(
        (v.state, v.pay_total, v.flags.as_slice()),
        (
            VoucherState::Submitted,
            Cents(4_500),
            ["Late cancel".to_owned()].as_slice()
        )
    );
    assert_eq!(restore(house, id).await.unwrap(), Status::Assigned);
    was_told(
        house,
        "Ines",
        "Your appointment is back on: S-1, Spanish, Tue, Mar 2, 2027 at 9:00 AM",
    )
    .await;
    was_told(
        house,
        "Rita",
        "Your request is open again: S-1, Spanish, Tue, Mar 2, 2027 at 9:00 AM",
    )
    .await;
    assert_eq!(
        voucher(house, id).await.unwrap().state,
        VoucherState::Withdrawn
    );
    house.at("2027-03-02T12:00");
    file(house, id).await.unwrap();
    let worked = voucher(house, id).await.unwrap();
    assert_eq!(
        (worked.id, worked.state, worked.flags.as_slice()),
        (
            v.id,
            VoucherState::Submitted,
            ["Did not check in".to_owned()].as_slice()
        )
    );
}

#[apply(story)]
async fn a_request_is_declined_and_who_filed_it_is_told(house: &House) {
    let id = house
        .book(
            "Rita",
            AppointmentInput {
                team: "".into(),
                ..input("S-1", "09:00")
            },
        )
        .await
        .unwrap();
    let input = DeclineInput {
        note: "Kanarya lives too far away".into(),
    };
    let rita = house
        .gate
        .perform(
            &house.enters("Rita").await,
            DeclineAppointment {
                id,
                version: None,
                input: input.clone(),
            },
        )
        .await;
    assert!(matches!(rita, Err(Refusal::Forbidden)));
    let declined = house
        .gate
        .perform(
            &house.enters("Dora").await,
            DeclineAppointment {
                id,
                version: None,
                input,
            },
        )
        .await
        .unwrap();
    assert_eq!(declined.status, Status::Declined);
    was_told(
        house,
        "Rita",
        "Your request was declined: S-1, Spanish, Tue, Mar 2, 2027 at 9:00 AM",
    )
    .await;
}
