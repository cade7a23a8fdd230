//! The audit log, checked by somebody who has nothing but a file and a key.
use interpres::{WitnessAt, Witnesses};
use interpres_gate::audit_log::{
    Checkpoint, LogKey, Policy, VerifierKey, handover, leaf_hash, verify_consistency,
    verify_inclusion,
};
use interpres_gate::{ExportEntries, HandOverLogKey, LogHead, ProveEntry, ProveGrowth, Refusal};
use interpres_scheduling::ListAppointments;
use interpres_testkit::{House, apply, story};
use interpres_types::WorkspaceId;
use interpres_verifier::{Earlier, check};
use interpres_witness::{Memory, Witness};

fn ours(house: &House) -> WorkspaceId {
    house.world.workspaces["Front Range Interpreters"]
}

async fn head(house: &House) -> LogHead {
    while house.gate.number_entries().await.unwrap() > 0 {}
    house.gate.log_head(ours(house)).await.unwrap().unwrap()
}

/// What an auditor writes down on the first day.
async fn policy(house: &House) -> Policy {
    Policy::parse(&format!("log {}\n", head(house).await.first_key)).unwrap()
}

fn problems(export: &str, policy: &Policy, earlier: Option<Earlier<'_>>) -> Vec<String> {
    check(export.as_bytes(), policy.clone(), earlier)
        .unwrap()
        .problems
}

fn kept(export: &str) -> Option<Earlier<'_>> {
    Some(Earlier::Export(Box::new(export.as_bytes())))
}

async fn look_around(house: &House, times: usize) {
    let dora = house.enters("Dora").await;
    for _ in 0..times {
        house
            .gate
            .view(&dora, ListAppointments::default())
            .await
            .unwrap();
    }
}

const TABLES: [&str; 5] = [
    "audit_entry",
    "audit_leaf",
    "audit_node",
    "audit_head",
    "audit_pending",
];

async fn run(house: &House, statements: &[&str]) {
    for sql in statements {
        house
            .tamper(&sql.replace("{w}", &format!("'{}'", ours(house))))
            .await
            .unwrap();
    }
}

async fn put_back(house: &House) {
    for table in TABLES {
        run(
            house,
            &[
                &format!("delete from {table}"),
                &format!("insert into {table} select * from kept_{table}"),
            ],
        )
        .await;
    }
}

/// A change by somebody with the database in hand, and what is said about it: by the check inside,
/// and by a verifier that holds an export of the day before.
struct Tampering {
    name: &'static str,
    sql: &'static [&'static str],
    inside: &'static str,
    outside: &'static str,
}

