//! What is in an interpreter's way, and who may accept it.
use super::input;
use interpres_dispatch::{
    AcceptOffer, AssignDespiteConflict, AssignInterpreter, ListCandidates, Narrowed, OverrideInput,
    RefuseOffer, RemoveInterpreter,
};
use interpres_gate::{Refusal, ShowHistory};
use interpres_scheduling::{AppointmentInput, Status};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn staff_are_told_which_appointment_is_in_the_way_where_they_may_see_it(house: &House) {
    let dora = house.enters("Dora").await;
    let ines = house.world.interpreters["Ines"];
    house.assigned("FR-1001", "Ines").await;
    let clash = house
        .gate
        .perform(
            &dora,
            AssignInterpreter {
                appointment: house.world.appointments["FR-1002"],
                interpreter: ines,
            },
        )
        .await
        .unwrap_err();
    assert_eq!(
        clash.to_string(),
        "The interpreter has another appointment at that time (FR-1001)."
    );
    let list = house
        .gate
        .view(
            &dora,
            ListCandidates {
                appointment: house.world.appointments["FR-1002"],
                narrowed: Narrowed::default(),
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        list.excluded
            .iter()
            .find(|e| e.name == "Ines Ruiz")
            .unwrap()
            .reasons,
        ["has another appointment at that time (FR-1001)"]
    );
    // Sam's team does not see Denver's appointments.
    let court = AppointmentInput {
        team: "Courts".into(),
        customer: "Mesa Verde County Court".into(),
        lep_client: "".into(),
        notes: "".into(),
        ..input("S-1", "09:00")
    };
    let id = house.book("Sam", court).await.unwrap();
    let blind = house
        .gate
        .perform(
            &house.enters("Sam").await,
            AssignInterpreter {
                appointment: id,
                interpreter: ines,
            },
        )
        .await
        .unwrap_err();
    assert_eq!(
        blind.to_string(),
        "The interpreter has another appointment at that time."
    );
}

#[apply(story)]
async fn an_edit_that_moves_a_job_onto_another_is_refused_and_who_may_overrides_it_with_a_reason(
    house: &House,
) {
    house.assigned("FR-1001", "Ines").await;
    let id = house.book("Dora", input("S-1", "14:00")).await.unwrap();
    house.assign(id, "Ines").await;
    let onto = |reason: &str| AppointmentInput {
        override_reason: reason.into(),
        ..input("S-1", "09:30")
    };
    let refused = house
        .edit("Dora", id, onto(""))
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(
        refused,
        "The interpreter has another appointment at that time (FR-1001)."
    );
    assert!(matches!(
        house.edit("Dora", id, onto("the first ends early")).await,
        Err(Refusal::Forbidden)
    ));
    house
        .edit("Maya", id, onto("the first ends early for Kanarya"))
        .await
        .unwrap();
}

#[apply(story)]
async fn a_conflict_is_overridden_by_who_may_with_a_reason_that_stays(house: &House) {
    house.assigned("FR-1001", "Ines").await;
    let second = house.world.appointments["FR-1002"];
    let anyway = async |who: &str, reason: &str| {
        let input = OverrideInput {
            interpreter: house.world.interpreters["Ines"].to_string().into(),
            reason: reason.into(),
        };
        house
            .gate
            .perform(
                &house.enters(who).await,
                AssignDespiteConflict {
                    appointment: second,
                    input,
                },
            )
            .await
    };
    assert!(matches!(
        anyway("Dora", "it is urgent").await,
        Err(Refusal::Forbidden)
    ));
    assert!(matches!(anyway("Maya", "").await, Err(Refusal::Invalid(_))));
    assert_eq!(
        anyway("Maya", "Kanarya's visit is short")
            .await
            .unwrap()
            .status,
        Status::Assigned
    );
    let versions = house
        .gate
        .view(
            &house.enters("Olivia").await,
            ShowHistory::of("appointment", second),
        )
        .await
        .unwrap()
        .into_inner()
        .items;
    let reason = versions[0]
        .changes
        .iter()
        .find(|c| c.field == "override_reason")
        .unwrap();
    assert_eq!(
        (versions[0].actor_name.as_deref(), reason.after.as_deref()),
        (Some("Maya Brooks"), Some("Kanarya's visit is short"))
    );
}

#[apply(story)]
async fn an_open_offer_holds_the_interpreters_time_against_others_but_not_against_themselves(
    house: &House,
) {
    house.ask("single", "FR-1001", &["Ines"]).await.unwrap();
    let other = house.world.appointments["FR-1002"];
    let assigned = house
        .gate
        .perform(
            &house.enters("Dora").await,
            AssignInterpreter {
                appointment: other,
                interpreter: house.world.interpreters["Ines"],
            },
        )
        .await;
    assert_eq!(
        assigned.unwrap_err().to_string(),
        "The interpreter is being asked about another appointment at that time (FR-1001)."
    );
    assert!(matches!(
        house.ask("single", "FR-1002", &["Ines"]).await,
        Err(Refusal::Conflict(_))
    ));
    let broadcast = house
        .ask("broadcast", "FR-1002", &["Ines", "Pablo"])
        .await
        .unwrap();
    house
        .gate
        .perform(
            &house.enters("Ines").await,
            AcceptOffer(broadcast.offers[0]),
        )
        .await
        .unwrap();
    house
        .gate
        .perform(
            &house.enters("Dora").await,
            RemoveInterpreter {
                appointment: house.world.appointments["FR-1001"],
            },
        )
        .await
        .unwrap();
}

#[apply(story)]
async fn a_sequence_passes_over_who_is_no_longer_free(house: &House) {
    house.assigned("FR-1002", "Pablo").await;
    let first = house
        .ask("sequence", "FR-1001", &["Ines", "Pablo", "Ivo"])
        .await;
    // Ivo has not signed up, so he cannot be asked.
    assert!(matches!(first, Err(Refusal::Invalid(_))));
    let first = house
        .ask("sequence", "FR-1001", &["Ines", "Pablo"])
        .await
        .unwrap();
    let refused = house
        .gate
        .perform(
            &house.enters("Ines").await,
            RefuseOffer {
                id: first.offers[0],
                reason: "".into(),
            },
        )
        .await
        .unwrap();
    assert_eq!(refused.status, Status::Unassigned);
}

#[apply(story)]
async fn the_language_of_an_assigned_job_changes_only_to_one_its_interpreter_speaks(house: &House) {
    let id = house.book("Dora", input("S-1", "09:00")).await.unwrap();
    house.assign(id, "Ines").await;
    house
        .edit(
            "Dora",
            id,
            AppointmentInput {
                language: "Portuguese".into(),
                ..input("S-1", "09:00")
            },
        )
        .await
        .unwrap();
    let tigrinya = house
        .edit(
            "Dora",
            id,
            AppointmentInput {
                language: "Tigrinya".into(),
                ..input("S-1", "09:00")
            },
        )
        .await;
    assert!(matches!(tigrinya, Err(Refusal::Invalid(_))));
}
