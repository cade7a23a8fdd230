//! Somebody looks through the log by a filter that was saved, and reads what a list told.
use interpres_compliance::{DropQuery, ListQueries, SaveQuery, SaveQueryInput};
use interpres_gate::{Actor, ListEntries, Refusal};
use interpres_scheduling::{AppointmentInput, EditAppointment, ListAppointments, ShowAppointment};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn a_filter_of_the_log_is_saved_used_again_and_dropped(house: &House) {
    let (carl, olivia) = (house.enters("Carl").await, house.enters("Olivia").await);
    let input = SaveQueryInput {
        name: "Refusals".into(),
        outcome: "refused".into(),
        ..SaveQueryInput::default()
    };
    let saved = house
        .gate
        .perform(&carl, SaveQuery { input })
        .await
        .unwrap()
        .into_inner();
    let seen = house
        .gate
        .view(&olivia, ListQueries)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (seen[0].name.as_str(), seen[0].filter["outcome"].as_str()),
        ("Refusals", "refused")
    );
    for input in [
        SaveQueryInput {
            name: "All".into(),
            ..Default::default()
        },
        SaveQueryInput {
            name: "Bad".into(),
            outcome: "perhaps".into(),
            ..Default::default()
        },
        SaveQueryInput {
            name: "A client".into(),
            action: "Rosa Kanarya".into(),
            ..Default::default()
        },
        SaveQueryInput {
            outcome: "refused".into(),
            ..Default::default()
        },
    ] {
        assert!(matches!(
            house.gate.perform(&carl, SaveQuery { input }).await,
            Err(Refusal::Invalid(_))
        ));
    }
    house
        .gate
        .perform(&olivia, DropQuery(saved.id))
        .await
        .unwrap();
    assert_eq!(house.gate.view(&carl, ListQueries).await.unwrap().len(), 0);
}

#[apply(story)]
async fn under_hipaa_mode_a_list_tells_its_records_and_a_refusal_what_was_asked_for(house: &House) {
    let (bea, dora, sam, tess, id) = (
        house.enters("Bea").await,
        house.enters("Dora").await,
        house.enters("Sam").await,
        house.enters("Tess").await,
        house.world.appointments["FR-1001"],
    );
    house
        .gate
        .view(&bea, ListAppointments::default())
        .await
        .unwrap();
    house
        .gate
        .view(&tess, ListAppointments::default())
        .await
        .unwrap();
    assert!(matches!(
        house.gate.view(&sam, ShowAppointment(id)).await,
        Err(Refusal::NotFound)
    ));
    assert!(matches!(
        house
            .gate
            .perform(
                &dora,
                EditAppointment {
                    id,
                    version: None,
                    input: AppointmentInput::default()
                }
            )
            .await,
        Err(Refusal::Invalid(_))
    ));
    let log = async |who: &Actor, asked: ListEntries| {
        house
            .gate
            .view(who, asked)
            .await
            .unwrap()
            .into_inner()
            .items
    };
    let carl = house.enters("Carl").await;
    let about = log(
        &carl,
        ListEntries {
            record: id.to_string().into(),
            ..ListEntries::default()
        },
    )
    .await;
    let by = |action: &str, name: &str| {
        about
            .iter()
            .find(|e| e.action == action && e.actor_name.as_deref() == Some(name))
            .unwrap_or_else(|| panic!("{action} by {name}"))
    };
    assert!(
        by("appointments.list", "Bea Marsh")
            .records
            .iter()
            .all(|r| r.revealed.is_empty()),
        "initials are not the name, and the list is told all the same"
    );
    assert_eq!(
        by("appointment.show", "Sam Okafor").reason.as_deref(),
        Some("not-found")
    );
    let reason = log(
        &carl,
        ListEntries {
            action: "appointment.edit".into(),
            ..ListEntries::default()
        },
    )
    .await[0]
        .reason
        .clone()
        .unwrap();
    assert!(
        reason.starts_with("invalid: ")
            && reason.contains("language")
            && reason.contains("customer"),
        "{reason}"
    );
    let peter = house.enters("Peter").await;
    let list = log(
        &peter,
        ListEntries {
            action: "appointments.list".into(),
            ..ListEntries::default()
        },
    )
    .await;
    assert!(
        list[0].records.iter().all(|r| r.kind != "appointment"),
        "without HIPAA mode the count is told: {:?}",
        list[0].records
    );
}
