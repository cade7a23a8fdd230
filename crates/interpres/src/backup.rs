//! Copies of an installation on the embedded engine, putting them together again, and the drill
//! that shows it can be done.
use crate::{
    Databases, MasterAt, OpenMaster,
    open::{file_key, open_with},
};
use interpres_gate::{Drill, Gate, Refusal};
use interpres_store::{check_pages, put_together};
use interpres_types::{INSTALLATION, Instant};
use std::{
    fs::{self, File},
    io,
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
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// The name of the copies that begin at a moment; names sort as the moments do.
fn stamp(at: Instant) -> String {
    let digits: String = at.to_string().chars().filter(char::is_ascii_digit).take(14).collect();
    format!("{:0>14}-{:020}", digits, at.micros())
}

fn begun_at(name: &str) -> Option<Instant> {
    name.split_once('-')?.1.parse().ok().map(Instant::from_micros)
}

/// The copies in a folder, the earliest first.
fn copies(folder: &Path) -> Vec<(Instant, PathBuf)> {
    let mut found: Vec<(Instant, PathBuf)> =
        fs::read_dir(folder).into_iter().flatten().flatten().filter_map(|e| Some((begun_at(e.file_name().to_str()?)?, e.path()))).collect();
    found.sort();
    found
}

/// Keeps copies of data and keys in a folder, for as long as the server runs. What fails is begun
/// anew a little later.
pub async fn keep_forever(gate: Gate, folder: PathBuf, to: PathBuf) {
    let mut began = None;
    loop {
        let fresh = began.is_some_and(|at: Instant| gate.now() < at.plus_seconds(BEGIN_AGAIN_SECONDS));
        let kept = match fresh {
            true => keep_up(&gate, &folder, &to),
            false => begin(&gate, &folder, &to).await,
        };
        match kept {
            Ok(()) if fresh => {}
            Ok(()) => began = Some(gate.now()),
            Err(problem) => {
                tracing::error!(problem, "no copy of the data is being kept; trying again in ten seconds");
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
    private(&data).and_then(|()| private(&keys)).map_err(|e| format!("{}: {e}", to.display()))?;
    let (now, name) = (gate.now(), stamp(gate.now()));
    gate.begin_copies(&data.join(&name), &keys.join(&name)).await.map_err(|refusal| refusal.logged("copying").to_string())?;
    copy_file_key(folder, to)?;
    for kept in [&data, &keys] {
        let all = copies(kept);
        // The latest before the limit is still needed for the moments after it.
        for pair in all.windows(2).filter(|pair| pair[1].0 < now.plus_seconds(-KEPT_SECONDS)) {
            fs::remove_dir_all(&pair[0].1).map_err(|e| format!("{}: {e}", pair[0].1.display()))?;
        }
    }
    Ok(())
}

/// The wrapped file key goes along; it changes when the master key is rotated.
fn copy_file_key(folder: &Path, to: &Path) -> Result<(), String> {
    let (from, copy) = (folder.join("file.key"), to.join("file.key"));
    let cant = |e: io::Error| format!("{}: {e}", copy.display());
    let now = fs::read(&from).map_err(|e| format!("{}: {e}", from.display()))?;
    if fs::read(&copy).is_ok_and(|kept| kept == now) {
        return Ok(());
    }
    let beside = to.join("file.key.new");
    fs::write(&beside, now).and_then(|()| File::open(&beside)?.sync_all()).and_then(|()| fs::rename(&beside, &copy)).map_err(cant)
}

/// Makes one copy now.
///
/// # Errors
/// What was in the way, in words.
pub async fn copy_once(gate: &Gate, folder: &Path, to: &Path) -> Result<String, String> {
    let (data, keys, name) = (to.join("data"), to.join("keys"), stamp(gate.now()));
    private(&data).and_then(|()| private(&keys)).map_err(|e| format!("{}: {e}", to.display()))?;
    gate.copy_once(&data.join(&name), &keys.join(&name)).await.map_err(|refusal| refusal.logged("copying").to_string())?;
    copy_file_key(folder, to)?;
    Ok(format!("A copy of data and keys is in {}. The master key is not in it: keep that elsewhere.", to.display()))
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

/// Puts an installation together in an empty folder, as it was at a moment or as late as the copy
/// goes. Keys are always the latest: what was erased since stays erased.
///
/// # Errors
/// What was in the way, in words.
pub async fn restore(from: &Path, until: Option<Instant>, to: &Path, master: &OpenMaster) -> Result<Restored, String> {
    let began = Stopwatch::now();
    if to.join("interpres.db").exists() {
        return Err(format!("{} holds an installation already; restore into an empty folder", to.display()));
    }
    private(to).map_err(|e| format!("{}: {e}", to.display()))?;
    fs::copy(from.join("file.key"), to.join("file.key")).map_err(|e| format!("{}: {e}", from.join("file.key").display()))?;
    let key = file_key(to, &*master.shared()).await.map_err(|e| e.to_string())?;
    let data = copies(&from.join("data")).into_iter().rfind(|(at, _)| until.is_none_or(|until| *at <= until));
    let (Some((_, data)), Some((_, keys))) = (data, copies(&from.join("keys")).pop()) else {
        return Err(format!("{} holds no copy that goes back so far", from.display()));
    };
    let words = |path: &Path, e| format!("{}: {e}", path.display());
    let database = to.join("interpres.db");
    let as_of = put_together(&data, until.map(Instant::micros), &database, &key.derive("data file").hex()).await.map_err(|e| words(&data, e))?;
    put_together(&keys, None, &to.join("keys.db"), &key.derive("key file").hex()).await.map_err(|e| words(&keys, e))?;
    let size = fs::metadata(&database).map_or(0, |m| m.len());
    Ok(Restored { as_of: Instant::from_micros(as_of), took: began.elapsed(), size })
}

/// Restores the latest copy into a scratch folder, checks it in every way there is, and notes the
/// result in the installation's log.
///
/// # Errors
/// When the drill could not be held; what it found stands in its result.
pub async fn drill(gate: &Gate, folder: &Path, master: &OpenMaster, from: &Path) -> Result<Drill, String> {
    let scratch = folder.join(format!("drill-{}", stamp(gate.now())));
    let held = hold_drill(gate, &scratch, master, from).await;
    let _ = fs::remove_dir_all(&scratch);
    let mut drill = held.unwrap_or_else(|problem| Drill { findings: vec![format!("NOT restored: {problem}")], ..Drill::default() });
    drill.at = gate.now();
    drill.good = drill.findings.iter().all(|f| !f.starts_with("NOT"));
    gate.perform(&gate.operator(INSTALLATION), interpres_gate::RecordDrill(drill.clone())).await.map_err(|refusal| refusal.to_string())?;
    Ok(drill)
}

async fn hold_drill(gate: &Gate, scratch: &Path, master: &OpenMaster, from: &Path) -> Result<Drill, String> {
    let began = Stopwatch::now();
    let restored = restore(from, None, scratch, master).await?;
    let key = file_key(scratch, &*master.shared()).await.map_err(|e| e.to_string())?;
    let mut findings = Vec::new();
    for (file, purpose) in [("interpres.db", "data file"), ("keys.db", "key file")] {
        let wrong = check_pages(&scratch.join(file), &key.derive(purpose).hex()).await.map_err(|e| e.to_string())?;
        findings.push(told(wrong.is_empty(), format!("{file}: every page is as it was written ({} problems)", wrong.len())));
    }
    let clock = gate.now();
    let at = Databases { folder: scratch.to_owned(), data: None, keys: None, master: MasterAt::File };
    let copy = open_with(&at, master, Arc::new(move || clock), false).await.map_err(|e| e.to_string())?;
    let seconds = began.elapsed().as_secs();
    let checked = look_at(gate, &copy, &mut findings).await;
    copy.close().await;
    checked.map_err(|refusal| refusal.logged("a drill").to_string())?;
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(Drill { as_of: restored.as_of, seconds: whole(seconds), size: whole(restored.size), findings, ..Drill::default() })
}

fn told(good: bool, words: String) -> String {
    if good { words } else { format!("NOT {words}") }
}

async fn look_at(live: &Gate, copy: &Gate, findings: &mut Vec<String>) -> Result<(), Refusal> {
    for ((kind, there), (_, here)) in live.census().await?.into_iter().zip(copy.census().await?) {
        findings.push(told(here > 0 || there == 0, format!("{kind}: {here} restored, {there} in the original")));
    }
    for workspace in copy.all_with_logs().await? {
        let report = copy.verify_log(workspace).await?;
        findings.push(told(report.problems.is_empty(), format!("log of {workspace}: {} entries, verified {}", report.entries, report.problems.join("; "))));
        if let Some(head) = copy.log_head(workspace).await? {
            findings.push(told(live.continues(workspace, &head).await?, format!("log of {workspace}: the original's log continues it")));
        }
        let changed = copy.sweep(workspace).await?;
        findings.push(told(changed == 0, format!("records of {workspace}: {changed} without their checksum")));
    }
    let (tried, shut) = copy.try_keys(1_000).await?;
    findings.push(told(shut == 0, format!("{tried} protected values tried, {shut} did not open")));
    Ok(())
}
