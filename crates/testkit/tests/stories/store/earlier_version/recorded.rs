//! What an earlier version left, put in place beside a house.
use super::KNEW;
use crate::store::fixture;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::read::GzDecoder;
use interpres::{Databases, MasterAt, OpenError, file_key_of, open};
use interpres_gate::{Actor, Clock, Gate, KEY_SCHEMA, Kind, Origin, Val};
use interpres_store::{Config, Database, SCHEMA};
use interpres_testkit::House;
use interpres_types::{AppointmentId, Instant, WorkspaceId};
use serde_json::Value;
use std::{
    fs::{self, File, Permissions},
    io::Read,
    os::unix::fs::PermissionsExt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

/// An installation as the earlier version left it.
pub(super) struct Earlier {
    pub(super) at: Databases,
    /// Whose keys open what, what everybody saw, and when.
    pub(super) said: Value,
    now: Arc<AtomicI64>,
}

impl Earlier {
    /// Beside the house, on its engine.
    pub(super) async fn beside(house: &House) -> Self {
        let mut text = String::new();
        GzDecoder::new(File::open(fixture("version-0038.jsonl.gz")).unwrap())
            .read_to_string(&mut text)
            .unwrap();
        let mut lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let said = lines.next().unwrap();
        let folder = house.folder().with_extension("earlier");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("master.key"), "07".repeat(32)).unwrap();
        fs::set_permissions(folder.join("master.key"), Permissions::from_mode(0o600)).unwrap();
        fs::write(
            folder.join("file.key"),
            STANDARD.decode(said["file.key"].as_str().unwrap()).unwrap(),
        )
        .unwrap();
        let at = Databases {
            data: house.empty_database(),
            folder,
            keys: None,
            master: MasterAt::default(),
        };
        let (data, keys) = (data(&at).await, keys(&at).await);
        let knew: Vec<_> = SCHEMA
            .iter()
            .filter(|step| step.number <= KNEW)
            .copied()
            .collect();
        data.migrate(&knew).await.unwrap();
        keys.migrate(KEY_SCHEMA).await.unwrap();
        let (mut in_data, mut in_keys) = (Vec::new(), Vec::new());
        let mut of_keys = false;
        for line in lines {
            if let Some(store) = line.get("store") {
                of_keys = store == "keys";
            }
            if of_keys {
                in_keys.push(line)
            } else {
                in_data.push(line)
            }
        }
        fill(&data, in_data).await;
        fill(&keys, in_keys).await;
        data.close().await;
        keys.close().await;
        let now = Arc::new(AtomicI64::new(said["seen_at"].as_i64().unwrap()));
        Self { at, said, now }
    }

    pub(super) fn clock(&self) -> Clock {
        let now = self.now.clone();
        Arc::new(move || Instant::from_micros(now.load(Ordering::Relaxed)))
    }

    pub(super) fn wait_minutes(&self, minutes: i64) {
        self.now.fetch_add(minutes * 60_000_000, Ordering::Relaxed);
    }

    pub(super) async fn open(&self) -> Result<Gate, OpenError> {
        open(&self.at, self.clock(), false)
            .await
            .map(|(gate, _)| gate)
    }

    pub(super) async fn enters(&self, gate: &Gate, who: &str) -> Actor {
        gate.admit_key(
            self.said["people"][who].as_str().unwrap(),
            Origin::default(),
        )
        .await
        .unwrap()
        .unwrap()
    }

    pub(super) fn people(&self) -> Vec<&str> {
        self.said["people"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect()
    }

    pub(super) fn workspace(&self) -> WorkspaceId {
        self.said["workspace"].as_str().unwrap().parse().unwrap()
    }

    /// An appointment as the owner saw it.
    pub(super) fn called(&self, reference: &str) -> AppointmentId {
        let seen = self.said["seen"]["Olivia"]["appointments"]
            .as_array()
            .unwrap();
        seen.iter().find(|a| a["reference"] == reference).unwrap()["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap()
    }
}

pub(super) async fn data(at: &Databases) -> Database {
    Database::open(&match &at.data {
        Some(server) => Config::Server(server.clone()),
        None => Config::File {
            path: at.folder.join("interpres.db"),
            key: file_key_of(&at.folder, "data file").await,
        },
    })
    .await
    .unwrap()
}

async fn keys(at: &Databases) -> Database {
    let (path, key) = (
        at.folder.join("keys.db"),
        file_key_of(&at.folder, "key file").await,
    );
    Database::open(&Config::File { path, key }).await.unwrap()
}

/// Puts recorded rows into the tables that they were read from.
async fn fill(db: &Database, lines: Vec<Value>) {
    let mut turn = db.turn().await.unwrap();
    let (mut sql, mut kinds) = (String::new(), Vec::new());
    for line in lines {
        if let Some(table) = line.get("table") {
            let columns = line["columns"].as_array().unwrap();
            let names: Vec<&str> = columns.iter().map(|c| c[0].as_str().unwrap()).collect();
            kinds = columns
                .iter()
                .map(|c| kind(c[1].as_str().unwrap()))
                .collect();
            let binds: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
            sql = format!(
                "insert into {} ({}) values ({}) on conflict do nothing",
                table.as_str().unwrap(),
                names.join(", "),
                binds.join(", ")
            );
            continue;
        }
        let values: Vec<Val> = line
            .as_array()
            .unwrap()
            .iter()
            .zip(&kinds)
            .map(|(v, kind)| val(v, *kind))
            .collect();
        turn.execute(&sql, &values).await.unwrap();
    }
    turn.keep().await.unwrap().wait().await.unwrap();
}

fn kind(declared: &str) -> Kind {
    match declared {
        "bigint" => Kind::Int,
        "boolean" => Kind::Bool,
        "blob" => Kind::Bytes,
        "text" => Kind::Text,
        other => panic!("{other}"),
    }
}

fn val(value: &Value, kind: Kind) -> Val {
    match value {
        Value::Null => Val::Null(kind),
        Value::String(text) => Val::Text(text.clone()),
        Value::Number(n) => Val::Int(n.as_i64().unwrap()),
        Value::Bool(b) => Val::Bool(*b),
        other => Val::Bytes(STANDARD.decode(other["bytes"].as_str().unwrap()).unwrap()),
    }
}

pub(super) async fn counted(at: &Databases, sql: &str) -> i64 {
    let db = data(at).await;
    let rows = db
        .reader()
        .await
        .unwrap()
        .rows(&format!("select count(*) as n from {sql}"), &[])
        .await
        .unwrap();
    db.close().await;
    rows[0].int("n").unwrap()
}

pub(super) async fn done(at: &Databases, statements: &[&str]) {
    let db = data(at).await;
    let mut turn = db.turn().await.unwrap();
    for sql in statements {
        turn.execute(sql, &[]).await.unwrap();
    }
    turn.keep().await.unwrap().wait().await.unwrap();
    db.close().await;
}

pub(super) fn gone(at: &Databases) {
    let _ = fs::remove_dir_all(&at.folder);
}
