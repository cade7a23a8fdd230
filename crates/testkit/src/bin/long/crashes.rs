//! A million entries and a thousand crashes: whatever was acknowledged is in the log, the log
//! continues the one before, and nothing is reported that is not wrong.
use crate::{Chance, Failure, appointments, open_in, people, prepare, read_state, words};
use interpres_gate::{Actor, Gate, ListEntries, LogHead, Query};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, EditAppointment, ListAppointments, ShowAppointment,
};
use interpres_types::{AppointmentId, WorkspaceId};
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant as Stopwatch},
};

const CRASHES: u64 = 1_000;
const ENTRIES: u64 = 1_000_000;

fn booking(chance: &mut Chance) -> AppointmentInput {
    AppointmentInput {
        date: format!(
            "2031-{:02}-{:02}",
            1 + chance.below(12),
            1 + chance.below(28)
        )
        .into(),
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

/// One request of a mix of all kinds.
async fn request(
    gate: &Gate,
    people: &BTreeMap<String, Actor>,
    ids: &[AppointmentId],
    chance: &mut Chance,
) -> Result<(), Failure> {
    let names: Vec<&String> = people.keys().collect();
    let actor = &people[names[usize::try_from(chance.below(names.len() as u64))?]];
    let id = ids[usize::try_from(chance.below(ids.len() as u64))?];
    match chance.below(20) {
        0..=9 => seen(gate, actor, ShowAppointment(id)).await,
        10..=14 => {
            seen(
                gate,
                actor,
                ListAppointments {
                    limit: "10".into(),
                    ..ListAppointments::default()
                },
            )
            .await
        }
        15 => {
            seen(
                gate,
                actor,
                ListEntries {
                    limit: "5".into(),
                    ..ListEntries::default()
                },
            )
            .await
        }
        16..=18 => answered(
            gate.perform(
                actor,
                BookAppointment {
                    input: booking(chance),
                },
            )
            .await,
        )
        .map(drop),
        _ => answered(
            gate.perform(
                actor,
                EditAppointment {
                    id,
                    version: Some(0),
                    input: booking(chance),
                },
            )
            .await,
        )
        .map(drop),
    }
}

async fn seen<Q: Query>(gate: &Gate, actor: &Actor, query: Q) -> Result<(), Failure> {
    answered(gate.view(actor, query).await).map(drop)
}

/// A refusal is an answer; a fault is not.
fn answered<T>(answer: Result<T, interpres_gate::Refusal>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(fault @ interpres_gate::Refusal::Fault(_)) => Err(words(fault)),
        Err(_) => Ok(None),
    }
}

/// Works as hard as it can until it is killed, and says how much was acknowledged.
pub(crate) async fn worker(folder: &Path, seed: u64) -> Result<(), Failure> {
    let gate = open_in(folder).await?;
    let (people, ids) = (
        Arc::new(people(&gate, folder).await?),
        Arc::new(appointments(folder)?),
    );
    tokio::spawn(gate.clone().number_forever());
    let acknowledged = Arc::new(AtomicU64::new(0));
    for client in 0..16 {
        let (gate, people, ids, acknowledged) = (
            gate.clone(),
            people.clone(),
            ids.clone(),
            acknowledged.clone(),
        );
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

pub(crate) async fn run(folder: &Path, seed: u64, until: Stopwatch) -> Result<(), Failure> {
    prepare(folder).await?.close().await;
    let mut state = read_state(folder);
    let mut heads: BTreeMap<WorkspaceId, LogHead> = BTreeMap::new();
    let (mut rounds, mut entries) = (state["crashes"].as_u64().unwrap_or(0), 0);
    while Stopwatch::now() < until && (rounds < CRASHES || entries < ENTRIES) {
        let before = count(folder).await?;
        // When there were crashes enough, the entries that are still missing are made between
        // fewer.
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
                return Err(format!(
                    "crash {rounds}: the log of {workspace} does not continue the one before"
                )
                .into());
            }
            if rounds.is_multiple_of(25) || Stopwatch::now() >= until {
                let report = gate.verify_log(workspace).await.map_err(words)?;
                if !report.problems.is_empty() || report.pending > 0 {
                    return Err(format!("crash {rounds}: {:?}", report.problems).into());
                }
            }
            let head = gate
                .log_head(workspace)
                .await
                .map_err(words)?
                .ok_or("no head")?;
            entries += head.size;
            heads.insert(workspace, head);
        }
        gate.close().await;
        if entries < before + acknowledged {
            return Err(format!(
                "crash {rounds}: {acknowledged} were acknowledged, \
                and the log grew from {before} to {entries}"
            )
            .into());
        }
        state["crashes"] = rounds.into();
        state["entries"] = entries.into();
        fs::write(folder.join("state.json"), state.to_string())?;
    }
    let gate = open_in(folder).await?;
    for workspace in gate.all_with_logs().await.map_err(words)? {
        let (report, changed) = (
            gate.verify_log(workspace).await.map_err(words)?,
            gate.sweep(workspace).await.map_err(words)?,
        );
        if !report.problems.is_empty() || changed > 0 {
            return Err(format!("at the end: {:?}, {changed} records", report.problems).into());
        }
    }
    gate.close().await;
    println!(
        "crashes: {rounds} crashes, {entries} entries, nothing acknowledged was lost, no false \
        alarm"
    );
    Ok(())
}

async fn count(folder: &Path) -> Result<u64, Failure> {
    let gate = open_in(folder).await?;
    let mut entries = 0;
    for workspace in gate.all_with_logs().await.map_err(words)? {
        entries += gate
            .log_head(workspace)
            .await
            .map_err(words)?
            .map_or(0, |head| head.size);
    }
    gate.close().await;
    Ok(entries)
}

/// One worker, killed in the midst of its work; gives how much it had acknowledged.
fn crash(folder: &Path, longest: u64, chance: &mut Chance) -> Result<u64, Failure> {
    let program = std::env::current_exe()?;
    let mut child = Command::new(program)
        .arg("worker")
        .arg(folder)
        .arg(chance.below(u64::MAX).to_string())
        .arg("0")
        .stdout(Stdio::piped())
        .spawn()?;
    let lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
    let (mut acknowledged, mut ends) = (0, None);
    for line in lines.map_while(Result::ok) {
        acknowledged = line.parse().unwrap_or(acknowledged);
        let end = *ends.get_or_insert_with(|| {
            Stopwatch::now()
                + Duration::from_millis(longest / 9 + chance.below(longest - longest / 9))
        });
        if Stopwatch::now() >= end {
            child.kill()?;
        }
    }
    child.wait()?;
    Ok(acknowledged)
}
