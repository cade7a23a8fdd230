//! Records that somebody changed behind our back are not shown, found by the sweep, and put back.
use crate::audit_log::past_the_gate::restore;
use interpres_accounts::{ListNotices, NoticeList};
use interpres_gate::{IntegrityView, Refusal, ShowHistory, ShowIntegrity, Val};
use interpres_scheduling::{ListAppointments, ShowAppointment};
use interpres_testkit::{House, apply, story};

async fn integrity(house: &House, first: &str) -> IntegrityView {
    let actor = house.enters(first).await;
    house
        .gate
        .view(&actor, ShowIntegrity)
        .await
        .unwrap()
        .into_inner()
}

async fn notices(house: &House, first: &str) -> NoticeList {
    let actor = house.enters(first).await;
    house
        .gate
        .view(&actor, ListNotices)
        .await
        .unwrap()
        .into_inner()
}

#[apply(story)]
async fn what_was_changed_is_not_shown_from_the_first_reading_on(house: &House) {
    let (dora, id) = (
        house.enters("Dora").await,
        house.world.appointments["FR-1001"],
    );
    let before = house
        .gate
        .view(&dora, ListAppointments::default())
        .await
        .unwrap()
        .items
        .len();
    house
        .tamper(&format!(
            "update appointment_row set minutes = minutes + 60, ends_at = ends_at + \
            3600000000 where id = '{id}'"
        ))
        .await
        .unwrap();
    assert!(matches!(
        house.gate.view(&dora, ShowAppointment(id)).await,
        Err(Refusal::Fault(_))
    ));
    assert_eq!(
        house
            .gate
            .view(&dora, ListAppointments::default())
            .await
            .unwrap()
            .items
            .len(),
        before - 1
    );
    assert!(house.entries("integrity.quarantine").await.is_empty());
    house.gate.quarantine().await.unwrap();
    // The round that took it away, and the one that found no more.
    assert_eq!(house.entries("integrity.quarantine").await.len(), 2);
    let found = integrity(house, "Carl").await.incidents;
    assert_eq!(
        found
            .iter()
            .map(|i| (
                i.kind.as_str(),
                i.record.clone(),
                i.found.as_str(),
                i.quarantined_at.is_some()
            ))
            .collect::<Vec<_>>(),
        [("appointment", id.to_string(), "row", true)]
    );
    assert!(matches!(
        house.gate.view(&dora, ShowAppointment(id)).await,
        Err(Refusal::NotFound)
    ));
    for first in ["Olivia", "Adam", "Carl"] {
        assert!(
            notices(house, first)
                .await
                .items
                .iter()
                .any(|n| n.text.contains("quarantine") && n.path == "/audit/integrity"),
            "{first} is told"
        );
    }
    assert!(matches!(
        house
            .gate
            .perform(&dora, restore("appointment", &id.to_string()))
            .await,
        Err(Refusal::Forbidden)
    ));
    let olivia = house.enters("Olivia").await;
    house
        .gate
        .perform(&olivia, restore("appointment", &id.to_string()))
        .await
        .unwrap();
    assert_eq!(
        house
            .gate
            .view(&dora, ShowAppointment(id))
            .await
            .unwrap()
            .minutes,
        60
    );
    assert!(
        matches!(
            house
                .gate
                .perform(&olivia, restore("appointment", &id.to_string()))
                .await,
            Err(Refusal::NotFound)
        ),
        "there is nothing to put back"
    );
}

#[apply(story)]
async fn a_record_put_back_to_an_older_version_or_deleted_is_found_by_the_sweep(house: &House) {
    let (olivia, id) = (
        house.enters("Olivia").await,
        house.world.appointments["FR-1002"],
    );
    house
        .tamper("create table kept as select * from appointment_row")
        .await
        .unwrap();
    house
        .gate
        .perform(
            &olivia,
            interpres_scheduling::CancelAppointment {
                id,
                version: None,
                input: interpres_scheduling::CancelInput {
                    reason: "other".into(),
                    ..Default::default()
                },
            },
        )
        .await
        .unwrap();
    house
        .tamper(&format!("delete from appointment_row where id = '{id}'"))
        .await
        .unwrap();
    house
        .tamper(&format!(
            "insert into appointment_row select * from kept where id = '{id}'"
        ))
        .await
        .unwrap();
    house.tamper("drop table kept").await.unwrap();
    let deleted = house.world.appointments["FR-1003"];
    house
        .tamper(&format!(
            "delete from appointment_row where id = '{deleted}'"
        ))
        .await
        .unwrap();
    assert_eq!(house.gate.sweep(house.ours()).await.unwrap(), 2);
    assert_eq!(house.entries("integrity.sweep").await.len(), 1);
    let mut found: Vec<(String, String)> = integrity(house, "Carl")
        .await
        .incidents
        .into_iter()
        .map(|i| (i.found, i.record))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            ("missing".to_owned(), deleted.to_string()),
            ("row".to_owned(), id.to_string())
        ]
    );
    for id in [id, deleted] {
        house
            .gate
            .perform(&olivia, restore("appointment", &id.to_string()))
            .await
            .unwrap();
    }
    let dora = house.enters("Dora").await;
    assert_ne!(
        house
            .gate
            .view(&dora, ShowAppointment(id))
            .await
            .unwrap()
            .status,
        interpres_scheduling::Status::Requested
    );
    assert_eq!(house.gate.sweep(house.ours()).await.unwrap(), 0);
}

