//! Whose job it is: what they see while they have it, and the trace they keep of it.
use crate::scheduling::states::{input, restore, sight, was_told};
use interpres_dispatch::{
    AcceptOffer, AssignInterpreter, MakeOffers, OffersInput, RemoveInterpreter,
};
use interpres_gate::Refusal;
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CheckIn, EndSession, ListAppointments,
    ListFormerAssignments, ShowAppointment, StartSession, Status,
};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn who_is_only_asked_sees_initials_however_near_the_start_is(house: &House) {
    let id = house.book("Dora", input("S-1", "09:00")).await.unwrap();
    let interpreter = house.world.interpreters["Ines"].to_string().into();
    let make = MakeOffers {
        appointment: id,
        input: OffersInput {
            interpreter,
            ..OffersInput::default()
        },
    };
    let offer = house
        .gate
        .perform(&house.enters("Dora").await, make)
        .await
        .unwrap()
        .id
        .unwrap();
    house.at("2027-03-02T08:30");
    let initials = Some(("R. K.".to_owned(), "•••".to_owned()));
    assert_eq!(sight(house, "Ines", id).await, initials);
    let ines = house.enters("Ines").await;
    let listed = house
        .gate
        .view(&ines, ListAppointments::default())
        .await
        .unwrap()
        .into_inner()
        .items;
    assert_eq!(
        listed
            .iter()
            .map(|a| a.lep_client.as_ref().unwrap().shown())
            .collect::<Vec<_>>(),
        ["R. K."]
    );
    house.gate.perform(&ines, AcceptOffer(offer)).await.unwrap();
    assert_eq!(
        sight(house, "Ines", id).await,
        Some((
            "Rosa Kanarya".into(),
            "Kanarya waits at the east door".into()
        ))
    );
}

#[apply(story)]
async fn the_name_closes_for_who_had_it_when_it_is_canceled_or_handed_to_another(house: &House) {
    let id = house.book("Dora", input("S-1", "09:00")).await.unwrap();
    let dora = house.enters("Dora").await;
    let give = async |who: &str| {
        house
            .gate
            .perform(
                &dora,
                AssignInterpreter {
                    appointment: id,
                    interpreter: house.world.interpreters[who],
                },
            )
            .await
            .map(drop)
            .unwrap()
    };
    give("Ines").await;
    house.at("2027-03-02T08:30");
    assert_eq!(sight(house, "Ines", id).await.unwrap().0, "Rosa Kanarya");
    house.cancel("Dora", id, "customer-canceled").await.unwrap();
    assert_eq!(
        sight(house, "Ines", id).await.unwrap(),
        ("R. K.".into(), "•••".into())
    );
    restore(house, id).await.unwrap();
    assert_eq!(sight(house, "Ines", id).await.unwrap().0, "Rosa Kanarya");
    house
        .gate
        .perform(&dora, RemoveInterpreter { appointment: id })
        .await
        .unwrap();
    give("Pablo").await;
    assert_eq!(
        (
            sight(house, "Ines", id).await,
            sight(house, "Pablo", id).await.unwrap().0
        ),
        (None, "Rosa Kanarya".into())
    );
}

#[apply(story)]
async fn who_is_no_longer_free_loses_a_restored_job_and_keeps_a_trace_of_it(house: &House) {
    let id = house.assigned("FR-1001", "Ines").await;
    house.cancel("Dora", id, "customer-canceled").await.unwrap();
    house.assigned("FR-1002", "Ines").await;
    assert_eq!(restore(house, id).await.unwrap(), Status::Requested);
    was_told(
        house,
        "Ines",
        "You are no longer assigned: FR-1001, Spanish, Tue, Mar 2, 2027 at 9:00 AM",
    )
    .await;
    let former = house
        .gate
        .view(
            &house.enters("Ines").await,
            ListFormerAssignments::default(),
        )
        .await
        .unwrap()
        .into_inner()
        .items;
    assert_eq!((former.len(), former[0].reference.as_str()), (1, "FR-1001"));
}

