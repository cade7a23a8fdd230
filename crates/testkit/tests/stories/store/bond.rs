//! Data and keys belong together: every wrong pair is refused in words before anything is written, and the
//! right one is whole afterwards.
use interpres::{Databases, MasterAt, World, fill_world, open, rejoin, remember};
use interpres_compliance::{EraseClient, EraseInput};
use interpres_gate::{Clock, Gate, KEY_SCHEMA, Origin};
use interpres_scheduling::{CancelAppointment, CancelInput, ShowAppointment};
use interpres_store::{Config, Database, ServerAddress};
use interpres_testkit::{House, apply, story};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// An installation with the named world in it, closed.
struct Home {
    at: Databases,
    world: World,
    clock: Clock,
}

impl Home {
    async fn found(house: &House, name: &str) -> Self {
        let (folder, now) = (house.folder().with_extension(name), house.gate.now());
        let at = Databases {
            folder,
            data: house.empty_database(),
            keys: house.empty_database(),
            master: MasterAt::default(),
        };
        let clock: Clock = Arc::new(move || now);
        let (gate, _) = open(&at, clock.clone(), false).await.unwrap();
        let world = fill_world(&gate).await.unwrap();
        gate.close().await;
        Self { at, world, clock }
    }
    /// The same databases, with a copy of the folder to be spoiled.
    fn case(&self, name: &str) -> Databases {
        let folder = self.at.folder.with_extension(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for entry in fs::read_dir(&self.at.folder).unwrap().flatten() {
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
        Databases {
            folder,
            ..self.at.clone()
        }
    }
    /// Opens it and finds everything as it was.
    async fn is_whole(&self, at: &Databases) -> Gate {
        let (gate, _) = open(at, self.clock.clone(), false).await.unwrap();
        let dora = gate
            .admit_key(&self.world.people["Dora"].api_key, Origin::default())
            .await
            .unwrap()
            .unwrap();
        let seen = gate
            .view(&dora, ShowAppointment(self.world.appointments["FR-1002"]))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(seen.lep_client.unwrap().shown(), "Mateo Kanarya");
        for workspace in gate.all_with_logs().await.unwrap() {
            assert_eq!(gate.sweep(workspace).await.unwrap(), 0);
            assert_eq!(
                gate.verify_log(workspace).await.unwrap().problems,
                Vec::<String>::new()
            );
        }
        gate
    }
    /// Something is written under keys that are new since, and something is erased.
    async fn goes_on(&self) {
        let (gate, _) = open(&self.at, self.clock.clone(), false).await.unwrap();
        let id = self.world.appointments["FR-1001"];
        let dora = gate
            .admit_key(&self.world.people["Dora"].api_key, Origin::default())
            .await
            .unwrap()
            .unwrap();
        let olivia = gate
            .admit_key(&self.world.people["Olivia"].api_key, Origin::default())
            .await
            .unwrap()
            .unwrap();
        let input = CancelInput {
            reason: "other".into(),
            note: "Rosa Kanarya is ill".into(),
        };
        gate.perform(
            &dora,
            CancelAppointment {
                id,
                version: None,
                input,
            },
        )
        .await
        .unwrap();
        gate.perform(
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
        while gate.destroy_keys().await.unwrap() > 0 {}
        while gate.number_entries().await.unwrap() > 0 {}
        remember(&gate, &self.at.folder).await.unwrap();
        gate.close().await;
    }
    fn remove(&self) {
        for entry in fs::read_dir(self.at.folder.parent().unwrap())
            .unwrap()
            .flatten()
        {
            if entry.path().file_stem() == self.at.folder.file_stem()
                && entry.path().extension().is_some()
            {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// What stands in a folder, but for what SQLite keeps beside an open file.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let open = |path: &Path| {
        path.to_string_lossy().ends_with("-shm") || path.to_string_lossy().ends_with("-wal")
    };
    fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|e| e.path())
        .filter(|p| !open(p))
        .map(|p| (p.clone(), fs::read(p).unwrap()))
        .collect()
}

/// Refused in these words, and nothing was written.
async fn refused(home: &Home, at: &Databases, words: &str) {
    let before = files(&at.folder);
    let said = match open(at, home.clock.clone(), false).await {
        Ok(_) => panic!("{at:?} was opened, and should be refused: {words}"),
        Err(e) => e.to_string(),
    };
    assert!(said.contains(words), "{words:?} is not in: {said}");
    assert!(
        said.contains(at.folder.to_str().unwrap()) || said.contains("postgres://localhost/"),
        "it says where: {said}"
    );
    let after = files(&at.folder);
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>(),
        "{said}: nothing was made"
    );
    assert!(before == after, "{said}: nothing was changed");
}

async fn run(config: &Config, statements: &[&str]) {
    let db = Database::open(config).await.unwrap();
    for sql in statements {
        let mut turn = db.turn().await.unwrap();
        turn.execute(sql, &[]).await.unwrap();
        turn.keep().await.unwrap().wait().await.unwrap();
    }
    db.close().await;
}

async fn embedded(at: &Databases, file: &str, purpose: &str) -> Config {
    Config::File {
        path: at.folder.join(file),
        key: interpres::file_key_of(&at.folder, purpose).await,
    }
}

/// The same as a file or as a database on the server, whichever the engine has.
async fn store(
    at: &Databases,
    server: &Option<ServerAddress>,
    file: &str,
    purpose: &str,
) -> Config {
    match server {
        Some(server) => Config::Server(server.clone()),
        None => embedded(at, file, purpose).await,
    }
}

/// Whether a store holds the name that data and keys know each other by.
async fn is_bound(config: &Config, bond: &str) -> bool {
    let db = Database::open(config).await.unwrap();
    let names = db
        .reader()
        .await
        .unwrap()
        .rows(&format!("select installation from {bond}"), &[])
        .await
        .unwrap();
    db.close().await;
    names.len() == 1
}

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
