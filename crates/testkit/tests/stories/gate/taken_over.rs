//! What stays with whoever had a job, and what begins anew for whoever takes it over.
use interpres_billing::{FileVoucher, VoucherInput, VoucherOfAppointment, VoucherState};
use interpres_directory::InviteInterpreter;
use interpres_dispatch::RemoveInterpreter;
use interpres_gate::Refusal;
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, CheckIn, EditAppointment,
    RestoreAppointment, ShowAppointment, Status,
};
use interpres_testkit::{House, apply, booking, story};
use interpres_types::AppointmentId;

fn input() -> AppointmentInput {
    AppointmentInput {
        date: "2027-03-02".into(),
        service_type: "video".into(),
        ..booking("T-1")
    }
}

async fn given_to(house: &House, who: &str) -> AppointmentId {
    let id = house.book("Dora", input()).await.unwrap();
    house.assign(id, who).await;
    id
}

async fn take_back(house: &House, appointment: AppointmentId) {
    house
        .gate
        .perform(
            &house.enters("Dora").await,
            RemoveInterpreter { appointment },
        )
        .await
        .unwrap();
}

#[apply(story)]
async fn who_takes_over_a_restored_job_files_its_voucher_and_is_the_one_who_is_paid(house: &House) {
    let id = given_to(house, "Ines").await;
    house.at("2027-03-01T12:00");
    assert_eq!(
        house.cancel("Dora", id, "customer-canceled").await.unwrap(),
        Status::LateCancel
    );
    let dora = house.enters("Dora").await;
    let owed = house
        .gate
        .view(&dora, VoucherOfAppointment(id))
        .await
        .unwrap()
        .into_inner()
        .unwrap();
    house
        .gate
        .perform(&dora, RestoreAppointment { id })
        .await
        .unwrap();
    take_back(house, id).await;
    house.assign(id, "Pablo").await;
    house.at("2027-03-02T12:00");
    let worked = VoucherInput {
        start: "09:00".into(),
        end: "10:00".into(),
        ..VoucherInput::default()
    };
    assert!(
        house
            .gate
            .perform(
                &house.enters("Ines").await,
                FileVoucher {
                    appointment: id,
                    input: worked.clone()
                }
            )
            .await
            .is_err(),
        "it is not hers any more"
    );
    let filed = house
        .gate
        .perform(
            &house.enters("Pablo").await,
            FileVoucher {
                appointment: id,
                input: worked,
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (filed.id, filed.state),
        (owed.id, VoucherState::Submitted),
        "a job has one voucher"
    );
    let seen = house
        .gate
        .view(&dora, VoucherOfAppointment(id))
        .await
        .unwrap()
        .into_inner()
        .unwrap();
    assert_eq!(
        (owed.interpreter.as_str(), seen.interpreter.as_str()),
        ("Ines Ruiz", "Pablo Reyes")
    );
}

#[apply(story)]
async fn a_check_in_stays_with_whoever_checked_in(house: &House) {
    let id = given_to(house, "Ines").await;
    house.at("2027-03-02T08:50");
    house
        .gate
        .perform(&house.enters("Ines").await, CheckIn(id))
        .await
        .unwrap();
    take_back(house, id).await;
    house.assign(id, "Pablo").await;
    let dora = house.enters("Dora").await;
    assert!(
        house
            .gate
            .view(&dora, ShowAppointment(id))
            .await
            .unwrap()
            .checked_in_at
            .is_none(),
        "he has not come yet"
    );
}

#[apply(story)]
async fn whoever_files_requests_cannot_lay_the_end_of_one_with_the_agency(house: &House) {
    let rita = house.enters("Rita").await;
    let id = house
        .gate
        .perform(
            &rita,
            BookAppointment {
                input: AppointmentInput {
                    team: "".into(),
                    ..input()
                },
            },
        )
        .await
        .unwrap()
        .id;
    house.assign(id, "Ines").await;
    let end = async |reason: &str| {
        let input = CancelInput {
            reason: reason.into(),
            ..CancelInput::default()
        };
        house
            .gate
            .perform(
                &rita,
                CancelAppointment {
                    id,
                    version: None,
                    input,
                },
            )
            .await
            .map(|done| done.status)
    };
    house.at("2027-03-01T12:00");
    assert_eq!(end("duplicate").await.unwrap(), Status::LateCancel);
    let dora = house.enters("Dora").await;
    assert_eq!(
        house
            .gate
            .view(&dora, VoucherOfAppointment(id))
            .await
            .unwrap()
            .as_ref()
            .unwrap()
            .state,
        VoucherState::Submitted,
        "a late cancel is owed"
    );
    house
        .gate
        .perform(&dora, RestoreAppointment { id })
        .await
        .unwrap();
    house.at("2027-03-02T09:30");
    for reason in ["interpreter-no-show", "client-no-show"] {
        assert!(
            matches!(end(reason).await, Err(Refusal::Invalid(_))),
            "{reason}"
        );
    }
}

#[apply(story)]
async fn no_voucher_is_filed_before_the_job_begins(house: &House) {
    let id = given_to(house, "Ines").await;
    let early = VoucherInput {
        date: "2027-02-20".into(),
        start: "05:00".into(),
        end: "06:00".into(),
        ..VoucherInput::default()
    };
    let refused = house
        .gate
        .perform(
            &house.enters("Ines").await,
            FileVoucher {
                appointment: id,
                input: early,
            },
        )
        .await;
    assert!(matches!(refused, Err(Refusal::Conflict(_))), "{refused:?}");
}

#[apply(story)]
async fn whoever_sees_no_clients_makes_no_interpreter_of_a_mailbox_of_their_own(house: &House) {
    let invite = async |who: &str| {
        house
            .gate
            .perform(
                &house.enters(who).await,
                InviteInterpreter(house.world.interpreters["Selam"]),
            )
            .await
    };
    assert!(matches!(invite("Carl").await, Err(Refusal::Invalid(_))));
    invite("Dora").await.unwrap();
}

#[apply(story)]
async fn what_is_over_is_not_changed_until_it_is_restored(house: &House) {
    let id = given_to(house, "Ines").await;
    house.at("2027-03-01T12:00");
    assert_eq!(
        house.cancel("Dora", id, "customer-canceled").await.unwrap(),
        Status::LateCancel
    );
    let dora = house.enters("Dora").await;
    let elsewhere = EditAppointment {
        id,
        version: None,
        input: AppointmentInput {
            customer: "Cedar Family Clinic".into(),
            ..input()
        },
    };
    let refused = house.gate.perform(&dora, elsewhere).await.unwrap_err();
    assert!(
        matches!(&refused, Refusal::Conflict(c) if c.message.contains("Restore it first")),
        "{refused}"
    );
}
