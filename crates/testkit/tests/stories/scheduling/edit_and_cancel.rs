//! Somebody changes or cancels an appointment.
use crate::scheduling::book::request;
use interpres_gate::Refusal;
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, EditAppointment,
    ShowAppointment, Status,
};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn what_staff_noted_stays_when_the_requester_changes_the_request(house: &House) {
    let (dora, rita) = (house.enters("Dora").await, house.enters("Rita").await);
    let input = AppointmentInput {
        team: "".into(),
        ..request("R-1")
    };
    let booked = house
        .gate
        .perform(
            &rita,
            BookAppointment {
                input: input.clone(),
            },
        )
        .await
        .unwrap();
    let noted = AppointmentInput {
        internal_notes: "Kanarya was late".into(),
        ..request("R-1")
    };
    house
        .gate
        .perform(
            &dora,
            EditAppointment {
                id: booked.id,
                version: None,
                input: noted,
            },
        )
        .await
        .unwrap();
    let moved = AppointmentInput {
        start: "10:00".into(),
        ..input
    };
    house
        .gate
        .perform(
            &rita,
            EditAppointment {
                id: booked.id,
                version: None,
                input: moved,
            },
        )
        .await
        .unwrap();
    let seen = house
        .gate
        .view(&dora, ShowAppointment(booked.id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (seen.start.as_str(), seen.internal_notes.unwrap().shown()),
        ("10:00", "Kanarya was late")
    );
    assert!(
        house
            .gate
            .view(&rita, ShowAppointment(booked.id))
            .await
            .unwrap()
            .internal_notes
            .is_none()
    );
}

#[apply(story)]
async fn of_two_who_save_at_once_the_second_is_told_and_nothing_is_lost(house: &House) {
    let dora = house.enters("Dora").await;
    let booked = house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: request("T-1"),
            },
        )
        .await
        .unwrap();
    let edit = |start: &str| EditAppointment {
        id: booked.id,
        version: Some(1),
        input: AppointmentInput {
            start: start.into(),
            ..request("T-1")
        },
    };
    house.gate.perform(&dora, edit("10:00")).await.unwrap();
    let Err(Refusal::Conflict(conflict)) = house.gate.perform(&dora, edit("11:00")).await else {
        panic!("must conflict")
    };
    assert_eq!(conflict.version, Some(2));
    assert_eq!(
        house
            .gate
            .view(&dora, ShowAppointment(booked.id))
            .await
            .unwrap()
            .start,
        "10:00"
    );
}

#[apply(story)]
async fn a_cancellation_inside_a_day_is_late_and_one_before_is_not(house: &House) {
    let dora = house.enters("Dora").await;
    let booked = house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: request("T-1"),
            },
        )
        .await
        .unwrap();
    let cancel = |id| CancelAppointment {
        id,
        version: None,
        input: CancelInput {
            reason: "client-canceled".into(),
            note: "Kanarya is ill".into(),
        },
    };
    house.at("2027-03-09T08:59");
    assert_eq!(
        house
            .gate
            .perform(&dora, cancel(booked.id))
            .await
            .unwrap()
            .status,
        Status::Canceled
    );
    let late = house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: AppointmentInput {
                    start: "08:30".into(),
                    ..request("T-2")
                },
            },
        )
        .await
        .unwrap();
    assert_eq!(
        house
            .gate
            .perform(&dora, cancel(late.id))
            .await
            .unwrap()
            .status,
        Status::LateCancel
    );
    let Err(Refusal::Conflict(conflict)) = house.gate.perform(&dora, cancel(late.id)).await else {
        panic!("must conflict")
    };
    assert_eq!(conflict.allowed, ["restore"]);
}