const SUITE: &[Tampering] = &[
    Tampering {
        name: "edit an entry",
        sql: &[
            "update audit_entry set leaf = (select leaf from kept_audit_entry b join kept_audit_leaf c on c.entry_id = b.id and c.workspace_id = b.workspace_id where c.workspace_id = {w} and c.number = 5) where workspace_id = {w} and id = (select entry_id from kept_audit_leaf where workspace_id = {w} and number = 3)",
        ],
        inside: "entry 3 was changed",
        outside: "entry 3 was changed: it does not have its hash",
    },
    Tampering {
        name: "edit an entry and its hash",
        sql: &[
            "update audit_entry set leaf = (select leaf from kept_audit_entry b join kept_audit_leaf c on c.entry_id = b.id and c.workspace_id = b.workspace_id where c.workspace_id = {w} and c.number = 5) where workspace_id = {w} and id = (select entry_id from kept_audit_leaf where workspace_id = {w} and number = 3)",
            "update audit_leaf set hash = (select hash from kept_audit_leaf where workspace_id = {w} and number = 5) where workspace_id = {w} and number = 3",
        ],
        inside: "the root of the log is not the checkpoint's",
        outside: "entry 3 is not the one that was kept earlier",
    },
    Tampering {
        name: "delete an entry",
        sql: &[
            "delete from audit_entry where workspace_id = {w} and id = (select entry_id from kept_audit_leaf where workspace_id = {w} and number = 3)",
            "delete from audit_leaf where workspace_id = {w} and number = 3",
        ],
        inside: "entry 3 is missing",
        outside: "entry 3 is missing",
    },
    Tampering {
        name: "insert an entry",
        sql: &[
            "insert into audit_entry (workspace_id, id, at, actor, action, leaf) select workspace_id, 'ffffffff-0000-7000-8000-000000000000', at, actor, action, leaf from kept_audit_entry where workspace_id = {w} and id = (select entry_id from kept_audit_leaf where workspace_id = {w} and number = 3)",
            "insert into audit_leaf (workspace_id, number, entry_id, hash) select {w}, (select max(number) + 1 from kept_audit_leaf where workspace_id = {w}), 'ffffffff-0000-7000-8000-000000000000', hash from kept_audit_leaf where workspace_id = {w} and number = 3",
        ],
        inside: "the checkpoint speaks of",
        outside: "",
    },
    Tampering {
        name: "reorder entries",
        sql: &[
            "update audit_leaf set number = -1 where workspace_id = {w} and number = 3",
            "update audit_leaf set number = 3 where workspace_id = {w} and number = 4",
            "update audit_leaf set number = 4 where workspace_id = {w} and number = -1",
        ],
        inside: "the root of the log is not the checkpoint's",
        outside: "entry 3 is not the one that was kept earlier",
    },
    Tampering {
        name: "cut the end off",
        sql: &["delete from audit_leaf where workspace_id = {w} and number > 10"],
        inside: "the checkpoint speaks of",
        outside: "the log was rolled back",
    },
    Tampering {
        name: "delete an entry before it has its number",
        sql: &[
            "insert into audit_pending (workspace_id, entry_id) values ({w}, 'ffffffff-0000-7000-8000-000000000001')",
        ],
        inside: "entries that waited for their number were deleted: 1",
        outside: "",
    },
    Tampering {
        name: "forge a checkpoint",
        sql: &[
            "update audit_head set checkpoint = replace(checkpoint, 'interpres/', 'interprez/') where workspace_id = {w}",
        ],
        inside: "the checkpoint is not good",
        outside: "the checkpoint is not to be believed",
    },
];

#[apply(story)]
async fn an_export_is_checked_without_server_and_database(house: &House) {
    let policy = policy(house).await;
    let whole = house.export(ExportEntries::default()).await;
    let found = check(whole.as_bytes(), policy.clone(), None).unwrap();
    assert_eq!(found.problems, Vec::<String>::new());
    assert!(found.complete && found.entries > 20, "{}", found.entries);
    look_around(house, 3).await;
    let part = house
        .export(ExportEntries {
            action: "appointments.list".into(),
            ..ExportEntries::default()
        })
        .await;
    let found = check(part.as_bytes(), policy.clone(), None).unwrap();
    assert_eq!(
        (found.problems.len(), found.entries, found.complete),
        (0, 3, false)
    );
    let later = house.export(ExportEntries::default()).await;
    assert_eq!(
        problems(&later, &policy, kept(&whole)),
        Vec::<String>::new(),
        "the log grew"
    );
    let note = head(house).await.checkpoint;
    look_around(house, 1).await;
    assert_eq!(
        problems(
            &house.export(ExportEntries::default()).await,
            &policy,
            Some(Earlier::Checkpoint(note))
        ),
        Vec::<String>::new()
    );
}

#[apply(story)]
async fn every_change_behind_the_databases_back_is_found_and_named(house: &House) {
    let policy = policy(house).await;
    look_around(house, 3).await;
    let before = house.export(ExportEntries::default()).await;
    look_around(house, 2).await;
    head(house).await;
    house.unguard().await;
    for table in TABLES {
        run(
            house,
            &[&format!(
                "create table kept_{table} as select * from {table}"
            )],
        )
        .await;
    }
    for t in SUITE {
        run(house, t.sql).await;
        let inside = house.gate.verify_log(ours(house)).await.unwrap().problems;
        assert!(
            inside.iter().any(|p| p.starts_with(t.inside)),
            "{}: {inside:?}",
            t.name
        );
        let outside = problems(
            &house.export(ExportEntries::default()).await,
            &policy,
            kept(&before),
        );
        assert!(
            t.outside.is_empty() || outside.iter().any(|p| p.starts_with(t.outside)),
            "{}: {outside:?}",
            t.name
        );
        put_back(house).await;
    }
    for table in TABLES {
        run(house, &[&format!("drop table kept_{table}")]).await;
    }
}

