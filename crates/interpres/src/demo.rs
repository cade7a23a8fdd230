//! The demo: an agency with a past and a future in a data folder, and a file that tells who can sign in.
mod agency;
mod customers;
mod days;
mod plan;

use crate::{
    Databases, World, fill_world,
    open::{has_begun, open, system_clock},
    world::{book, settle},
};
use interpres_gate::{Gate, Refusal};
use interpres_types::Instant;
use serde::Serialize;
use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

/// What a demo begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Demo {
    /// An agency with dozens of interpreters and customers, weeks that are over, and some to come.
    Agency,
    /// The named world alone.
    Bare,
}

#[derive(Serialize)]
struct DemoFile<'a> {
    url: &'a str,
    people: Vec<DemoPerson<'a>>,
}

#[derive(Serialize)]
struct DemoPerson<'a> {
    name: &'a str,
    role: String,
    workspace: &'a str,
    email: &'a str,
    password: &'a str,
    api_key: &'a str,
    totp_secret: &'a str,
}

/// Fills an empty installation. One that has workspaces already is left as it is.
///
/// # Errors
/// Whatever the gate refuses.
pub async fn fill(gate: &Gate) -> Result<Option<World>, Refusal> {
    if gate.workspaces().await?.is_empty() {
        fill_world(gate).await.map(Some)
    } else {
        Ok(None)
    }
}

/// Fills an empty place with the named world and an agency's days around it, each at its own time; a place where something
/// is already is left as it is.
///
/// # Errors
/// When it can't be opened; whatever the gate refuses; and when a demo was stopped before it was whole.
pub async fn live(at: &Databases, folder: &Path) -> Result<Option<World>, String> {
    if has_begun(at).await.map_err(|e| e.to_string())? {
        return match folder.join("demo.json").exists() {
            true => Ok(None),
            false => Err(format!(
                "{} holds data and no demo.json: it is no demo, or one that was stopped before it was whole. Name an empty folder with --data.",
                folder.display()
            )),
        };
    }
    let now = (system_clock())();
    let micros = Arc::new(AtomicI64::new(
        now.plus_minutes(-days::BEGINS * 24 * 60).micros(),
    ));
    let clock = micros.clone();
    let (gate, _) = open(
        at,
        Arc::new(move || Instant::from_micros(clock.load(Ordering::Relaxed))),
        true,
    )
    .await
    .map_err(|e| e.to_string())?;
    println!("Making the demo's agency. This takes some seconds, once.");
    let made = agency_of(&gate, &micros, now).await;
    gate.close().await;
    made.map(Some)
        .map_err(|refusal| format!("the demo could not be made: {refusal}"))
}

async fn agency_of(gate: &Gate, clock: &Arc<AtomicI64>, now: Instant) -> Result<World, Refusal> {
    let world = settle(gate).await?;
    let mut world = days::live(gate, world, clock, now).await?;
    book(gate, &mut world).await?;
    Ok(world)
}

/// Writes `demo.json` into the data folder, readable by its owner only.
///
/// # Errors
/// When the file can't be written.
pub fn write_file(folder: &Path, url: &str, world: &World) -> io::Result<()> {
    let people = world.people.values().map(|p| DemoPerson {
        name: &p.name,
        role: p.role.to_string(),
        workspace: &p.workspace,
        email: &p.email,
        password: &p.password,
        api_key: &p.api_key,
        totp_secret: &p.totp_secret,
    });
    let text = serde_json::to_string_pretty(&DemoFile {
        url,
        people: people.collect(),
    })?;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(folder.join("demo.json"))?;
    writeln!(file, "{text}")
}
