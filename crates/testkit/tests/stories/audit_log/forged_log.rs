//! Somebody with the database in hand takes away what the log holds: the log says so.
use crate::audit_log::past_the_gate::{found, keep, pairs, put_back, run};
use interpres_scheduling::ShowAppointment;
use interpres_testkit::{House, apply, story};

const LOG: [&str; 6] = [
    "audit_entry",
    "audit_leaf",
    "audit_node",
    "audit_head",
    "audit_pending",
    "audit_subject",
];

async fn log_problems(house: &House) -> Vec<String> {
    house.number_entries().await;
    house.gate.verify_log(house.ours()).await.unwrap().problems
}

fn says(problems: &[String], words: &str) {
    assert!(
        problems.iter().any(|problem| problem.contains(words)),
        "{words}: {problems:?}"
    );
}

#[apply(story)]
async fn by_whom_a_client_was_seen_cant_be_taken_away_unnoticed(house: &House) {
    let (dora, id) = (
        house.enters("Dora").await,
        house.world.appointments["FR-1001"],
    );
    house.gate.view(&dora, ShowAppointment(id)).await.unwrap();
    let gone = format!("delete from audit_subject where subject_id = '{id}'");
    assert!(
        house
            .tamper(&gone)
            .await
            .unwrap_err()
            .contains("insert-only"),
        "the database refuses it"
    );
    house.unguard().await;
    assert_eq!(log_problems(house).await, Vec::<String>::new());
    keep(house, &["audit_subject", "audit_entry"]).await;
    assert!(house.tamper(&gone).await.unwrap() > 0);
    says(
        &log_problems(house).await,
        &format!("tells of appointment {id} and is not found by it"),
    );
    for (change, words) in [
        (
            "actor = 'worker:sweeper'",
            "is kept under another actor than it tells",
        ),
        ("action = 'x.y'", "is kept under another act than it tells"),
        ("at = at + 1", "is kept under another time than it tells"),
        (
            "trouble = 'fault'",
            "is kept under another outcome than it tells",
        ),
    ] {
        run(
            house,
            &[&format!(
                "update audit_entry set {change} where workspace_id = {{w}} \
                and id = (select entry_id from audit_leaf where workspace_id = {{w}} and number = 3)"
            )],
        )
        .await;
        says(&log_problems(house).await, words);
    }
    assert!(
        house.gate.sweep(house.ours()).await.unwrap() > 0,
        "the daily sweep looks as well"
    );
    assert!(
        found(house)
            .await
            .contains(&("audit_log".to_owned(), "log".to_owned()))
    );
    // What was written meanwhile is found as it should be.
    for table in ["audit_subject", "audit_entry"] {
        run(
            house,
            &[&format!(
                "delete from {table} where exists (select 1 from kept_{table} k \
                where k.workspace_id = {table}.workspace_id and k.{id} = {table}.{id})",
                id = if table == "audit_entry" {
                    "id"
                } else {
                    "entry_id"
                }
            )],
        )
        .await;
        run(
            house,
            &[
                &format!("insert into {table} select * from kept_{table}"),
                &format!("drop table kept_{table}"),
            ],
        )
        .await;
    }
}

#[apply(story)]
async fn a_log_that_was_emptied_cut_or_left_without_numbers_is_named(house: &House) {
    log_problems(house).await;
    house.unguard().await;
    keep(house, &LOG).await;
    run(
        house,
        &[
            "delete from audit_entry where id = (select max(id) from audit_entry)",
            "insert \
            into audit_entry select * from kept_audit_entry where id = (select max(id) \
            from kept_audit_entry)",
        ],
    )
    .await;
    for table in LOG {
        run(
            house,
            &[&format!("delete from {table} where workspace_id = {{w}}")],
        )
        .await;
    }
    let report = house.gate.verify_log(house.ours()).await.unwrap();
    says(&report.problems, "the log is empty");
    says(
        &report.beside,
        "were saved with entries that are not in the log",
    );
    put_back(house, &LOG).await;
    run(
        house,
        &[
            "insert into audit_entry (workspace_id, id, at, actor, action, leaf) \
            values ({w}, 'ffffffff-0000-7000-8000-000000000002', 1, 'x', 'y', (select leaf \
            from audit_entry limit 1))",
        ],
    )
    .await;
    says(
        &house.gate.verify_log(house.ours()).await.unwrap().problems,
        "entries that have no number and wait for none: 1",
    );
    run(
        house,
        &["delete from audit_entry where id = 'ffffffff-0000-7000-8000-000000000002'"],
    )
    .await;
    assert!(
        house
            .gate
            .all_with_logs()
            .await
            .unwrap()
            .contains(&house.ours())
    );
    run(house, &["delete from workspace_row where id = {w}"]).await;
    assert!(
        house
            .gate
            .all_with_logs()
            .await
            .unwrap()
            .contains(&house.ours()),
        "a workspace without its own record is looked at all the same"
    );
}

#[apply(story)]
async fn a_record_put_back_with_its_last_version_deleted_is_named_by_the_log(house: &House) {
    keep(house, &["appointment_row"]).await;
    let id = house.world.appointments["FR-1002"];
    house.cancel("Olivia", id, "other").await.unwrap();
    let removed = house.world.appointments["FR-1003"];
    house.unguard().await;
    run(
        house,
        &[
            &format!(
                "delete from record_version where record_id = '{id}' \
                and version = (select max(version) from record_version v \
                where v.record_id = '{id}')"
            ),
            &format!("delete from appointment_row where id in ('{id}', '{removed}')"),
            &format!(
                "insert into appointment_row select * from kept_appointment_row \
                where id = '{id}'"
            ),
            &format!("delete from record_version where record_id = '{removed}'"),
            "drop table kept_appointment_row",
        ],
    )
    .await;
    house.number_entries().await;
    let beside = house.gate.verify_log(house.ours()).await.unwrap().beside;
    says(&beside, &format!("of appointment {id} is gone"));
    says(
        &beside,
        &format!("version 1 of appointment {removed} is gone"),
    );
    house.gate.sweep(house.ours()).await.unwrap();
    assert_eq!(
        found(house).await,
        pairs(&[("appointment", "lost"), ("appointment", "lost")])
    );
}