#[apply(story)]
async fn a_log_put_back_to_yesterday_or_grown_anew_from_there_is_found_by_who_kept_todays(
    house: &House,
) {
    let policy = policy(house).await;
    look_around(house, 2).await;
    head(house).await;
    house.unguard().await;
    for table in TABLES {
        run(
            house,
            &[&format!(
                "create table kept_{table} as select * from {table}"
            )],
        )
        .await;
    }
    look_around(house, 4).await;
    let today = house.export(ExportEntries::default()).await;
    let note = head(house).await.checkpoint;
    put_back(house).await;
    assert_eq!(
        house.gate.verify_log(ours(house)).await.unwrap().problems,
        Vec::<String>::new(),
        "from inside it looks well"
    );
    let rolled = house.export(ExportEntries::default()).await;
    let found = problems(&rolled, &policy, kept(&today));
    assert!(
        found
            .iter()
            .any(|p| p.starts_with("the log was rolled back")),
        "{found:?}"
    );
    look_around(house, 20).await;
    let forked = house.export(ExportEntries::default()).await;
    let found = problems(&forked, &policy, Some(Earlier::Checkpoint(note)));
    assert!(
        found.iter().any(|p| p.starts_with("the log was rewritten")),
        "{found:?}"
    );
    let found = problems(&forked, &policy, kept(&today));
    assert!(
        found
            .iter()
            .any(|p| p.ends_with("is not the one that was kept earlier")),
        "{found:?}"
    );
    for table in TABLES {
        run(house, &[&format!("drop table kept_{table}")]).await;
    }
}

#[apply(story)]
async fn every_change_of_an_exported_file_is_found_and_named(house: &House) {
    let policy = policy(house).await;
    let whole = house.export(ExportEntries::default()).await;
    let part = house
        .export(ExportEntries {
            outcome: "done".into(),
            ..ExportEntries::default()
        })
        .await;
    let lines: Vec<&str> = whole.lines().collect();
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut all: Vec<String> = lines.iter().map(ToString::to_string).collect();
        change(&mut all);
        problems(&(all.join("\n") + "\n"), &policy, None)
    };
    assert_eq!(with(&|_| {}), Vec::<String>::new());
    for (found, said) in [
        (
            with(&|all| all[4] = all[4].replace("\\\"v\\\":1", "\\\"v\\\":2")),
            "entry 3 was changed",
        ),
        (with(&|all| drop(all.remove(4))), "entry 3 is missing"),
        (with(&|all| all.swap(4, 5)), "entry 3 stands behind entry 4"),
        (
            with(&|all| all.insert(5, all[4].clone())),
            "entry 3 stands behind entry 3",
        ),
        (
            with(&|all| all.truncate(8)),
            "the file was cut off after 7 entries",
        ),
        (
            with(&|all| drop(all.remove(all.len() - 2))),
            "the file speaks of",
        ),
        (
            with(&|all| all[0] = all[0].replace("interpres-audit-export/1", "another/2")),
            "the file is of the form",
        ),
        (
            with(&|all| all[0] = all[0].replace("\\n— interpres", "\\n— interprez")),
            "the checkpoint is not to be believed",
        ),
        (
            with(&|all| all[0] = "{}".to_owned()),
            "the file does not begin like",
        ),
        (
            with(&|all| all.push("{\"entries\":1}".to_owned())),
            "something follows",
        ),
    ] {
        assert!(
            found.iter().any(|p| p.starts_with(said)),
            "{said}: {found:?}"
        );
    }
    let ours = ours(house).to_string();
    let other = house.world.workspaces["Prairie Language Partners"].to_string();
    let header =
        |from: &str, to: &str, file: &str| problems(&file.replacen(from, to, 1), &policy, None);
    for (found, said) in [
        (
            header(
                &format!("\"workspace\":\"{ours}\""),
                &format!("\"workspace\":\"{other}\""),
                &whole,
            ),
            "the file says it is of workspace",
        ),
        (
            header("\"filter\":{}", "\"filter\":{\"outcome\":\"done\"}", &whole),
            "the file says both",
        ),
        (
            header(
                "\"filter\":{\"outcome\":\"done\"}",
                "\"filter\":{\"outcome\":\"refused\"}",
                &part,
            ),
            "entry 0 does not fit what the file was filtered by: outcome refused",
        ),
    ] {
        assert!(
            found.iter().any(|p| p.starts_with(said)),
            "{said}: {found:?}"
        );
    }
    let unproven = check(part.as_bytes(), policy.clone(), None)
        .unwrap()
        .unproven;
    assert!(
        unproven
            .iter()
            .any(|claim| claim.starts_with("that no other entry fits the filter")),
        "{unproven:?}"
    );
    // A part brings its proofs: an entry of another log is not in this one.
    let foreign = part.replacen("\\\"v\\\":1", "\\\"v\\\": 1", 1);
    assert!(!problems(&foreign, &policy, None).is_empty());
}

