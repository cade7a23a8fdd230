//! What somebody with the database in hand puts there, changes or takes away: who is let in by it, and who is told.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_accounts::{ChangeMember, ListNotices, MemberInput};
use interpres_dispatch::AssignInterpreter;
use interpres_gate::{Origin, Refusal, ShowIntegrity, audit_log::leaf_hash};
use interpres_scheduling::{CancelAppointment, CancelInput, ListAppointments, ShowAppointment};
use interpres_testkit::{House, apply, story};
use interpres_types::{INSTALLATION, Instant, WorkspaceId};

fn ours(house: &House) -> WorkspaceId {
    house.world.workspaces["Front Range Interpreters"]
}

/// What was found so far and stands: the kind of record, and what of it.
async fn found(house: &House) -> Vec<(String, String)> {
    while house.gate.number_entries().await.unwrap() > 0 {}
    house.gate.quarantine().await.unwrap();
    let view = house
        .gate
        .view(&house.enters("Olivia").await, ShowIntegrity)
        .await
        .unwrap()
        .into_inner();
    let mut found: Vec<_> = view
        .incidents
        .into_iter()
        .filter(|i| i.restored_at.is_none())
        .map(|i| (i.kind, i.found))
        .collect();
    found.sort();
    found
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(kind, found)| ((*kind).to_owned(), (*found).to_owned()))
        .collect()
}

async fn is_let_in(house: &House, key: &str) -> bool {
    house
        .gate
        .admit_key(key, Origin::default())
        .await
        .unwrap()
        .is_some()
}

async fn user(house: &House, first: &str) -> String {
    let email = &house.person(first).email;
    house
        .raw(&format!(
            "select user_id from member_row where email = '{email}'"
        ))
        .await[0]
        .text("user_id")
        .unwrap()
        .to_owned()
}

/// Runs statements in which `{w}` is the workspace.
async fn run(house: &House, statements: &[&str]) {
    for sql in statements {
        house
            .tamper(&sql.replace("{w}", &format!("'{}'", ours(house))))
            .await
            .unwrap();
    }
}

async fn keep(house: &House, tables: &[&str]) {
    for table in tables {
        run(
            house,
            &[&format!(
                "create table kept_{table} as select * from {table}"
            )],
        )
        .await;
    }
}

async fn put_back(house: &House, tables: &[&str]) {
    for table in tables {
        run(
            house,
            &[
                &format!("delete from {table}"),
                &format!("insert into {table} select * from kept_{table}"),
                &format!("drop table kept_{table}"),
            ],
        )
        .await;
    }
}

const LOG: [&str; 6] = [
    "audit_entry",
    "audit_leaf",
    "audit_node",
    "audit_head",
    "audit_pending",
    "audit_subject",
];

async fn log_problems(house: &House) -> Vec<String> {
    while house.gate.number_entries().await.unwrap() > 0 {}
    house.gate.verify_log(ours(house)).await.unwrap().problems
}

fn says(problems: &[String], words: &str) {
    assert!(
        problems.iter().any(|problem| problem.contains(words)),
        "{words}: {problems:?}"
    );
}

async fn cancel(house: &House, reference: &str) -> interpres_types::AppointmentId {
    let (olivia, id) = (
        house.enters("Olivia").await,
        house.world.appointments[reference],
    );
    let input = CancelInput {
        reason: "other".into(),
        ..CancelInput::default()
    };
    house
        .gate
        .perform(
            &olivia,
            CancelAppointment {
                id,
                version: None,
                input,
            },
        )
        .await
        .unwrap();
    id
}

#[apply(story)]
async fn a_role_raised_past_the_gate_lets_nobody_in_for_even_one_request(house: &House) {
    let dora = house.enters("Dora").await;
    house
        .tamper("update member_row set role = 'owner' where email = 'dora@frontrange.example'")
        .await
        .unwrap();
    assert!(!is_let_in(house, &house.person("Dora").api_key).await);
    let assign = AssignInterpreter {
        appointment: house.world.appointments["FR-1001"],
        interpreter: house.world.interpreters["Ines"],
    };
    assert!(
        matches!(
            house.gate.perform(&dora, assign).await,
            Err(Refusal::Forbidden)
        ),
        "nor whoever is in already"
    );
    assert_eq!(found(house).await, pairs(&[("member", "row")]));
}