#[apply(story)]
async fn a_job_taken_away_stays_findable_with_who_when_and_the_agreed_pay(house: &House) {
    let id = house.assigned("FR-1001", "Ines").await;
    house
        .gate
        .perform(
            &house.enters("Dora").await,
            RemoveInterpreter { appointment: id },
        )
        .await
        .unwrap();
    was_told(
        house,
        "Ines",
        "You are no longer assigned: FR-1001, Spanish, Tue, Mar 2, 2027 at 9:00 AM",
    )
    .await;
    let ines = house.enters("Ines").await;
    let found = house
        .gate
        .view(
            &ines,
            ListFormerAssignments {
                reference: "fr-1001".into(),
                ..ListFormerAssignments::default()
            },
        )
        .await
        .unwrap()
        .into_inner()
        .items;
    let f = &found[0];
    assert_eq!(
        (f.reference.as_str(), f.removed_by.as_deref(), f.removed_at),
        ("FR-1001", Some("Dora Lindqvist"), house.gate.now())
    );
    assert!(
        f.agreed_pay
            .as_deref()
            .unwrap()
            .contains("45.00 USD an hour")
            && !serde_json::to_string(f).unwrap().contains("Kanarya")
    );
    assert!(house.gate.view(&ines, ShowAppointment(id)).await.is_err());
    assert!(
        house
            .gate
            .view(
                &house.enters("Pablo").await,
                ListFormerAssignments::default()
            )
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[apply(story)]
async fn a_session_starts_early_after_check_in_runs_and_ends(house: &House) {
    let id = house.assigned("FR-1001", "Ines").await;
    let ines = house.enters("Ines").await;
    house.at("2027-03-02T08:30");
    assert!(matches!(
        house.gate.perform(&ines, StartSession(id)).await,
        Err(Refusal::Conflict(_))
    ));
    house.gate.perform(&ines, CheckIn(id)).await.unwrap();
    assert!(
        house
            .gate
            .perform(&ines, EndSession(id))
            .await
            .unwrap_err()
            .to_string()
            .contains("not started yet")
    );
    house.at("2027-03-02T08:45");
    assert_eq!(
        house
            .gate
            .perform(&ines, StartSession(id))
            .await
            .unwrap()
            .status,
        Status::InProgress
    );
    house.at("2027-03-02T09:50");
    assert_eq!(
        house
            .gate
            .perform(&ines, EndSession(id))
            .await
            .unwrap()
            .status,
        Status::Incomplete
    );
    let seen = house
        .gate
        .view(&ines, ShowAppointment(id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        seen.ended_at
            .unwrap()
            .minutes_since(seen.started_at.unwrap()),
        65
    );
}

#[apply(story)]
async fn a_requester_moves_no_request_to_another_customer_and_learns_nothing_of_others(
    house: &House,
) {
    let own = AppointmentInput {
        team: "".into(),
        ..input("S-1", "09:00")
    };
    let id = house.book("Rita", own.clone()).await.unwrap();
    let cedar = house.world.customers["Cedar Family Clinic"].to_string();
    let mut refusals = Vec::new();
    for customer in [
        cedar.as_str(),
        "Cedar Family Clinic",
        "No Such Clinic",
        "0190d6a5-7c3e-7a1b-8e4f-00112233aabb",
    ] {
        let elsewhere = AppointmentInput {
            customer: customer.into(),
            ..own.clone()
        };
        refusals.push(
            house
                .edit("Rita", id, elsewhere.clone())
                .await
                .unwrap_err()
                .to_string(),
        );
        let rita = house.enters("Rita").await;
        refusals.push(
            house
                .gate
                .perform(
                    &rita,
                    BookAppointment {
                        input: AppointmentInput {
                            reference: "".into(),
                            ..elsewhere
                        },
                    },
                )
                .await
                .unwrap_err()
                .to_string(),
        );
    }
    assert!(
        refusals
            .iter()
            .all(|r| r == &refusals[0] && r.contains("not the one you file requests for")),
        "{refusals:?}"
    );
    let seen = house
        .gate
        .view(&house.enters("Dora").await, ShowAppointment(id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (seen.customer.name.as_str(), seen.version),
        ("St. Brigid Hospital", 1)
    );
    house
        .edit(
            "Rita",
            id,
            AppointmentInput {
                customer: house.world.customers["St. Brigid Hospital"]
                    .to_string()
                    .into(),
                start: "11:00".into(),
                ..own
            },
        )
        .await
        .unwrap();
}