#[apply(story)]
async fn one_entry_is_proven_by_itself_and_growth_by_two_checkpoints(house: &House) {
    let (first, carl) = (head(house).await, house.enters("Carl").await);
    look_around(house, 300).await;
    let now = head(house).await;
    let key = VerifierKey::parse(&now.verifier_key).unwrap();
    let (old, new) = (
        Checkpoint::open(&first.checkpoint, &key).unwrap(),
        Checkpoint::open(&now.checkpoint, &key).unwrap(),
    );
    let growth = house
        .gate
        .view(
            &carl,
            ProveGrowth {
                from: old.size.to_string().into(),
            },
        )
        .await
        .unwrap()
        .into_inner();
    let hashes: Vec<_> = growth
        .hashes
        .iter()
        .map(|h| interpres_gate::audit_log::parse_hash(h).unwrap())
        .collect();
    verify_consistency(old.size, &old.root, new.size, &new.root, &hashes).unwrap();
    for number in [0, 1, 255, 256, new.size - 1] {
        let row = &house
            .raw(&format!(
                "select entry_id from audit_leaf where workspace_id = '{}' and number = {number}",
                ours(house)
            ))
            .await[0];
        let proof = house
            .gate
            .view(
                &carl,
                ProveEntry(row.text("entry_id").unwrap().parse().unwrap()),
            )
            .await
            .unwrap()
            .into_inner();
        let mut lines = proof.proof.lines();
        assert_eq!(
            (lines.next(), lines.next()),
            (
                Some("c2sp.org/tlog-proof@v1"),
                Some(format!("index {number}").as_str())
            )
        );
        let path: Vec<_> = lines
            .by_ref()
            .take_while(|l| !l.is_empty())
            .map(|h| interpres_gate::audit_log::parse_hash(h).unwrap())
            .collect();
        verify_inclusion(
            &leaf_hash(proof.leaf.as_bytes()),
            number,
            new.size,
            &path,
            &new.root,
        )
        .unwrap();
    }
    assert!(matches!(
        house
            .gate
            .view(
                &carl,
                ProveGrowth {
                    from: "999999".into()
                }
            )
            .await,
        Err(Refusal::Invalid(_))
    ));
    // A tree that an older version grew has no stored subtrees; the proofs are the same.
    house.unguard().await;
    house.tamper("delete from audit_node").await.unwrap();
    let again = house
        .gate
        .view(
            &carl,
            ProveGrowth {
                from: old.size.to_string().into(),
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(again.hashes, growth.hashes);
}

#[apply(story)]
async fn forty_proofs_at_once_do_not_wait_for_each_other(house: &House) {
    look_around(house, 20).await;
    head(house).await;
    let carl = house.enters("Carl").await;
    let rows = house
        .raw(&format!(
            "select entry_id from audit_leaf where workspace_id = '{}' and number = 3",
            ours(house)
        ))
        .await;
    let entry = rows[0].text("entry_id").unwrap().parse().unwrap();
    let asked: Vec<_> = (0..40)
        .map(|_| {
            let (gate, carl) = (house.gate.clone(), carl.clone());
            tokio::spawn(async move { gate.view(&carl, ProveEntry(entry)).await.map(drop) })
        })
        .collect();
    // One that waits for what another holds is refused in the end.
    for one in asked {
        one.await.unwrap().unwrap();
    }
}

#[apply(story)]
async fn a_new_log_key_is_followed_only_where_the_old_one_signed_for_it(house: &House) {
    let policy = policy(house).await;
    let before = head(house).await;
    for _ in 0..2 {
        house
            .gate
            .perform(&house.gate.operator(ours(house)), HandOverLogKey)
            .await
            .unwrap();
    }
    let whole = house.export(ExportEntries::default()).await;
    let after = head(house).await;
    assert_eq!(
        (after.handovers.len(), &after.first_key),
        (2, &before.first_key)
    );
    assert_ne!(after.verifier_key, before.verifier_key);
    assert_eq!(problems(&whole, &policy, None), Vec::<String>::new());
    // Somebody swaps the keys: another one that says the log handed over to it.
    let thief = LogKey::new(&format!("interpres/{}", ours(house)), &[6; 32]).unwrap();
    house.unguard().await;
    let forged = thief.sign(&handover(&thief.verifier()));
    house
        .tamper(&format!(
            "update audit_handover set note = '{forged}' where number = 1"
        ))
        .await
        .unwrap();
    let found = problems(&house.export(ExportEntries::default()).await, &policy, None);
    assert!(
        found.contains(
            &"key handover 1 is not signed by a key that was trusted before it".to_owned()
        ),
        "{found:?}"
    );
}

#[apply(story)]
async fn what_a_witness_signed_stands_on_every_export(house: &House) {
    let folder = house.folder().join("witness");
    let key = || LogKey::new("witness.example", &[2; 32]).unwrap();
    let logs = [ours(house), interpres_types::INSTALLATION];
    let mut known = Vec::new();
    for log in logs {
        head(house).await;
        known.push(
            VerifierKey::parse(&house.gate.log_head(log).await.unwrap().unwrap().first_key)
                .unwrap(),
        );
    }
    let witness = Witness::new(key(), known, Memory::open(&folder).unwrap(), || {
        1_800_000_000
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at: WitnessAt = format!(
        "http://{}={}",
        listener.local_addr().unwrap(),
        key().cosigner()
    )
    .parse()
    .unwrap();
    let witnesses = Witnesses::new(vec![at]).unwrap();
    tokio::spawn(async move { axum::serve(listener, interpres_witness::router(witness)).await });
    let policy = Policy::parse(&format!(
        "log {}\nwitness w {}\nquorum w\n",
        head(house).await.first_key,
        key().cosigner()
    ))
    .unwrap();
    let unseen = problems(&house.export(ExportEntries::default()).await, &policy, None);
    assert!(unseen[0].contains("fewer witnesses"), "{unseen:?}");
    witnesses.show(&house.gate).await.unwrap();
    look_around(house, 3).await;
    let seen = house.export(ExportEntries::default()).await;
    assert_eq!(problems(&seen, &policy, None), Vec::<String>::new());
    witnesses.show(&house.gate).await.unwrap();
    let grown = house.export(ExportEntries::default()).await;
    assert_eq!(problems(&grown, &policy, kept(&seen)), Vec::<String>::new());
    // A witness that is silent for long keeps nothing back: the auditor sees that it is missing.
    look_around(house, 4).await;
    house.wait_minutes(61);
    let silent = house.export(ExportEntries::default()).await;
    assert!(silent.lines().count() >= grown.lines().count() + 4);
    assert!(problems(&silent, &policy, None)[0].contains("fewer witnesses"));
    // The log is put back behind the witness: it does not sign again, and says how much it knew.
    let size = house
        .gate
        .witnessed_size(ours(house), &key().cosigner())
        .await
        .unwrap();
    house.tamper("delete from audit_cosignature").await.unwrap();
    witnesses.show(&house.gate).await.unwrap();
    assert!(
        house
            .gate
            .witnessed_size(ours(house), &key().cosigner())
            .await
            .unwrap()
            >= size,
        "what we forgot, the witness knows"
    );
}

#[apply(story)]
async fn two_processes_on_one_store_grow_one_tree(house: &House) {
    let second = house.second_gate().await;
    for _ in 0..5 {
        look_around(house, 10).await;
        let (a, b) = tokio::join!(house.gate.number_entries(), second.number_entries());
        // One of the two may have been told to come back later.
        for turned_away in [a, b].into_iter().filter_map(Result::err) {
            assert!(
                matches!(turned_away, Refusal::TooSoon(_) | Refusal::Conflict(_)),
                "{turned_away:?}"
            );
        }
    }
    head(house).await;
    assert_eq!(
        second.verify_log(ours(house)).await.unwrap().problems,
        Vec::<String>::new()
    );
    second.close().await;
}
