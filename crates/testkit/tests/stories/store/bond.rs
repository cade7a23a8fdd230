//! Data and keys belong together: every wrong pair is refused in words before anything is written,
//! and the right one is whole afterwards.
use crate::store::closed_home::{Home, embedded, is_bound, refused, run, store};
use interpres::{Databases, rejoin};
use interpres_gate::KEY_SCHEMA;
use interpres_store::{Database, ServerAddress};
use interpres_testkit::{House, apply, story};
use std::{fs, path::Path};

async fn wrong_files_are_refused(home: &Home, other: &Home, early: &Databases) {
    let take = |at: &Databases, from: &Path, names: &[&str]| {
        for name in names {
            fs::copy(from.join(name), at.folder.join(name)).unwrap();
        }
    };
    let drop = |at: &Databases, names: &[&str]| {
        names
            .iter()
            .for_each(|name| fs::remove_file(at.folder.join(name)).unwrap())
    };
    let theirs = &other.at.folder;
    for (missing, words) in [
        (["keys.db"].as_slice(), "its key store is not at"),
        (&["interpres.db"], "its data are not at"),
        (&["file.key"], "file.key is missing"),
        (
            &["master.key"],
            "is missing; without it nothing here can be opened",
        ),
        (
            &["master.key", "file.key"],
            "is missing; without it nothing here can be opened",
        ),
        (
            &["master.key", "file.key", "keys.db"],
            "is missing; without it nothing here can be opened",
        ),
    ] {
        let at = home.case("missing");
        drop(&at, missing);
        refused(home, &at, words).await;
    }
    for (taken, words) in [
        (
            ["keys.db"].as_slice(),
            "keys.db does not open with the file.key beside it",
        ),
        (
            &["interpres.db"],
            "interpres.db does not open with the file.key beside it",
        ),
        (
            &["keys.db", "file.key"],
            "does not open with this master key",
        ),
        (
            &["keys.db", "file.key", "master.key"],
            "interpres.db does not open with the file.key beside it",
        ),
        (&["master.key"], "does not open with this master key"),
    ] {
        let at = home.case("taken");
        take(&at, theirs, taken);
        refused(home, &at, words).await;
    }
    let at = home.case("older");
    take(&at, &early.folder, &["keys.db"]);
    refused(home, &at, "is of an earlier moment than the data").await;
    let at = home.case("emptied");
    fs::write(at.folder.join("keys.db"), "").unwrap();
    refused(home, &at, "its key store is not at").await;
    fs::remove_file(at.folder.join("keys.db")).unwrap();
    let fresh = Database::open(&embedded(&at, "keys.db", "key file").await)
        .await
        .unwrap();
    fresh.migrate(KEY_SCHEMA).await.unwrap();
    fresh.close().await;
    refused(home, &at, "its key store is not at").await;
    let at = home.case("back");
    take(&at, &early.folder, &["interpres.db"]);
    refused(home, &at, "went back").await;
}

async fn wrong_databases_are_refused(house: &House, home: &Home, other: &Home, early: &Databases) {
    let (ours, fresh) = (home.case("folder"), house.empty_database());
    let with = |data: &Option<ServerAddress>, keys: &Option<ServerAddress>| Databases {
        data: data.clone(),
        keys: keys.clone(),
        ..ours.clone()
    };
    let (data, keys) = (&home.at.data, &home.at.keys);
    for (at, words) in [
        (with(data, &None), "its key store is not at"),
        (with(data, &fresh), "its key store is not at"),
        (with(data, &other.at.keys), "are not those of the data"),
        (
            with(data, &early.keys),
            "is of an earlier moment than the data",
        ),
        (with(&fresh, keys), "its data are not at"),
        (with(&None, keys), "its data are not at"),
        (with(&other.at.data, keys), "are not those of the data"),
        (with(keys, data), "one of them holds the other's"),
        (with(&early.data, keys), "went back"),
    ] {
        refused(home, &at, words).await;
    }
    assert_eq!(
        house
            .raw_at(
                fresh.as_ref().unwrap(),
                "select table_name from information_schema.tables where table_schema = 'public'"
            )
            .await
            .len(),
        0
    );
    for missing in [["master.key"].as_slice(), &["master.key", "file.key"]] {
        let at = home.case("keyless");
        missing
            .iter()
            .for_each(|name| fs::remove_file(at.folder.join(name)).unwrap());
        refused(
            home,
            &at,
            "is missing; without it nothing here can be opened",
        )
        .await;
    }
    refused(
        home,
        &Databases {
            folder: other.case("theirs").folder,
            ..home.at.clone()
        },
        "are not those of the data",
    )
    .await;
}