#[apply(story)]
async fn a_membership_put_back_to_what_it_was_gives_nothing_back(house: &House) {
    let (sam, olivia) = (house.enters("Sam").await, house.enters("Olivia").await);
    let member = house
        .raw(&format!(
            "select id from member_row where email = '{}'",
            house.person("Sam").email
        ))
        .await[0]
        .text("id")
        .unwrap()
        .to_owned();
    keep(house, &["member_row"]).await;
    let input = MemberInput {
        role: "viewer".into(),
        ..MemberInput::default()
    };
    house
        .gate
        .perform(
            &olivia,
            ChangeMember {
                id: member.parse().unwrap(),
                version: None,
                input,
            },
        )
        .await
        .unwrap();
    run(
        house,
        &[
            &format!("delete from member_row where id = '{member}'"),
            &format!("insert into member_row select * from kept_member_row where id = '{member}'"),
            "drop table kept_member_row",
        ],
    )
    .await;
    let assign = AssignInterpreter {
        appointment: house.world.appointments["FR-1001"],
        interpreter: house.world.interpreters["Ines"],
    };
    assert!(matches!(
        house.gate.perform(&sam, assign).await,
        Err(Refusal::Forbidden)
    ));
    assert_eq!(found(house).await, pairs(&[("member", "row")]));
}

#[apply(story)]
async fn a_workspace_or_agreement_changed_past_the_gate_opens_nothing(house: &House) {
    run(house, &["update agreement_row set text_version = 'other' where workspace_id = {w} and kind = 'baa'"]).await;
    let dora = house.enters("Dora").await;
    let seen = house
        .gate
        .view(&dora, ShowAppointment(house.world.appointments["FR-1001"]))
        .await
        .unwrap()
        .into_inner();
    assert!(
        seen.lep_client.unwrap().is_masked(),
        "without an agreement that is one, clients are sealed from view"
    );
    run(
        house,
        &["update workspace_row set name = 'Another' where id = {w}"],
    )
    .await;
    assert!(!is_let_in(house, &house.person("Dora").api_key).await);
    // What was found is written down with the next commit.
    house.gate.sweep(INSTALLATION).await.unwrap();
    let rows = house
        .raw("select kind from integrity_incident where found = 'row' order by kind")
        .await;
    assert_eq!(
        rows.iter()
            .map(|row| row.text("kind").unwrap())
            .collect::<Vec<_>>(),
        ["agreement", "workspace"]
    );
}

#[apply(story)]
async fn a_key_or_session_that_was_put_there_or_changed_lets_nobody_in(house: &House) {
    let (olivia, dora) = (user(house, "Olivia").await, user(house, "Dora").await);
    let body = "ipk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let key = format!(
        "{body}{}",
        &URL_SAFE_NO_PAD.encode(leaf_hash(body.as_bytes()))[..6]
    );
    let hash = house.literal(&leaf_hash(key.as_bytes()));
    run(house, &[&format!(
            "insert into api_key (token_hash, id, workspace_id, user_id, name, created_at, ends_at, strength, checksum)
             select {hash}, id, workspace_id, user_id, 'forged', created_at, ends_at, strength, checksum from api_key where user_id = '{olivia}'"
        )]).await;
    assert!(!is_let_in(house, &key).await, "put there");
    run(
        house,
        &["update api_key set checksum = null where name = 'forged'"],
    )
    .await;
    assert!(!is_let_in(house, &key).await, "put there as one of before");
    run(
        house,
        &[&format!(
            "update api_key set user_id = '{olivia}' where user_id = '{dora}'"
        )],
    )
    .await;
    assert!(
        !is_let_in(house, &house.person("Dora").api_key).await,
        "made somebody else's"
    );
    let session = house.literal(&leaf_hash(b"forged"));
    run(house, &[&format!(
            "insert into session (token_hash, id, workspace_id, user_id, created_at, last_seen_at, ends_at, idle_seconds, csrf, strength)
             values ({session}, '{olivia}', {{w}}, '{olivia}', {now}, {now}, {now} + 3600000000, 900, 'x', 2)",
            now = house.gate.now().micros()
        )]).await;
    assert!(
        house
            .gate
            .admit_session("forged", Origin::default())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        found(house).await,
        pairs(&[
            ("api_key", "pass"),
            ("api_key", "pass"),
            ("session", "pass")
        ])
    );
    let notices = house
        .gate
        .view(&house.enters("Olivia").await, ListNotices)
        .await
        .unwrap()
        .into_inner();
    assert!(
        notices.items.iter().any(|n| n.path == "/audit/integrity"),
        "those in charge are told"
    );
}

