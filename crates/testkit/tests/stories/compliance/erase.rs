//! A client's data are erased, and what that leaves.
use interpres_compliance::{
    EraseClient, EraseInput, LegalHoldInput, ListErasures, ListLegalHolds, PlaceLegalHold,
    ReleaseLegalHold,
};
use interpres_gate::{Refusal, ShowHistory};
use interpres_scheduling::{EditAppointment, ShowAppointment};
use interpres_testkit::{House, apply, story};
use interpres_types::AppointmentId;

fn erase(id: AppointmentId) -> EraseClient {
    EraseClient {
        id,
        input: EraseInput {
            reason: "Request 2027-14".into(),
        },
    }
}

fn words(refusal: Refusal) -> String {
    match refusal {
        Refusal::Conflict(conflict) => conflict.message,
        other => panic!("{other:?}"),
    }
}

#[apply(story)]
async fn an_erased_client_is_gone_from_the_record_its_history_and_every_copy_and_the_log_stays_whole(
    house: &House,
) {
    let (olivia, dora, id) = (
        house.enters("Olivia").await,
        house.enters("Dora").await,
        house.world.appointments["FR-1001"],
    );
    assert_eq!(
        words(house.gate.perform(&olivia, erase(id)).await.unwrap_err()),
        "The appointment is not over yet. Cancel it or complete it first."
    );
    house.cancel("Dora", id, "other").await.unwrap();
    let client = house.client_of(id).await;
    let mut keys = Vec::new();
    for (table, id) in [
        ("appointment_row", id.to_string()),
        ("client_row", client.to_string()),
    ] {
        keys.push(
            house
                .raw(&format!("select key_id from {table} where id = '{id}'"))
                .await[0]
                .text("key_id")
                .unwrap()
                .to_owned(),
        );
    }
    let done = house
        .gate
        .perform(&olivia, erase(id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((done.records, done.keys), (2, 2));
    let seen = house
        .gate
        .view(&dora, ShowAppointment(id))
        .await
        .unwrap()
        .into_inner();
    assert!(
        seen.lep_client.as_ref().unwrap().is_erased() && seen.notes.as_ref().unwrap().is_erased()
    );
    while house.gate.destroy_keys().await.unwrap() > 0 {}
    for key in keys {
        assert_eq!(
            house
                .tamper_keys(&format!("delete from record_key where id = '{key}'"))
                .await,
            0,
            "the key is gone"
        );
    }
    assert_eq!(
        house
            .raw("select key_id from key_destruction where destroyed_at is null")
            .await
            .len(),
        0
    );
    for row in house
        .raw(&format!(
            "select body from record_version where record_id in ('{id}', '{client}')"
        ))
        .await
    {
        assert!(!row.text("body").unwrap().contains("Kanarya"));
    }
    let versions = house
        .gate
        .view(&olivia, ShowHistory::of("client", client))
        .await
        .unwrap()
        .into_inner()
        .items;
    let first = versions.last().unwrap();
    assert!(
        first
            .changes
            .iter()
            .any(|c| c.field == "name" && c.after.as_deref() == Some("(erased)")),
        "{:?}",
        first.changes
    );
    // Somebody brings the sealed value back from an old backup: without its key it says nothing.
    house.gate.view(&dora, ShowAppointment(id)).await.unwrap();
    let second = house.second_gate().await;
    let dora2 = second
        .admit_key(
            &house.person("Dora").api_key,
            interpres_gate::Origin::default(),
        )
        .await
        .unwrap()
        .unwrap();
    assert!(
        second
            .view(&dora2, ShowAppointment(id))
            .await
            .unwrap()
            .lep_client
            .as_ref()
            .unwrap()
            .is_erased()
    );
    second.close().await;
    let certificates = house
        .gate
        .view(&house.enters("Carl").await, ListErasures::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        certificates
            .items
            .iter()
            .map(|c| (c.appointment, c.reason.as_str(), c.keys))
            .collect::<Vec<_>>(),
        [(id, "Request 2027-14", 2)]
    );
    assert_eq!(
        house
            .gate
            .sweep(house.world.workspaces["Front Range Interpreters"])
            .await
            .unwrap(),
        0,
        "the records are as they were saved"
    );
    assert_eq!(
        words(house.gate.perform(&olivia, erase(id)).await.unwrap_err()),
        "Nothing of a client is left in this appointment."
    );
}

#[apply(story)]
async fn a_history_says_erased_only_of_what_was_erased(house: &House) {
    let (olivia, lost, gone) = (
        house.enters("Olivia").await,
        house.world.appointments["FR-1001"],
        house.world.appointments["FR-1002"],
    );
    house.cancel("Dora", gone, "other").await.unwrap();
    house.gate.perform(&olivia, erase(gone)).await.unwrap();
    while house.gate.destroy_keys().await.unwrap() > 0 {}
    let (lost, gone) = (house.client_of(lost).await, house.client_of(gone).await);
    let row = house
        .raw(&format!(
            "select key_id from client_row where id = '{lost}'"
        ))
        .await;
    assert_eq!(
        house
            .tamper_keys(&format!(
                "delete from record_key where id = '{}'",
                row[0].text("key_id").unwrap()
            ))
            .await,
        1
    );
    house.gate.forget_opened_keys();
    house.gate.forget_opened_keys();
    for (id, words) in [(lost, "(unreadable)"), (gone, "(erased)")] {
        let versions = house
            .gate
            .view(&olivia, ShowHistory::of("client", id))
            .await
            .unwrap()
            .into_inner()
            .items;
        assert!(
            versions
                .last()
                .unwrap()
                .changes
                .iter()
                .any(|c| c.field == "name" && c.after.as_deref() == Some(words)),
            "{words}: {versions:?}"
        );
    }
}

#[apply(story)]
async fn another_process_that_has_the_key_open_lets_go_of_it(house: &House) {
    let (olivia, id) = (
        house.enters("Olivia").await,
        house.world.appointments["FR-1001"],
    );
    let client = house.client_of(id).await;
    house.cancel("Dora", id, "other").await.unwrap();
    let second = house.second_gate().await;
    let there = second
        .admit_key(
            &house.person("Olivia").api_key,
            interpres_gate::Origin::default(),
        )
        .await
        .unwrap()
        .unwrap();
    let history = async || {
        let versions = second
            .view(&there, ShowHistory::of("client", client))
            .await
            .unwrap()
            .into_inner()
            .items;
        versions
            .last()
            .unwrap()
            .changes
            .iter()
            .find(|c| c.field == "name")
            .unwrap()
            .after
            .clone()
            .unwrap()
    };
    assert!(history().await.contains("Kanarya"), "the key is open there");
    house.gate.perform(&olivia, erase(id)).await.unwrap();
    while house.gate.destroy_keys().await.unwrap() > 0 {}
    second.forget_opened_keys();
    second.forget_opened_keys();
    assert_eq!(history().await, "(erased)");
    second.close().await;
}

#[apply(story)]
async fn an_erased_record_takes_no_protected_value_again(house: &House) {
    let (olivia, dora, id) = (
        house.enters("Olivia").await,
        house.enters("Dora").await,
        house.world.appointments["FR-1001"],
    );
    house.cancel("Dora", id, "other").await.unwrap();
    house.gate.perform(&olivia, erase(id)).await.unwrap();
    let input = interpres_scheduling::AppointmentInput {
        date: "2027-03-12".into(),
        start: "10:00".into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "phone".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        lep_client: "Rosa Kanarya".into(),
        ..Default::default()
    };
    let refused = house
        .gate
        .perform(
            &dora,
            EditAppointment {
                id,
                version: None,
                input,
            },
        )
        .await
        .unwrap_err();
    assert!(matches!(refused, Refusal::Conflict(_)), "{refused:?}");
}

#[apply(story)]
async fn what_is_held_for_a_legal_matter_is_not_erased(house: &House) {
    let (olivia, id) = (
        house.enters("Olivia").await,
        house.world.appointments["FR-1001"],
    );
    house.cancel("Dora", id, "other").await.unwrap();
    house
        .gate
        .perform(
            &olivia,
            PlaceLegalHold {
                id,
                input: LegalHoldInput {
                    matter: "Docket 27-881".into(),
                },
            },
        )
        .await
        .unwrap();
    assert_eq!(
        words(house.gate.perform(&olivia, erase(id)).await.unwrap_err()),
        "The appointment is under a legal hold, which must be released first."
    );
    assert_eq!(
        house
            .gate
            .view(&olivia, ListLegalHolds::default())
            .await
            .unwrap()
            .items
            .iter()
            .map(|h| h.matter.as_str())
            .collect::<Vec<_>>(),
        ["Docket 27-881"]
    );
    house
        .gate
        .perform(&olivia, ReleaseLegalHold(id))
        .await
        .unwrap();
    assert!(matches!(
        house.gate.perform(&olivia, ReleaseLegalHold(id)).await,
        Err(Refusal::NotFound)
    ));
    house.gate.perform(&olivia, erase(id)).await.unwrap();
}

#[apply(story)]
async fn an_erasure_stopped_before_its_keys_were_destroyed_is_finished(house: &House) {
    let (olivia, id) = (
        house.enters("Olivia").await,
        house.world.appointments["FR-1001"],
    );
    house.cancel("Dora", id, "other").await.unwrap();
    house.gate.perform(&olivia, erase(id)).await.unwrap();
    assert_eq!(
        house
            .raw("select key_id from key_destruction where destroyed_at is null")
            .await
            .len(),
        2,
        "the machine stops here"
    );
    let second = house.second_gate().await;
    assert_eq!(second.destroy_keys().await.unwrap(), 2);
    second.close().await;
    assert_eq!(house.gate.destroy_keys().await.unwrap(), 0);
}
