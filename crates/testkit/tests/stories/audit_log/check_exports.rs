//! Somebody who has nothing but a file and a key checks an exported log.
use crate::audit_log::{
    auditor::{head, kept, look_around, policy, problems},
    past_the_gate::{TABLES, keep, put_back},
};
use interpres::{WitnessAt, Witnesses};
use interpres_gate::{
    ExportEntries, HandOverLogKey,
    audit_log::{LogKey, Policy, VerifierKey, handover},
};
use interpres_testkit::{House, apply, story};
use interpres_verifier::{Earlier, check};
use interpres_witness::{Memory, Witness};

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
async fn a_log_put_back_to_yesterday_or_grown_anew_from_there_is_found_by_who_kept_todays(
    house: &House,
) {
    let policy = policy(house).await;
    look_around(house, 2).await;
    head(house).await;
    house.unguard().await;
    keep(house, &TABLES).await;
    look_around(house, 4).await;
    let today = house.export(ExportEntries::default()).await;
    let note = head(house).await.checkpoint;
    put_back(house, &TABLES).await;
    assert_eq!(
        house.gate.verify_log(house.ours()).await.unwrap().problems,
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
    let ours = house.ours().to_string();
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
async fn a_new_log_key_is_followed_only_where_the_old_one_signed_for_it(house: &House) {
    let policy = policy(house).await;
    let before = head(house).await;
    for _ in 0..2 {
        house
            .gate
            .perform(&house.gate.operator(house.ours()), HandOverLogKey)
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
    let thief = LogKey::new(&format!("interpres/{}", house.ours()), &[6; 32]).unwrap();
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
    let logs = [house.ours(), interpres_types::INSTALLATION];
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
        .witnessed_size(house.ours(), &key().cosigner())
        .await
        .unwrap();
    house.tamper("delete from audit_cosignature").await.unwrap();
    witnesses.show(&house.gate).await.unwrap();
    assert!(
        house
            .gate
            .witnessed_size(house.ours(), &key().cosigner())
            .await
            .unwrap()
            >= size,
        "what we forgot, the witness knows"
    );
}