#[apply(story)]
async fn a_forged_key_letter_or_domain_is_found_by_the_sweep_although_nobody_used_it(
    house: &House,
) {
    run(house, &[
            "insert into letter (workspace_id, id, address, subject, text, path, ticket, at, next_at, tries) values ({w}, '0190d6a5-7c3e-7a1b-8e4f-00112233aabb', 'thief@example.org', 's', 't', '/reset', '{}', 1, 1, 0)",
            "insert into provider_domain (domain, workspace_id, provider_id) values ('frontrange.example', {w}, '0190d6a5-7c3e-7a1b-8e4f-00112233aabb')",
        ]).await;
    assert!(
        house
            .gate
            .provider_of_domain("frontrange.example")
            .await
            .unwrap()
            .is_none()
    );
    let courier = house
        .gate
        .worker(ours(house), interpres_gate::WorkerKind::Courier);
    assert!(
        house
            .gate
            .perform(&courier, interpres_gate::TakeLetters)
            .await
            .unwrap()
            .is_empty(),
        "it is not sent"
    );
    assert_eq!(house.gate.sweep(INSTALLATION).await.unwrap(), 2);
    assert_eq!(
        found(house).await,
        pairs(&[("letter", "pass"), ("provider_domain", "pass")])
    );
}

#[apply(story)]
async fn keys_of_before_their_seals_are_taken_over_once(house: &House) {
    let key = &house.person("Dora").api_key;
    run(house, &["update api_key set checksum = null"]).await;
    house.gate.seal_passes().await.unwrap();
    assert!(!is_let_in(house, key).await, "this was done here already");
    house
        .from_before_seals("update api_key set name = 'of before'")
        .await;
    assert!(is_let_in(house, key).await);
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
        run(house, &[&format!("update audit_entry set {change} where workspace_id = {{w}} and id = (select entry_id from audit_leaf where workspace_id = {{w}} and number = 3)")]).await;
        says(&log_problems(house).await, words);
    }
    assert!(
        house.gate.sweep(ours(house)).await.unwrap() > 0,
        "the daily sweep looks as well"
    );
    assert!(
        found(house)
            .await
            .contains(&("audit_log".to_owned(), "log".to_owned()))
    );
    // What was written meanwhile is found as it should be.
    for table in ["audit_subject", "audit_entry"] {
        run(house, &[&format!("delete from {table} where exists (select 1 from kept_{table} k where k.workspace_id = {table}.workspace_id and k.{id} = {table}.{id})", id = if table == "audit_entry" { "id" } else { "entry_id" })]).await;
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
    run(house, &["delete from audit_entry where id = (select max(id) from audit_entry)", "insert into audit_entry select * from kept_audit_entry where id = (select max(id) from kept_audit_entry)"]).await;
    for table in LOG {
        run(
            house,
            &[&format!("delete from {table} where workspace_id = {{w}}")],
        )
        .await;
    }
    let report = house.gate.verify_log(ours(house)).await.unwrap();
    says(&report.problems, "the log is empty");
    says(
        &report.beside,
        "were saved with entries that are not in the log",
    );
    put_back(house, &LOG).await;
    run(house, &["insert into audit_entry (workspace_id, id, at, actor, action, leaf) values ({w}, 'ffffffff-0000-7000-8000-000000000002', 1, 'x', 'y', (select leaf from audit_entry limit 1))"]).await;
    says(
        &house.gate.verify_log(ours(house)).await.unwrap().problems,
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
            .contains(&ours(house))
    );
    run(house, &["delete from workspace_row where id = {w}"]).await;
    assert!(
        house
            .gate
            .all_with_logs()
            .await
            .unwrap()
            .contains(&ours(house)),
        "a workspace without its own record is looked at all the same"
    );
}

