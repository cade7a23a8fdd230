//! Long runs: `interpres-long crashes|requests FOLDER SEED SECONDS`. A run goes on where the one before
//! in the same folder stopped, and ends when its goal is reached or its seconds are over. The results
//! of whole runs stand in `bench/long.md`.
use interpres::{Databases, KANARYA, MasterAt, demo, fill_world, open, system_clock};
use interpres_gate::{Actor, Gate, ListEntries, LogHead, Origin, Query, audit_log::Entry};
use interpres_scheduling::{AppointmentInput, BookAppointment, EditAppointment, ListAppointments, ShowAppointment};
use interpres_types::{AppointmentId, WorkspaceId};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant as Stopwatch},
};

type Failure = Box<dyn Error + Send + Sync>;

const CRASHES: u64 = 1_000;
const ENTRIES: u64 = 1_000_000;
const REQUESTS: u64 = 100_000;

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
    let at = Databases { folder: folder.to_owned(), data: None, keys: None, master: MasterAt::default() };
    Ok(open(&at, system_clock(), false).await?.0)
}

/// An installation with the named world; made on the first run.
async fn prepare(folder: &Path) -> Result<Gate, Failure> {
    fs::create_dir_all(folder)?;
    let gate = open_in(folder).await?;
    if let Some(world) = if gate.workspaces().await.map_err(words)?.is_empty() { Some(fill_world(&gate).await.map_err(words)?) } else { None } {
        demo::write_file(folder, "", &world)?;
        let ids: Vec<String> = world.appointments.values().map(ToString::to_string).collect();
        fs::write(folder.join("appointments.json"), serde_json::to_string(&ids)?)?;
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
        let (name, key) = (person["name"].as_str().unwrap_or_default(), person["api_key"].as_str().unwrap_or_default());
        let actor = gate.admit_key(key, Origin::default()).await.map_err(words)?.ok_or("a key of the named world does not open")?;
        out.insert(name.split(' ').next().unwrap_or_default().to_owned(), actor);
    }
    Ok(out)
}

fn appointments(folder: &Path) -> Result<Vec<AppointmentId>, Failure> {
    let ids: Vec<String> = serde_json::from_slice(&fs::read(folder.join("appointments.json"))?)?;
    ids.iter().map(|id| id.parse().map_err(|_| "no id".into())).collect()
}

fn booking(chance: &mut Chance) -> AppointmentInput {
    AppointmentInput {
        date: format!("2031-{:02}-{:02}", 1 + chance.below(12), 1 + chance.below(28)).into(),
        start: format!("{:02}:{:02}", chance.below(24), chance.below(60)).into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "phone".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        lep_client: "Rosa Kanarya".into(),
        ..AppointmentInput::default()
    }
}

/// One request of a mix of all kinds; gives what was shown, as text.
async fn request(gate: &Gate, people: &BTreeMap<String, Actor>, ids: &[AppointmentId], chance: &mut Chance) -> Result<Option<String>, Failure> {
    let names: Vec<&String> = people.keys().collect();
    let actor = &people[names[usize::try_from(chance.below(names.len() as u64))?]];
    let id = ids[usize::try_from(chance.below(ids.len() as u64))?];
    match chance.below(20) {
        0..=9 => seen(gate, actor, ShowAppointment(id)).await,
        10..=14 => seen(gate, actor, ListAppointments { limit: "10".into(), ..ListAppointments::default() }).await,
        15 => seen(gate, actor, ListEntries { limit: "5".into(), ..ListEntries::default() }).await,
        16..=18 => Ok(answered(gate.perform(actor, BookAppointment { input: booking(chance) }).await)?.map(|_| String::new())),
        _ => Ok(answered(gate.perform(actor, EditAppointment { id, version: Some(0), input: booking(chance) }).await)?.map(|_| String::new())),
    }
}

async fn seen<Q: Query>(gate: &Gate, actor: &Actor, query: Q) -> Result<Option<String>, Failure> {
    let Some(view) = answered(gate.view(actor, query).await)? else { return Ok(None) };
    Ok(Some(serde_json::to_string(&view.into_inner())?))
}

