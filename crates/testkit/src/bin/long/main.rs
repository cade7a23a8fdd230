//! Long runs: `interpres-long crashes|requests FOLDER SEED SECONDS`. A run goes on where the one
//! before in the same folder stopped, and ends when its goal is reached or its seconds are over.
//! The results of whole runs stand in `bench/long.md`.
mod acts;
mod api;
mod crashes;
mod description;
mod requests;

use interpres::{Databases, MasterAt, demo, fill_world, open, system_clock};
use interpres_gate::{Actor, Gate, Origin};
use interpres_types::AppointmentId;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant as Stopwatch},
};

type Failure = Box<dyn Error + Send + Sync>;

/// Chance that is the same for the same seed (splitmix64).
struct Chance(u64);
impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

async fn open_in(folder: &Path) -> Result<Gate, Failure> {
    let at = Databases {
        folder: folder.to_owned(),
        data: None,
        keys: None,
        master: MasterAt::default(),
    };
    Ok(open(&at, system_clock(), false).await?.0)
}

/// An installation with the named world; made on the first run.
async fn prepare(folder: &Path) -> Result<Gate, Failure> {
    fs::create_dir_all(folder)?;
    let gate = open_in(folder).await?;
    if let Some(world) = if gate.workspaces().await.map_err(words)?.is_empty() {
        Some(fill_world(&gate).await.map_err(words)?)
    } else {
        None
    } {
        demo::write_file(folder, "", &world)?;
        let ids: Vec<String> = world
            .appointments
            .values()
            .map(ToString::to_string)
            .collect();
        fs::write(
            folder.join("appointments.json"),
            serde_json::to_string(&ids)?,
        )?;
    }
    Ok(gate)
}

fn words(refusal: interpres_gate::Refusal) -> Failure {
    refusal.logged("a long run").to_string().into()
}

async fn people(gate: &Gate, folder: &Path) -> Result<BTreeMap<String, Actor>, Failure> {
    let file: Value = serde_json::from_slice(&fs::read(folder.join("demo.json"))?)?;
    let mut out = BTreeMap::new();
    for person in file["people"].as_array().into_iter().flatten() {
        let (name, key) = (
            person["name"].as_str().unwrap_or_default(),
            person["api_key"].as_str().unwrap_or_default(),
        );
        let actor = gate
            .admit_key(key, Origin::default())
            .await
            .map_err(words)?
            .ok_or("a key of the named world does not open")?;
        out.insert(name.split(' ').next().unwrap_or_default().to_owned(), actor);
    }
    Ok(out)
}

fn appointments(folder: &Path) -> Result<Vec<AppointmentId>, Failure> {
    let ids: Vec<String> = serde_json::from_slice(&fs::read(folder.join("appointments.json"))?)?;
    ids.iter()
        .map(|id| id.parse().map_err(|_| "no id".into()))
        .collect()
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [what, folder, seed, seconds] = args.as_slice() else {
        return Err("usage: interpres-long crashes|requests FOLDER SEED SECONDS".into());
    };
    let (folder, seed, until) = (
        PathBuf::from(folder),
        seed.parse()?,
        Stopwatch::now() + Duration::from_secs(seconds.parse()?),
    );
    match what.as_str() {
        "crashes" => crashes::run(&folder, seed, until).await,
        "requests" => requests::run(&folder, seed, until).await,
        "worker" => crashes::worker(&folder, seed).await,
        _ => Err("crashes or requests".into()),
    }
}

fn read_state(folder: &Path) -> Value {
    fs::read(folder.join("state.json"))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_else(|| json!({}))
}