#[apply(story)]
async fn a_record_put_back_with_its_last_version_deleted_is_named_by_the_log(house: &House) {
    keep(house, &["appointment_row"]).await;
    let id = cancel(house, "FR-1002").await;
    let removed = house.world.appointments["FR-1003"];
    house.unguard().await;
    run(house, &[
            &format!("delete from record_version where record_id = '{id}' and version = (select max(version) from record_version v where v.record_id = '{id}')"),
            &format!("delete from appointment_row where id in ('{id}', '{removed}')"),
            &format!("insert into appointment_row select * from kept_appointment_row where id = '{id}'"),
            &format!("delete from record_version where record_id = '{removed}'"),
            "drop table kept_appointment_row",
        ]).await;
    while house.gate.number_entries().await.unwrap() > 0 {}
    let beside = house.gate.verify_log(ours(house)).await.unwrap().beside;
    says(&beside, &format!("of appointment {id} is gone"));
    says(
        &beside,
        &format!("version 1 of appointment {removed} is gone"),
    );
    house.gate.sweep(ours(house)).await.unwrap();
    assert_eq!(
        found(house).await,
        pairs(&[("appointment", "lost"), ("appointment", "lost")])
    );
}

#[apply(story)]
async fn a_swapped_or_deleted_key_spoils_its_own_record_and_no_list(house: &House) {
    let dora = house.enters("Dora").await;
    let list = async || {
        house
            .gate
            .view(&dora, ListAppointments::default())
            .await
            .unwrap()
            .into_inner()
            .items
    };
    let before = list().await;
    let mut keys = Vec::new();
    for reference in ["FR-1001", "FR-1002", "FR-1003"] {
        let id = house.world.appointments[reference];
        let client = house.client_of(id).await;
        keys.push(
            house
                .raw(&format!(
                    "select key_id from client_row where id = '{client}'"
                ))
                .await[0]
                .text("key_id")
                .unwrap()
                .to_owned(),
        );
    }
    let [a, b, c] = keys.as_slice() else {
        panic!("three keys")
    };
    house
        .tamper_keys("create table kept as select id, wrapped from record_key")
        .await;
    for (one, other) in [(a, b), (b, a)] {
        house.tamper_keys(&format!("update record_key set wrapped = (select wrapped from kept where id = '{other}') where id = '{one}'")).await;
    }
    house
        .tamper_keys(&format!("delete from record_key where id = '{c}'"))
        .await;
    house.gate.forget_opened_keys();
    house.gate.forget_opened_keys();
    let after = list().await;
    assert_eq!(after.len(), before.len(), "every record is there");
    let shown = |items: &[interpres_scheduling::AppointmentView]| {
        items
            .iter()
            .map(|a| a.lep_client.as_ref().map(|c| c.shown().to_owned()))
            .collect::<Vec<_>>()
    };
    let lost: Vec<_> = shown(&after)
        .into_iter()
        .filter(|name| name.as_deref() == Some("(unreadable)"))
        .collect();
    assert_eq!(lost.len(), 3, "{:?}", shown(&after));
    assert!(
        after
            .iter()
            .all(|a| a.lep_client.as_ref().is_none_or(|c| !c.is_erased())),
        "nobody erased anything"
    );
    let expected = pairs(&[("client", "key"), ("client", "key"), ("client", "key")]);
    assert_eq!(found(house).await, expected);
    assert_eq!(house.gate.sweep(ours(house)).await.unwrap(), 3);
    assert_eq!(found(house).await, expected, "each is told of once");
    house
        .tamper_keys("delete from record_key where id in (select id from kept)")
        .await;
}

