//! The demo: the named world in a data folder, and a file that tells who can sign in.
use crate::{World, fill_world};
use interpres_gate::{Gate, Refusal};
use serde::Serialize;
use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

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