#[apply(story)]
async fn a_version_that_was_changed_deleted_or_left_without_its_entry_is_found(house: &House) {
    house.unguard().await;
    let (a, b, c) = (
        house.world.appointments["FR-1001"],
        house.world.appointments["FR-1002"],
        house.world.customers["St. Brigid Hospital"],
    );
    house
        .tamper(&format!(
            "update record_version set body = replace(body, 'Spanish', 'Spanisch') \
            where record_id = '{a}'"
        ))
        .await
        .unwrap();
    house
        .tamper(&format!(
            "update record_version set body = replace(body, 'in-person', 'phone') \
            where record_id = '{a}'"
        ))
        .await
        .unwrap();
    house
        .tamper(&format!(
            "delete from record_version where record_id = '{b}'"
        ))
        .await
        .unwrap();
    house
        .tamper(&format!(
            "update record_version set entry_id = 'gone' where record_id = '{c}'"
        ))
        .await
        .unwrap();
    house.number_entries().await;
    house.gate.sweep(house.ours()).await.unwrap();
    let mut found: Vec<(String, String)> = integrity(house, "Carl")
        .await
        .incidents
        .into_iter()
        .map(|i| (i.found, i.record))
        .collect();
    found.sort();
    let mut expected = [
        ("version".to_owned(), a.to_string()),
        ("row".to_owned(), b.to_string()),
        ("lost".to_owned(), b.to_string()),
        ("version".to_owned(), c.to_string()),
    ];
    expected.sort();
    assert_eq!(found, expected);
    let olivia = house.enters("Olivia").await;
    assert!(matches!(
        house
            .gate
            .view(&olivia, ShowHistory::of("appointment", a))
            .await,
        Err(Refusal::Fault(_))
    ));
    assert!(
        matches!(
            house
                .gate
                .perform(&olivia, restore("appointment", &b.to_string()))
                .await,
            Err(Refusal::NotFound)
        ),
        "no version is left to put back"
    );
}

#[apply(story)]
async fn a_checksum_made_without_the_key_does_not_pass(house: &House) {
    let id = house.world.appointments["FR-1001"];
    let other = house
        .raw(&format!(
            "select checksum from appointment_row where id = '{}'",
            house.world.appointments["FR-1002"]
        ))
        .await;
    let Val::Bytes(sum) = other[0].get("checksum").unwrap() else {
        panic!("no checksum")
    };
    house
        .tamper(&format!(
            "update appointment_row set checksum = {} where id = '{id}'",
            house.literal(sum)
        ))
        .await
        .unwrap();
    assert_eq!(
        house.gate.sweep(house.ours()).await.unwrap(),
        1,
        "another record's"
    );
    house
        .tamper("update customer_row set checksum = null")
        .await
        .unwrap();
    let customers = house
        .raw(&format!(
            "select id from customer_row where workspace_id = '{}'",
            house.ours()
        ))
        .await
        .len();
    assert_eq!(
        house.gate.sweep(house.ours()).await.unwrap(),
        i64::try_from(customers).unwrap(),
        "none at all"
    );
}

#[apply(story)]
async fn of_many_incidents_none_is_passed_over(house: &House) {
    let id = house.world.appointments["FR-1001"];
    house
        .tamper(&format!(
            "update appointment_row set minutes = minutes + 1 where id = '{id}'"
        ))
        .await
        .unwrap();
    // More than one act takes at a time, all before the real one.
    let many = format!(
        "insert into integrity_incident (workspace_id, kind, record_id, version, found, at)
             with recursive n (i) as (select 1 union all select i + 1 from n where i < 620) \
        select '{}', 'appointment', '0-' || cast(i as text), 1, 'row', 1 from n",
        house.ours()
    );
    house.tamper(&many).await.unwrap();
    let dora = house.enters("Dora").await;
    let _ = house.gate.view(&dora, ShowAppointment(id)).await;
    house.gate.quarantine().await.unwrap();
    assert!(matches!(
        house.gate.view(&dora, ShowAppointment(id)).await,
        Err(Refusal::NotFound)
    ));
    assert_eq!(
        house
            .raw("select record_id from integrity_incident where quarantined_at is null")
            .await
            .len(),
        0
    );
}