/// A refusal is an answer; a fault is not.
fn answered<T>(answer: Result<T, interpres_gate::Refusal>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(fault @ interpres_gate::Refusal::Fault(_)) => Err(words(fault)),
        Err(_) => Ok(None),
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [what, folder, seed, seconds] = args.as_slice() else { return Err("usage: interpres-long crashes|requests FOLDER SEED SECONDS".into()) };
    let (folder, seed, until) = (PathBuf::from(folder), seed.parse()?, Stopwatch::now() + Duration::from_secs(seconds.parse()?));
    match what.as_str() {
        "crashes" => crashes(&folder, seed, until).await,
        "requests" => requests(&folder, seed, until).await,
        "worker" => worker(&folder, seed).await,
        _ => Err("crashes or requests".into()),
    }
}

/// Works as hard as it can until it is killed, and says how much was acknowledged.
async fn worker(folder: &Path, seed: u64) -> Result<(), Failure> {
    let gate = open_in(folder).await?;
    let (people, ids) = (Arc::new(people(&gate, folder).await?), Arc::new(appointments(folder)?));
    tokio::spawn(gate.clone().number_forever());
    let acknowledged = Arc::new(AtomicU64::new(0));
    for client in 0..16 {
        let (gate, people, ids, acknowledged) = (gate.clone(), people.clone(), ids.clone(), acknowledged.clone());
        tokio::spawn(async move {
            let mut chance = Chance(seed ^ (client << 48));
            while request(&gate, &people, &ids, &mut chance).await.is_ok() {
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let mut out = std::io::stdout();
    loop {
        tokio::time::sleep(Duration::from_millis(5)).await;
        writeln!(out, "{}", acknowledged.load(Ordering::Relaxed))?;
        out.flush()?;
    }
}

fn read_state(folder: &Path) -> Value {
    fs::read(folder.join("state.json")).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_else(|| json!({}))
}

/// A million entries and a thousand crashes: whatever was acknowledged is in the log, the log continues
/// the one before, and nothing is reported that is not wrong.
async fn crashes(folder: &Path, seed: u64, until: Stopwatch) -> Result<(), Failure> {
    prepare(folder).await?.close().await;
    let mut state = read_state(folder);
    let mut heads: BTreeMap<WorkspaceId, LogHead> = BTreeMap::new();
    let (mut rounds, mut entries) = (state["crashes"].as_u64().unwrap_or(0), 0);
    while Stopwatch::now() < until && (rounds < CRASHES || entries < ENTRIES) {
        let before = count(folder).await?;
        // When there were crashes enough, the entries that are still missing are made between fewer.
        let longest = if rounds < CRASHES { 450 } else { 20_000 };
        let acknowledged = crash(folder, longest, &mut Chance(seed ^ rounds))?;
        rounds += 1;
        let gate = open_in(folder).await?;
        while gate.number_entries().await.map_err(words)? > 0 {}
        entries = 0;
        for workspace in gate.all_with_logs().await.map_err(words)? {
            if let Some(earlier) = heads.get(&workspace)
                && !gate.continues(workspace, earlier).await.map_err(words)?
            {
                return Err(format!("crash {rounds}: the log of {workspace} does not continue the one before").into());
            }
            if rounds.is_multiple_of(25) || Stopwatch::now() >= until {
                let report = gate.verify_log(workspace).await.map_err(words)?;
                if !report.problems.is_empty() || report.pending > 0 {
                    return Err(format!("crash {rounds}: {:?}", report.problems).into());
                }
            }
            let head = gate.log_head(workspace).await.map_err(words)?.ok_or("no head")?;
            entries += head.size;
            heads.insert(workspace, head);
        }
        gate.close().await;
        if entries < before + acknowledged {
            return Err(format!("crash {rounds}: {acknowledged} were acknowledged, and the log grew from {before} to {entries}").into());
        }
        state["crashes"] = rounds.into();
        state["entries"] = entries.into();
        fs::write(folder.join("state.json"), state.to_string())?;
    }
    let gate = open_in(folder).await?;
    for workspace in gate.all_with_logs().await.map_err(words)? {
        let (report, changed) = (gate.verify_log(workspace).await.map_err(words)?, gate.sweep(workspace).await.map_err(words)?);
        if !report.problems.is_empty() || changed > 0 {
            return Err(format!("at the end: {:?}, {changed} records", report.problems).into());
        }
    }
    gate.close().await;
    println!("crashes: {rounds} crashes, {entries} entries, nothing acknowledged was lost, no false alarm");
    Ok(())
}

async fn count(folder: &Path) -> Result<u64, Failure> {
    let gate = open_in(folder).await?;
    let mut entries = 0;
    for workspace in gate.all_with_logs().await.map_err(words)? {
        entries += gate.log_head(workspace).await.map_err(words)?.map_or(0, |head| head.size);
    }
    gate.close().await;
    Ok(entries)
}

/// One worker, killed in the midst of its work; gives how much it had acknowledged.
fn crash(folder: &Path, longest: u64, chance: &mut Chance) -> Result<u64, Failure> {
    let program = std::env::current_exe()?;
    let mut child = Command::new(program).arg("worker").arg(folder).arg(chance.below(u64::MAX).to_string()).arg("0").stdout(Stdio::piped()).spawn()?;
    let lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
    let (mut acknowledged, mut ends) = (0, None);
    for line in lines.map_while(Result::ok) {
        acknowledged = line.parse().unwrap_or(acknowledged);
        let end = *ends.get_or_insert_with(|| Stopwatch::now() + Duration::from_millis(longest / 9 + chance.below(longest - longest / 9)));
        if Stopwatch::now() >= end {
            child.kill()?;
        }
    }
    child.wait()?;
    Ok(acknowledged)
}

/// A hundred thousand mixed requests by everybody: each leaves one entry, each answer that names a client
/// has an entry that says so, and the other agency sees none.
async fn requests(folder: &Path, seed: u64, until: Stopwatch) -> Result<(), Failure> {
    let gate = prepare(folder).await?;
    let (people, ids) = (people(&gate, folder).await?, appointments(folder)?);
    let mut state = read_state(folder);
    let mut done = state["requests"].as_u64().unwrap_or(0);
    let (mut chance, began) = (Chance(seed ^ done), done);
    let other = people["Tess"].workspace();
    tally(&gate, other).await?;
    let mut named = 0;
    while Stopwatch::now() < until && done < REQUESTS {
        let answer = request(&gate, &people, &ids, &mut chance).await?;
        done += 1;
        named += u64::from(answer.is_some_and(|text| text.contains(KANARYA)));
    }
    let (entries, revealing, elsewhere) = tally(&gate, other).await?;
    if entries != done - began {
        return Err(format!("{} requests left {entries} entries", done - began).into());
    }
    if revealing != named {
        return Err(format!("{named} answers named a client, {revealing} entries say so").into());
    }
    if elsewhere > 0 {
        return Err(format!("{elsewhere} entries of the other agency opened a client's field").into());
    }
    let total = state["named"].as_u64().unwrap_or(0) + named;
    (state["requests"], state["named"]) = (done.into(), total.into());
    fs::write(folder.join("state.json"), state.to_string())?;
    gate.close().await;
    println!("requests: {done} requests left {done} entries, {total} of them named a client, and their entries say so");
    Ok(())
}

/// What the logs have gained since this was asked last: how many entries, how many of them opened a client's
/// field, and how many of those are the other agency's.
async fn tally(gate: &Gate, other: WorkspaceId) -> Result<(u64, u64, u64), Failure> {
    while gate.number_entries().await.map_err(words)? > 0 {}
    let (mut all, mut revealing, mut elsewhere) = (0, 0, 0);
    for workspace in gate.workspaces().await.map_err(words)? {
        loop {
            let page = gate.to_stream(workspace, 2_000).await.map_err(words)?;
            let Some(last) = page.last() else { break };
            gate.streamed(workspace, last.number).await.map_err(words)?;
            all += page.len() as u64;
            let opened = |leaf: &str| Entry::parse(leaf.as_bytes()).is_some_and(|e| e.records.iter().any(|r| !r.revealed.is_empty()));
            let shown = page.iter().filter(|e| opened(&e.leaf)).count() as u64;
            (revealing, elsewhere) = (revealing + shown, elsewhere + if workspace == other { shown } else { 0 });
        }
    }
    Ok((all, revealing, elsewhere))
}
