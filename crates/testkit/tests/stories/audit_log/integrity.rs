//! Records that somebody changed behind our back.
use interpres_accounts::{ListNotices, NoticeList};
use interpres_gate::{
    Actor, IntegrityView, Kind, RecordKind, Refusal, RestoreInput, RestoreOwnRecord, RestoreRecord,
    ShowHistory, ShowIntegrity, Val,
};
use interpres_scheduling::{ListAppointments, ShowAppointment};
use interpres_testkit::{House, apply, story};
use interpres_types::{INSTALLATION, WorkspaceId};

async fn integrity(house: &House, first: &str) -> IntegrityView {
    let actor = house.enters(first).await;
    house
        .gate
        .view(&actor, ShowIntegrity)
        .await
        .unwrap()
        .into_inner()
}

fn ours(house: &House) -> WorkspaceId {
    house.world.workspaces["Front Range Interpreters"]
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

fn restore(kind: &str, record: &str) -> RestoreRecord {
    RestoreRecord {
        input: RestoreInput {
            kind: kind.into(),
            record: record.into(),
        },
    }
}

/// What is the same as the value and yet not it.
fn changed(house: &House, column: &str, kind: Kind) -> String {
    match kind {
        Kind::Text => format!("{column} || 'x'"),
        Kind::Int => format!("{column} + 1"),
        Kind::Bool => format!("not {column}"),
        Kind::Bytes => house.literal(&[7; 40]),
    }
}

/// A row of a kind in which a column holds something, the latest one. The owner's own membership is
/// left alone: who is taken out of sight can't put anything back.
async fn a_row(house: &House, workspace: &str, kind: &RecordKind, column: &str) -> Option<String> {
    let others = if kind.name == "member" {
        "and role <> 'owner'"
    } else {
        ""
    };
    let sql = format!(
        "select id from {}_row where workspace_id = '{workspace}' and {column} is not null {others} order by id desc limit 1",
        kind.name
    );
    house
        .raw(&sql)
        .await
        .first()
        .map(|row| row.text("id").unwrap().to_owned())
}

/// Every value of a row, as text.
async fn whole(house: &House, kind: &RecordKind, workspace: &str, id: &str) -> String {
    let columns: String = kind
        .columns
        .iter()
        .map(|c| format!(", {}", c.name))
        .collect();
    let rows = house.raw(&format!("select version, checksum{columns} from {}_row where workspace_id = '{workspace}' and id = '{id}'", kind.name)).await;
    assert_eq!(rows.len(), 1, "{} {id}", kind.name);
    kind.columns
        .iter()
        .map(|c| format!("{:?}", rows[0].get(c.name).unwrap()))
        .collect()
}

/// Changes one column of one row of each kind, and looks whether each is found and put back.
async fn round(house: &House, workspace: WorkspaceId, who: &Actor, at: usize) -> usize {
    let (name, mut touched) = (workspace.to_string(), Vec::new());
    for kind in interpres::kinds() {
        let own = [("version", Kind::Int), ("checksum", Kind::Bytes)];
        let Some((column, value)) = own
            .into_iter()
            .chain(kind.columns.iter().map(|c| (c.name, c.kind)))
            .nth(at)
        else {
            continue;
        };
        let Some(id) = a_row(house, &name, &kind, column).await else {
            continue;
        };
        let before = whole(house, &kind, &name, &id).await;
        let sql = format!(
            "update {}_row set {column} = {} where workspace_id = '{name}' and id = '{id}'",
            kind.name,
            changed(house, column, value)
        );
        assert_eq!(house.tamper(&sql).await, Ok(1), "{sql}");
        touched.push((kind, column, id, before));
    }
    assert_eq!(
        house.gate.sweep(workspace).await.unwrap(),
        i64::try_from(touched.len()).unwrap(),
        "{:?}",
        touched.iter().map(|t| (t.0.name, t.1)).collect::<Vec<_>>()
    );
    for (kind, column, id, before) in &touched {
        let left = house
            .raw(&format!(
                "select id from {}_row where workspace_id = '{name}' and id = '{id}'",
                kind.name
            ))
            .await;
        assert!(left.is_empty(), "{}.{column} is still there", kind.name);
        match who.user() {
            Some(_) => drop(
                house
                    .gate
                    .perform(who, restore(kind.name, id))
                    .await
                    .unwrap(),
            ),
            None => drop(
                house
                    .gate
                    .perform(
                        who,
                        RestoreOwnRecord {
                            input: restore(kind.name, id).input,
                        },
                    )
                    .await
                    .unwrap(),
            ),
        }
        assert_eq!(
            whole(house, kind, &name, id).await,
            *before,
            "{}.{column}",
            kind.name
        );
    }
    house.wait_minutes(1);
    touched.len()
}

#[apply(story)]
async fn a_change_of_any_column_of_any_record_is_found_and_can_be_put_back(house: &House) {
    let (olivia, operator) = (
        house.enters("Olivia").await,
        house.gate.operator(INSTALLATION),
    );
    assert_eq!(house.gate.sweep(ours(house)).await.unwrap(), 0);
    assert_eq!(house.gate.sweep(INSTALLATION).await.unwrap(), 0);
    let widest = interpres::kinds()
        .iter()
        .map(|k| k.columns.len() + 2)
        .max()
        .unwrap();
    let mut judged = 0;
    for at in 0..widest {
        judged += round(house, ours(house), &olivia, at).await
            + round(house, INSTALLATION, &operator, at).await;
    }
    assert!(judged > 80, "only {judged} columns hold anything");
    assert_eq!(
        house.gate.sweep(ours(house)).await.unwrap(),
        0,
        "all is as it was"
    );
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
    house.tamper(&format!("update appointment_row set minutes = minutes + 60, ends_at = ends_at + 3600000000 where id = '{id}'")).await.unwrap();
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
    house.gate.quarantine().await.unwrap();
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
    assert_eq!(house.gate.sweep(ours(house)).await.unwrap(), 2);
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
    assert_eq!(house.gate.sweep(ours(house)).await.unwrap(), 0);
}

#[apply(story)]
async fn a_version_that_was_changed_deleted_or_left_without_its_entry_is_found(house: &House) {
    house.unguard().await;
    let (a, b, c) = (
        house.world.appointments["FR-1001"],
        house.world.appointments["FR-1002"],
        house.world.customers["St. Brigid Hospital"],
    );
    house.tamper(&format!("update record_version set body = replace(body, 'Spanish', 'Spanisch') where record_id = '{a}'")).await.unwrap();
    house.tamper(&format!("update record_version set body = replace(body, 'in-person', 'phone') where record_id = '{a}'")).await.unwrap();
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
    while house.gate.number_entries().await.unwrap() > 0 {}
    house.gate.sweep(ours(house)).await.unwrap();
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
        house.gate.sweep(ours(house)).await.unwrap(),
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
            ours(house)
        ))
        .await
        .len();
    assert_eq!(
        house.gate.sweep(ours(house)).await.unwrap(),
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
             with recursive n (i) as (select 1 union all select i + 1 from n where i < 620) select '{}', 'appointment', '0-' || cast(i as text), 1, 'row', 1 from n",
            ours(house)
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