#[apply(story)]
async fn a_mass_of_mismatches_is_a_key_fault_and_changes_nothing(house: &House) {
    let olivia = house.enters("Olivia").await;
    house.unguard().await;
    keep(
        house,
        &["record_version", "customer_row", "appointment_row"],
    )
    .await;
    for table in ["record_version", "customer_row", "appointment_row"] {
        run(
            house,
            &[&format!(
                "update {table} set checksum = {} where workspace_id = {{w}}",
                house.literal(&[7; 32])
            )],
        )
        .await;
    }
    let alarms = async || {
        house
            .raw("select kind from integrity_incident where found = 'keys' and restored_at is null")
            .await
            .len()
    };
    let away = async || {
        house.raw("select id from appointment_row where workspace_id <> 'x' and id in (select id from kept_appointment_row)").await.len()
    };
    let all = away().await;
    for _ in 0..3 {
        assert!(
            house
                .gate
                .view(&olivia, ListAppointments::default())
                .await
                .unwrap()
                .items
                .is_empty(),
            "nothing is believed"
        );
        house.gate.quarantine().await.unwrap();
        assert!(matches!(
            house.gate.sweep(ours(house)).await,
            Err(Refusal::Conflict(_))
        ));
        assert!(matches!(
            house.gate.recheck(ours(house), Instant::default()).await,
            Err(Refusal::Conflict(_))
        ));
    }
    assert_eq!(
        (alarms().await, away().await),
        (1, all),
        "one alarm, and nothing moved"
    );
    put_back(
        house,
        &["record_version", "customer_row", "appointment_row"],
    )
    .await;
    assert_eq!(
        found(house).await,
        pairs(&[]),
        "what was found under the wrong keys is not held against anybody"
    );
    assert_eq!(
        (house.gate.sweep(ours(house)).await.unwrap(), alarms().await),
        (0, 0)
    );
}

#[apply(story)]
async fn what_was_quarantined_and_is_true_after_all_comes_back(house: &House) {
    let dora = house.enters("Dora").await;
    let list = async || {
        house
            .gate
            .view(&dora, ListAppointments::default())
            .await
            .unwrap()
            .items
            .len()
    };
    let before = list().await;
    keep(house, &["appointment_row"]).await;
    run(
        house,
        &["update appointment_row set checksum = null where workspace_id = {w}"],
    )
    .await;
    assert!(house.gate.sweep(ours(house)).await.unwrap() > 2);
    assert_eq!(list().await, 0);
    // The right keys are back: the checksums hold again, but for one record that was really changed.
    run(house, &["update appointment_row set checksum = (select k.checksum from kept_appointment_row k where k.id = appointment_row.id)", "drop table kept_appointment_row"]).await;
    let id = house.world.appointments["FR-1002"];
    run(
        house,
        &[&format!(
            "update appointment_row set minutes = minutes + 1 where id = '{id}'"
        )],
    )
    .await;
    let later = house.gate.now().plus_seconds(1);
    assert_eq!(
        house.gate.recheck(ours(house), later).await.unwrap(),
        (0, 0),
        "nothing was taken away since"
    );
    let (back, stay) = house
        .gate
        .recheck(ours(house), Instant::default())
        .await
        .unwrap();
    assert_eq!((back > 2, stay), (true, 1));
    assert_eq!(list().await, before - 1);
    assert!(matches!(
        house.gate.view(&dora, ShowAppointment(id)).await,
        Err(Refusal::NotFound)
    ));
    assert_eq!(house.gate.sweep(ours(house)).await.unwrap(), 0);
}
