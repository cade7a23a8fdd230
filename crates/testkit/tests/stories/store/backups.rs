//! Copies of an installation are put together elsewhere, on either engine by its own means.
use interpres::{Databases, MasterAt, backup, open};
use interpres_compliance::{EraseClient, EraseInput};
use interpres_gate::{ListDrills, Origin};
use interpres_scheduling::{CancelAppointment, CancelInput, ShowAppointment};
use interpres_testkit::{House, apply, story};
use std::path::Path;

async fn elsewhere(house: &House, name: &str) -> Databases {
    Databases {
        folder: house.folder().with_extension(name),
        data: house.empty_database(),
        keys: None,
        master: MasterAt::default(),
    }
}

fn wanted(house: &House, until: Option<interpres_types::Instant>) -> backup::Wanted {
    backup::Wanted {
        until,
        now: house.gate.now(),
        old_keys: false,
    }
}

/// The one sealed file of the latest copy, where the data stand on a server.
fn dump_in(to: &Path) -> Option<std::path::PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(to.join("data"))
        .unwrap()
        .map(|e| e.unwrap().path().join("dump.sealed"))
        .filter(|p| p.exists())
        .collect();
    all.sort();
    all.pop()
}

#[apply(story)]
async fn a_copy_goes_back_to_an_earlier_moment_with_what_was_erased_since_still_erased_and_a_drill_shows_it(
    house: &House,
) {
    let (olivia, dora, id) = (
        house.enters("Olivia").await,
        house.enters("Dora").await,
        house.world.appointments["FR-1001"],
    );
    let to = house.folder().with_extension("copies");
    let input = CancelInput {
        reason: "other".into(),
        note: "Rosa Kanarya is ill".into(),
    };
    house
        .gate
        .perform(
            &dora,
            CancelAppointment {
                id,
                version: None,
                input,
            },
        )
        .await
        .unwrap();
    house.number_entries().await;
    backup::copy_once(&house.gate, house.place(), &house.master, &to)
        .await
        .unwrap();
    let before = house.gate.now();
    house.wait_minutes(5);
    house
        .gate
        .perform(
            &olivia,
            EraseClient {
                id,
                input: EraseInput {
                    reason: "Request 1".into(),
                },
            },
        )
        .await
        .unwrap();
    while house.gate.destroy_keys().await.unwrap() > 0 {}
    backup::copy_once(&house.gate, house.place(), &house.master, &to)
        .await
        .unwrap();
    for path in dump_in(&to).into_iter() {
        let bytes = std::fs::read(path).unwrap();
        assert!(
            bytes.len() > 20_000 && !bytes.windows(9).any(|w| w == b"St. Brigi"),
            "the dump is sealed"
        );
    }
    let drill = backup::drill(&house.gate, house.place(), &house.master, &to)
        .await
        .unwrap();
    assert!(drill.good, "{:?}", drill.findings);
    assert!(
        drill
            .findings
            .iter()
            .any(|f| f.contains("the original's log continues it"))
            && drill
                .findings
                .iter()
                .any(|f| f.starts_with("0 did") || f.contains(", 0 did not open")),
        "{:?}",
        drill.findings
    );
    assert_eq!(
        house
            .gate
            .view(&house.enters("Carl").await, ListDrills)
            .await
            .unwrap()
            .len(),
        1
    );

    let there = elsewhere(house, "there").await;
    std::fs::create_dir_all(&there.folder).unwrap();
    std::fs::copy(
        house.folder().join("master.key"),
        there.folder.join("master.key"),
    )
    .unwrap();
    let restored = backup::restore(&to, wanted(house, Some(before)), &there, &house.master)
        .await
        .unwrap();
    assert!(restored.as_of <= before);
    let now = house.gate.now();
    let (gate, _) = open(&there, std::sync::Arc::new(move || now), false)
        .await
        .unwrap();
    let dora_there = gate
        .admit_key(&house.person("Dora").api_key, Origin::default())
        .await
        .unwrap()
        .unwrap();
    let seen = gate
        .view(&dora_there, ShowAppointment(id))
        .await
        .unwrap()
        .into_inner();
    assert!(
        seen.lep_client.unwrap().is_erased(),
        "the moment is before the erasure, and the key is gone all the same"
    );
    let other = gate
        .view(
            &dora_there,
            ShowAppointment(house.world.appointments["FR-1002"]),
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(other.lep_client.unwrap().shown(), "Mateo Kanarya");
    gate.close().await;
    assert!(
        backup::restore(&to, wanted(house, None), &there, &house.master)
            .await
            .unwrap_err()
            .contains("holds an installation already")
    );
    for folder in [&there.folder, &to] {
        let _ = std::fs::remove_dir_all(folder);
    }
}

#[apply(story)]
async fn keys_copied_more_than_eight_days_ago_are_put_back_only_when_that_is_said_and_go_with_the_next_copy(
    house: &House,
) {
    let to = house.folder().with_extension("aged");
    let told = backup::copy_once(&house.gate, house.place(), &house.master, &to)
        .await
        .unwrap();
    assert!(
        told.contains("erased from now on can still be read") && told.contains(" by 2027-03-09"),
        "{told}"
    );
    house.wait_minutes(9 * 24 * 60);
    let there = elsewhere(house, "aged-there").await;
    std::fs::create_dir_all(&there.folder).unwrap();
    std::fs::copy(
        house.folder().join("master.key"),
        there.folder.join("master.key"),
    )
    .unwrap();
    let refused = backup::restore(&to, wanted(house, None), &there, &house.master)
        .await
        .unwrap_err();
    assert!(
        refused.contains("older than eight days") && refused.contains("--old-keys"),
        "{refused}"
    );
    assert!(
        !there.folder.join("interpres.db").exists() && !there.folder.join("keys.db").exists(),
        "nothing was put back"
    );
    let known = backup::Wanted {
        old_keys: true,
        ..wanted(house, None)
    };
    backup::restore(&to, known, &there, &house.master)
        .await
        .unwrap();
    backup::copy_once(&house.gate, house.place(), &house.master, &to)
        .await
        .unwrap();
    let held = |kind: &str| std::fs::read_dir(to.join(kind)).unwrap().count();
    assert_eq!(
        (held("keys"), held("data")),
        (1, 2),
        "the data of before are restored with the latest keys"
    );
    for folder in [&there.folder, &to] {
        let _ = std::fs::remove_dir_all(folder);
    }
}

#[apply(story)]
async fn a_copy_that_was_cut_off_is_not_taken_for_a_whole_and_leaves_nothing_behind(house: &House) {
    let to = house.folder().with_extension("cut");
    backup::copy_once(&house.gate, house.place(), &house.master, &to)
        .await
        .unwrap();
    if let Some(path) = dump_in(&to) {
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 100]).unwrap();
        let there = elsewhere(house, "cut-there").await;
        assert!(
            backup::restore(&to, wanted(house, None), &there, &house.master)
                .await
                .unwrap_err()
                .contains("changed or cut off")
        );
        let tables = house
            .raw_at(
                there.data.as_ref().unwrap(),
                "select table_name from information_schema.tables where table_schema = 'public'",
            )
            .await;
        assert_eq!(tables.len(), 0);
        let _ = std::fs::remove_dir_all(&there.folder);
    }
    let drill = backup::drill(
        &house.gate,
        house.place(),
        &house.master,
        &to.join("nowhere"),
    )
    .await
    .unwrap();
    assert!(
        !drill.good && drill.findings[0].starts_with("NOT restored"),
        "{:?}",
        drill.findings
    );
    let _ = std::fs::remove_dir_all(&to);
}
