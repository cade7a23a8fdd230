//! An installation of its own, closed: to be opened with the wrong files, and to be looked at past
//! the gate.
use interpres::{Databases, MasterAt, World, fill_world, open, remember};
use interpres_compliance::{EraseClient, EraseInput};
use interpres_gate::{Clock, Gate, Origin};
use interpres_scheduling::{CancelAppointment, CancelInput, ShowAppointment};
use interpres_store::{Config, Database, ServerAddress};
use interpres_testkit::House;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// An installation with the named world in it, closed.
pub(crate) struct Home {
    pub(crate) at: Databases,
    pub(crate) world: World,
    pub(crate) clock: Clock,
}

impl Home {
    pub(crate) async fn found(house: &House, name: &str) -> Self {
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
    pub(crate) fn case(&self, name: &str) -> Databases {
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
    pub(crate) async fn is_whole(&self, at: &Databases) -> Gate {
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
    pub(crate) async fn goes_on(&self) {
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
    pub(crate) fn remove(&self) {
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
pub(crate) async fn refused(home: &Home, at: &Databases, words: &str) {
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

pub(crate) async fn run(config: &Config, statements: &[&str]) {
    let db = Database::open(config).await.unwrap();
    for sql in statements {
        let mut turn = db.turn().await.unwrap();
        turn.execute(sql, &[]).await.unwrap();
        turn.keep().await.unwrap().wait().await.unwrap();
    }
    db.close().await;
}

pub(crate) async fn embedded(at: &Databases, file: &str, purpose: &str) -> Config {
    Config::File {
        path: at.folder.join(file),
        key: interpres::file_key_of(&at.folder, purpose).await,
    }
}

/// The same as a file or as a database on the server, whichever the engine has.
pub(crate) async fn store(
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
pub(crate) async fn is_bound(config: &Config, bond: &str) -> bool {
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
