//! Copies of an installation on the embedded engine, putting them together again, and the drill
//! that shows it can be done.
use crate::{
    Databases, OpenMaster, file_key::file_key, private_file, restore::keys_until, server_copy,
};
use interpres_gate::{Gate, Refusal};
use interpres_store::ServerAddress;
use interpres_types::Instant;
use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::Duration,
};

pub use crate::{
    drill::drill,
    restore::{Restored, Wanted, restore},
};

/// How often copies are kept up: what is lost with the machine is never older.
const EVERY: Duration = Duration::from_millis(500);

/// A new copy is begun once a day, so that none takes long to put together.
const BEGIN_AGAIN_SECONDS: i64 = 24 * 3600;

/// Copies are kept for a week and a day: any moment of a week can be gone back to, and a key that
/// was destroyed is gone from every copy after that.
pub(crate) const KEPT_SECONDS: i64 = 8 * 24 * 3600;

pub(crate) fn private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// The name of the copies that begin at a moment; names sort as the moments do.
fn stamp(at: Instant) -> String {
    let digits: String = at
        .to_string()
        .chars()
        .filter(char::is_ascii_digit)
        .take(14)
        .collect();
    format!("{:0>14}-{:020}", digits, at.micros())
}

fn begun_at(name: &str) -> Option<Instant> {
    name.split_once('-')?
        .1
        .parse()
        .ok()
        .map(Instant::from_micros)
}

/// The copies in a folder, the earliest first. One that was never finished is none.
pub(crate) fn copies(folder: &Path) -> Vec<(Instant, PathBuf)> {
    let mut found: Vec<(Instant, PathBuf)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|e| Some((begun_at(e.file_name().to_str()?)?, e.path())))
        .collect();
    found.retain(|(_, copy)| server_copy::holds_dump(copy) || copy.join("times").exists());
    found.sort();
    found
}

/// Keeps copies of data and keys in a folder, for as long as the server runs. What fails is begun
/// anew a little later.
pub async fn keep_forever(gate: Gate, folder: PathBuf, to: PathBuf) {
    let mut began = None;
    loop {
        let fresh =
            began.is_some_and(|at: Instant| gate.now() < at.plus_seconds(BEGIN_AGAIN_SECONDS));
        let kept = match fresh {
            true => keep_up(&gate, &folder, &to),
            false => begin(&gate, &folder, &to).await,
        };
        match kept {
            Ok(()) if fresh => {}
            Ok(()) => began = Some(gate.now()),
            Err(problem) => {
                tracing::error!(
                    problem,
                    "no copy of the data is being kept; trying again in ten seconds"
                );
                began = None;
                tokio::time::sleep(Duration::from_secs(10)).await;
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn keep_up(gate: &Gate, folder: &Path, to: &Path) -> Result<(), String> {
    copy_file_key(folder, to)?;
    match gate.copy_on() {
        Ok(true) => Ok(()),
        Ok(false) => Err("the copies are not complete".to_owned()),
        Err(refusal) => Err(refusal.logged("copying").to_string()),
    }
}

async fn begin(gate: &Gate, folder: &Path, to: &Path) -> Result<(), String> {
    let (data, keys) = (to.join("data"), to.join("keys"));
    private(&data)
        .and_then(|()| private(&keys))
        .map_err(|e| format!("{}: {e}", to.display()))?;
    let (now, name) = (gate.now(), stamp(gate.now()));
    gate.begin_copies(&data.join(&name), &keys.join(&name))
        .await
        .map_err(|refusal| words(refusal, to))?;
    copy_file_key(folder, to)?;
    let_go_of_old(to, now)
}

/// What was in the way of a copy, in words.
fn words(refusal: Refusal, to: &Path) -> String {
    match refusal.logged("copying") {
        Refusal::Full => format!(
            "The disk of {} is full, and no copy was made. The copies from before are as they were. Make room there, or say another folder.",
            to.display()
        ),
        refusal => refusal.to_string(),
    }
}

/// Removes copies of before the time they are kept for. Of the data the latest before it is still needed for
/// the moments after it; of the keys only the latest copy is ever put back.
fn let_go_of_old(to: &Path, now: Instant) -> Result<(), String> {
    let limit = now.plus_seconds(-KEPT_SECONDS);
    let (data, mut keys) = (copies(&to.join("data")), copies(&to.join("keys")));
    keys.pop();
    let mut old: Vec<&PathBuf> = data
        .windows(2)
        .filter(|pair| pair[1].0 < limit)
        .map(|pair| &pair[0].1)
        .collect();
    for (begun, copy) in &keys {
        if keys_until(*begun, copy)? < limit {
            old.push(copy);
        }
    }
    old.into_iter().try_for_each(|copy| {
        fs::remove_dir_all(copy).map_err(|e| format!("{}: {e}", copy.display()))
    })
}

/// The wrapped file key goes along; it changes when the master key is rotated.
fn copy_file_key(folder: &Path, to: &Path) -> Result<(), String> {
    let (from, copy) = (folder.join("file.key"), to.join("file.key"));
    let cant = |e: io::Error| format!("{}: {e}", copy.display());
    let now = fs::read(&from).map_err(|e| format!("{}: {e}", from.display()))?;
    if fs::read(&copy).is_ok_and(|kept| kept == now) {
        return Ok(());
    }
    private_file::write(&copy, &now).map_err(cant)
}

/// Makes one copy now.
///
/// # Errors
/// What was in the way, in words.
pub async fn copy_once(
    gate: &Gate,
    at: &Databases,
    master: &OpenMaster,
    to: &Path,
) -> Result<String, String> {
    let (now, data, keys, name) = (
        gate.now(),
        to.join("data"),
        to.join("keys"),
        stamp(gate.now()),
    );
    let words = |refusal: Refusal| words(refusal, to);
    private(&data)
        .and_then(|()| private(&keys))
        .map_err(|e| format!("{}: {e}", to.display()))?;
    match &at.data {
        None => gate
            .copy_once(&data.join(&name), &keys.join(&name))
            .await
            .map_err(words)?,
        // Keys last: whatever data are in a copy, their keys are.
        Some(server) => {
            dump(at, master, server, &data.join(&name)).await?;
            match &at.keys {
                Some(server) => dump(at, master, server, &keys.join(&name)).await?,
                None => gate
                    .copy_keys_once(&keys.join(&name))
                    .await
                    .map_err(words)?,
            }
        }
    }
    copy_file_key(&at.folder, to)?;
    let_go_of_old(to, now)?;
    Ok(format!(
        "A copy of data and keys is in {to}. The master key is not in it: keep that elsewhere.\n\
         Whatever is erased from now on can still be read from this copy's keys. Delete {keys} by {until}, wherever it was copied to; \
         after that its keys are not restored unless --old-keys is said. The copy of the data may be kept: it is restored with the latest keys.",
        to = to.display(),
        keys = keys.join(&name).display(),
        until = &now.plus_seconds(KEPT_SECONDS).to_string()[..10],
    ))
}

async fn dump(
    at: &Databases,
    master: &OpenMaster,
    server: &ServerAddress,
    folder: &Path,
) -> Result<(), String> {
    private(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let key = file_key(&at.folder, &*master.shared())
        .await
        .map_err(|e| e.to_string())?
        .derive("dump");
    let (server, folder) = (server.clone(), folder.to_owned());
    tokio::task::spawn_blocking(move || server_copy::dump(&server, &folder, &key))
        .await
        .map_err(|e| e.to_string())?
}
