//! Copies of an installation on the embedded engine, putting them together again, and the drill
//! that shows it can be done.
use crate::{
    Databases, MasterAt, OpenMaster,
    open::{file_key, open_with},
    private_file, seen, server_copy,
};
use interpres_gate::{Drill, Gate, Refusal};
use interpres_store::{ServerAddress, check_pages, moments, put_together};
use interpres_types::{INSTALLATION, Instant};
use interpres_vault::Key;
use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant as Stopwatch},
};

/// How often copies are kept up: what is lost with the machine is never older.
const EVERY: Duration = Duration::from_millis(500);
/// A new copy is begun once a day, so that none takes long to put together.
const BEGIN_AGAIN_SECONDS: i64 = 24 * 3600;
/// Copies are kept for a week and a day: any moment of a week can be gone back to, and a key that
/// was destroyed is gone from every copy after that.
const KEPT_SECONDS: i64 = 8 * 24 * 3600;

fn private(folder: &Path) -> io::Result<()> {
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
fn copies(folder: &Path) -> Vec<(Instant, PathBuf)> {
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
fn keys_until(begun: Instant, keys: &Path) -> Result<Instant, String> {
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

/// Restores the latest copy into a scratch folder, checks it in every way there is, and notes the
/// result in the installation's log.
///
/// # Errors
/// When the drill could not be held; what it found stands in its result.
pub async fn drill(
    gate: &Gate,
    at: &Databases,
    master: &OpenMaster,
    from: &Path,
) -> Result<Drill, String> {
    let name = format!("drill_{}", gate.now().micros());
    let scratch = Databases {
        folder: at.folder.join(&name),
        data: at.data.as_ref().map(|server| server.beside(&name)),
        keys: at
            .keys
            .as_ref()
            .map(|server| server.beside(&format!("{name}_keys"))),
        master: MasterAt::File,
    };
    let held = match make_databases(at, &scratch, "create").await {
        Ok(()) => hold_drill(gate, &scratch, master, from).await,
        Err(problem) => Err(problem),
    };
    let _ = fs::remove_dir_all(&scratch.folder);
    let _ = make_databases(at, &scratch, "drop").await;
    let mut drill = held.unwrap_or_else(|problem| Drill {
        findings: vec![format!("NOT restored: {problem}")],
        ..Drill::default()
    });
    drill.at = gate.now();
    drill.good = drill.findings.iter().all(|f| !f.starts_with("NOT"));
    gate.perform(
        &gate.operator(INSTALLATION),
        interpres_gate::RecordDrill(drill.clone()),
    )
    .await
    .map_err(|refusal| refusal.to_string())?;
    Ok(drill)
}

/// Makes or drops the scratch databases of a drill, where the originals stand on a server.
async fn make_databases(
    at: &Databases,
    scratch: &Databases,
    what: &'static str,
) -> Result<(), String> {
    for (original, copy) in [(&at.data, &scratch.data), (&at.keys, &scratch.keys)] {
        let (Some(original), Some(copy)) = (original.clone(), copy) else {
            continue;
        };
        let name = copy.database();
        let sql = if what == "drop" {
            format!("drop database if exists \"{name}\" with (force)")
        } else {
            format!("create database \"{name}\"")
        };
        let done = tokio::task::spawn_blocking(move || server_copy::asks(&original, &sql))
            .await
            .map_err(|e| e.to_string())?;
        done.map_err(|e| format!("{e} (a drill needs a role that may create databases)"))?;
    }
    Ok(())
}

async fn hold_drill(
    gate: &Gate,
    scratch: &Databases,
    master: &OpenMaster,
    from: &Path,
) -> Result<Drill, String> {
    let began = Stopwatch::now();
    let wanted = Wanted {
        until: None,
        now: gate.now(),
        old_keys: false,
    };
    let restored = restore(from, wanted, scratch, master).await?;
    let key = file_key(&scratch.folder, &*master.shared())
        .await
        .map_err(|e| e.to_string())?;
    let mut findings = Vec::new();
    for (file, purpose) in [("interpres.db", "data file"), ("keys.db", "key file")]
        .into_iter()
        .filter(|(file, _)| scratch.folder.join(file).exists())
    {
        let wrong = check_pages(&scratch.folder.join(file), &key.derive(purpose).hex())
            .await
            .map_err(|e| e.to_string())?;
        findings.push(told(
            wrong.is_empty(),
            format!(
                "{file}: every page is as it was written ({} problems)",
                wrong.len()
            ),
        ));
    }
    let clock = gate.now();
    let copy = open_with(scratch, master, Arc::new(move || clock), false)
        .await
        .map_err(|e| e.to_string())?;
    let seconds = began.elapsed().as_secs();
    let checked = look_at(gate, &copy, &mut findings).await;
    copy.close().await;
    checked.map_err(|refusal| refusal.logged("a drill").to_string())?;
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(Drill {
        as_of: restored.as_of,
        seconds: whole(seconds),
        size: whole(restored.size),
        findings,
        ..Drill::default()
    })
}

fn told(good: bool, words: String) -> String {
    if good { words } else { format!("NOT {words}") }
}

async fn look_at(live: &Gate, copy: &Gate, findings: &mut Vec<String>) -> Result<(), Refusal> {
    for ((kind, there), (_, here)) in live.census().await?.into_iter().zip(copy.census().await?) {
        findings.push(told(
            here > 0 || there == 0,
            format!("{kind}: {here} restored, {there} in the original"),
        ));
    }
    for workspace in copy.all_with_logs().await? {
        let report = copy.verify_log(workspace).await?;
        let problems = [report.problems, report.beside].concat();
        findings.push(told(
            problems.is_empty(),
            format!(
                "log of {workspace}: {} entries, verified {}",
                report.entries,
                problems.join("; ")
            ),
        ));
        if let Some(head) = copy.log_head(workspace).await? {
            findings.push(told(
                live.continues(workspace, &head).await?,
                format!("log of {workspace}: the original's log continues it"),
            ));
        }
        let changed = copy.sweep(workspace).await?;
        findings.push(told(
            changed == 0,
            format!("records of {workspace}: {changed} without their checksum"),
        ));
    }
    let (tried, shut) = copy.try_keys(1_000).await?;
    findings.push(told(
        shut == 0,
        format!("{tried} protected values tried, {shut} did not open"),
    ));
    Ok(())
}