#[apply(story)]
async fn every_wrong_pair_of_data_and_keys_is_refused_before_anything_is_written_and_the_right_one_is_whole(
    house: &House,
) {
    let (home, other) = (
        Home::found(house, "home").await,
        Home::found(house, "other").await,
    );
    let mut early = home.case("early");
    early.data = early.data.as_ref().map(|server| house.copy_of(server));
    early.keys = early.keys.as_ref().map(|server| house.copy_of(server));
    home.goes_on().await;
    if home.at.data.is_some() {
        wrong_databases_are_refused(house, &home, &other, &early).await;
    } else {
        wrong_files_are_refused(&home, &other, &early).await;
    }
    home.is_whole(&home.at).await.close().await;
    other.is_whole(&other.at).await.close().await;
    home.remove();
}

#[apply(story)]
async fn an_earlier_key_store_is_taken_when_that_is_said_and_what_was_erased_since_is_erased_again(
    house: &House,
) {
    let home = Home::found(house, "home").await;
    let mut at = home.case("early");
    at.keys = at.keys.as_ref().map(|server| house.copy_of(server));
    home.goes_on().await;
    if at.data.is_none() {
        fs::copy(
            home.at.folder.join("interpres.db"),
            at.folder.join("interpres.db"),
        )
        .unwrap();
    }
    refused(&home, &at, "interpres rejoin").await;
    let gate = rejoin(&at, home.clock.clone()).await.unwrap();
    assert!(
        gate.destroy_keys().await.unwrap() > 0,
        "the keys that were destroyed since are destroyed again"
    );
    gate.close().await;
    home.is_whole(&at).await.close().await;
    home.remove();
}

#[apply(story)]
async fn an_installation_from_before_bonds_is_taken_up_with_its_own_keys_and_no_others(
    house: &House,
) {
    let (home, other) = (
        Home::found(house, "home").await,
        Home::found(house, "other").await,
    );
    for of in [&home, &other] {
        run(
            &store(&of.at, &of.at.data, "interpres.db", "data file").await,
            &[
                "drop table key_bond",
                "delete from migration where number = 21",
            ],
        )
        .await;
        run(
            &store(&of.at, &of.at.keys, "keys.db", "key file").await,
            &[
                "drop table data_bond",
                "drop table once",
                "drop table destroyed_key",
                "delete from migration where number >= 4",
            ],
        )
        .await;
    }
    if home.at.data.is_some() {
        let at = Databases {
            keys: other.at.keys.clone(),
            ..home.case("others")
        };
        refused(&home, &at, "are not those of the data").await;
        refused(
            &home,
            &Databases {
                folder: other.at.folder.clone(),
                keys: other.at.keys.clone(),
                ..home.at.clone()
            },
            "are not those of the data",
        )
        .await;
    }
    home.is_whole(&home.at).await.close().await;
    let (data, keys) = (
        store(&home.at, &home.at.data, "interpres.db", "data file").await,
        store(&home.at, &home.at.keys, "keys.db", "key file").await,
    );
    assert!(
        is_bound(&data, "key_bond").await && is_bound(&keys, "data_bond").await,
        "from now on they know each other"
    );
    home.is_whole(&home.at).await.close().await;
    home.remove();
}
