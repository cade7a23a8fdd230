//! A copy put back where an installation stood.
use crate::{
    Databases, OpenMaster,
    backup::{KEPT_SECONDS, copies, private},
    file_key::file_key,
    seen, server_copy,
};
use interpres_store::{ServerAddress, moments, put_together};
use interpres_types::Instant;
use interpres_vault::Key;
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant as Stopwatch},
};

/// A restored installation.
#[derive(Debug)]
pub struct Restored {
    /// The moment it is of.
    pub as_of: Instant,
    /// How long it took.
    pub took: Duration,
    /// Bytes of the database.
    pub size: u64,
}

/// What a restore is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The moment to go back to; as late as the copies go unless said.
    pub until: Option<Instant>,
    /// What time it is.
    pub now: Instant,
    /// Whether keys are taken that were copied so long ago that they open what was erased since.
    pub old_keys: bool,
}

/// Whether keys that were copied last at a moment may be put back: later than they are kept for, they would
/// undo what was erased since.
fn not_too_old(copied: Instant, wanted: Wanted, keys: &Path) -> Result<(), String> {
    if wanted.old_keys || copied >= wanted.now.plus_seconds(-KEPT_SECONDS) {
        return Ok(());
    }
    Err(format!(
        "{} is of {copied}: with keys older than eight days, what was erased since could be read again. Put a later copy of the keys beside it; \
         where there is none, say --old-keys, and erase again what was erased since",
        keys.display()
    ))
}

/// Puts an installation together in an empty folder (and on PostgreSQL in empty databases), as it was
/// at a moment or as late as the copy goes. Keys are always the latest: what was erased since stays
/// erased.
///
/// # Errors
/// What was in the way, in words.
pub async fn restore(
    from: &Path,
    wanted: Wanted,
    to: &Databases,
    master: &OpenMaster,
) -> Result<Restored, String> {
    let (began, folder) = (Stopwatch::now(), &to.folder);
    if folder.join("interpres.db").exists() || folder.join("keys.db").exists() {
        return Err(format!(
            "{} holds an installation already; restore into an empty folder",
            folder.display()
        ));
    }
    private(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let too_late = || format!("{} holds no copy that goes back so far", from.display());
    let (keys_begun, keys) = copies(&from.join("keys")).pop().ok_or_else(too_late)?;
    let copied = keys_until(keys_begun, &keys)?;
    not_too_old(copied, wanted, &keys)?;
    fs::copy(from.join("file.key"), folder.join("file.key"))
        .map_err(|e| format!("{}: {e}", from.join("file.key").display()))?;
    let key = file_key(folder, &*master.shared())
        .await
        .map_err(|e| e.to_string())?;
    let (begun, data, until) =
        before_the_keys(copies(&from.join("data")), copied, wanted.until)?.ok_or_else(too_late)?;
    seen::forget(folder);
    let database = folder.join("interpres.db");
    let (as_of, size) = put(&data, until, &key, "data file", &database, to.data.as_ref()).await?;
    put(
        &keys,
        copied,
        &key,
        "key file",
        &folder.join("keys.db"),
        to.keys.as_ref(),
    )
    .await?;
    Ok(Restored {
        as_of: as_of.unwrap_or(begun),
        took: began.elapsed(),
        size,
    })
}

fn moments_of(copy: &Path) -> Result<Option<(Instant, Instant)>, String> {
    let found = moments(copy).map_err(|e| format!("{}: {e}", copy.display()))?;
    Ok(found.map(|(first, last)| (Instant::from_micros(first), Instant::from_micros(last))))
}

/// The moment that a copy of the keys is of.
pub(crate) fn keys_until(begun: Instant, keys: &Path) -> Result<Instant, String> {
    if server_copy::holds_dump(keys) {
        return Ok(begun);
    }
    Ok(moments_of(keys)?.map_or(begun, |(_, last)| last))
}

/// The copy of the data to begin with, and until when it is taken: data are copied before their keys, and
/// where the machine was lost in between, the latest would not open.
fn before_the_keys(
    data: Vec<(Instant, PathBuf)>,
    keys: Instant,
    until: Option<Instant>,
) -> Result<Option<(Instant, PathBuf, Instant)>, String> {
    let until = until.map_or(keys, |until| until.min(keys));
    for (begun, copy) in data.into_iter().rev() {
        let first = if server_copy::holds_dump(&copy) {
            Some(begun)
        } else {
            moments_of(&copy)?.map(|(first, _)| first)
        };
        if first.is_some_and(|first| first <= until) {
            return Ok(Some((begun, copy, until)));
        }
    }
    Ok(None)
}

/// Puts one copy where it belongs: a file, or a database on a server. Gives the moment a file is of,
/// and how many bytes.
async fn put(
    copy: &Path,
    until: Instant,
    key: &Key,
    purpose: &str,
    file: &Path,
    server: Option<&ServerAddress>,
) -> Result<(Option<Instant>, u64), String> {
    match (server_copy::holds_dump(copy), server) {
        (true, Some(server)) => {
            let (copy, key, server) = (copy.to_owned(), key.derive("dump"), server.clone());
            let size = tokio::task::spawn_blocking(move || server_copy::load(&copy, &key, &server)).await.map_err(|e| e.to_string())??;
            Ok((None, size))
        }
        (false, None) => {
            let as_of = put_together(copy, Some(until.micros()), file, &key.derive(purpose).hex()).await.map_err(|e| format!("{}: {e}", copy.display()))?;
            Ok((Some(Instant::from_micros(as_of)), fs::metadata(file).map_or(0, |m| m.len())))
        }
        (true, None) => Err("this copy is of a PostgreSQL database; say where to put it (--database, and --keys where keys had one of their own)".to_owned()),
        (false, Some(_)) => Err("this copy is of the embedded engine and can't be put into PostgreSQL".to_owned()),
    }
}
