//! An interpreter does the day's work, from check-in to the voucher.
use crate::billing::{filed, voucher};
use interpres_billing::{ApproveVoucher, FileVoucher, ReturnVoucher, VoucherInput};
use interpres_gate::Refusal;
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CheckIn, EndSession, ShowAppointment, Status,
};
use interpres_testkit::{House, apply, story};
use interpres_types::Cents;

#[apply(story)]
async fn the_day_of_service_from_check_in_to_voucher(house: &House) {
    let id = house.assigned("FR-1001", "Ines").await;
    let ines = house.enters("Ines").await;
    assert!(
        house
            .gate
            .perform(&ines, CheckIn(id))
            .await
            .unwrap_err()
            .to_string()
            .contains("from two hours before")
    );
    house.at("2027-03-02T08:50");
    assert_eq!(
        house.gate.perform(&ines, CheckIn(id)).await.unwrap().status,
        Status::Arrived
    );
    assert!(matches!(
        house.gate.perform(&ines, CheckIn(id)).await,
        Err(Refusal::Conflict(_))
    ));
    house.at("2027-03-02T10:05");
    assert_eq!(
        house
            .gate
            .perform(&ines, EndSession(id))
            .await
            .unwrap()
            .status,
        Status::Incomplete
    );
    let made = house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment: id,
                input: voucher("09:00", "10:01"),
            },
        )
        .await
        .unwrap();
    assert_eq!(
        (made.bill_total, made.pay_total),
        (Cents(11_875 + 921), Cents(5_625 + 921))
    );
    let dora = house.enters("Dora").await;
    assert_eq!(
        house
            .gate
            .view(&dora, ShowAppointment(id))
            .await
            .unwrap()
            .status,
        Status::Completed
    );
}

#[apply(story)]
async fn a_voucher_says_what_is_missing_and_the_future_is_refused(house: &House) {
    let id = house.assigned("FR-1001", "Ines").await;
    let ines = house.enters("Ines").await;
    let Err(Refusal::Invalid(problems)) = house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment: id,
                input: VoucherInput {
                    miles: "far".into(),
                    ..VoucherInput::default()
                },
            },
        )
        .await
    else {
        panic!("must be invalid")
    };
    assert_eq!(
        problems
            .list()
            .iter()
            .map(|p| p.field.as_ref())
            .collect::<Vec<_>>(),
        ["start", "end", "miles", "signer", "signature"]
    );
    let early = house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment: id,
                input: voucher("09:00", "10:00"),
            },
        )
        .await
        .unwrap_err()
        .to_string();
    assert!(early.contains("in the future"), "{early}");
}

#[apply(story)]
async fn after_approval_the_interpreter_no_longer_sees_the_name(house: &House) {
    let id = filed(house, "FR-1001").await;
    let (ines, bea) = (house.enters("Ines").await, house.enters("Bea").await);
    let name = async || {
        house
            .gate
            .view(&ines, ShowAppointment(house.world.appointments["FR-1001"]))
            .await
            .unwrap()
            .into_inner()
            .lep_client
            .unwrap()
            .shown()
            .to_owned()
    };
    assert_eq!(name().await, "Rosa Kanarya");
    house
        .gate
        .perform(&bea, ApproveVoucher { id, version: None })
        .await
        .unwrap();
    house.wait_minutes(1);
    assert_eq!(name().await, "R. K.");
}

#[apply(story)]
async fn a_returned_voucher_is_corrected_and_submitted_again(house: &House) {
    let id = filed(house, "FR-1001").await;
    let (ines, bea) = (house.enters("Ines").await, house.enters("Bea").await);
    house
        .gate
        .perform(
            &bea,
            ReturnVoucher {
                id,
                reason: "Ask Kanarya for the end".into(),
            },
        )
        .await
        .unwrap();
    let appointment = house.world.appointments["FR-1001"];
    let again = house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment,
                input: voucher("09:00", "10:00"),
            },
        )
        .await
        .unwrap();
    assert_eq!((again.id, again.version), (id, 3));
    let twice = house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment,
                input: voucher("09:00", "10:00"),
            },
        )
        .await;
    assert!(matches!(twice, Err(Refusal::Conflict(_))));
}

#[apply(story)]
async fn a_night_over_midnight_and_the_clock_change_has_the_minutes_that_passed(house: &House) {
    let (dora, ines) = (house.enters("Dora").await, house.enters("Ines").await);
    let input = AppointmentInput {
        reference: "N-1".into(),
        date: "2027-03-13".into(),
        start: "23:30".into(),
        minutes: "240".into(),
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
    assert_eq!(
        house
            .gate
            .view(&dora, ShowAppointment(appointment))
            .await
            .unwrap()
            .end,
        "04:30"
    );
    house.assign(appointment, "Ines").await;
    house.at("2027-03-14T09:00");
    let made = house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment,
                input: VoucherInput {
                    start: "23:30".into(),
                    end: "04:30".into(),
                    ..VoucherInput::default()
                },
            },
        )
        .await
        .unwrap();
    assert_eq!(made.bill_total, Cents(4 * 9_500));
}
