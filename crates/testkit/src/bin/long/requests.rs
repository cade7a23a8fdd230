//! A hundred thousand mixed requests by everybody at once, over every operation that the API
//! describes, edits that succeed among them: each request leaves exactly one entry under its
//! operation's name, each answer that names a client has an entry that says so, and the other
//! agency sees none.
use crate::{Chance, Failure, api::Api, appointments, people, prepare, read_state, words};
use interpres::KANARYA;
use interpres_gate::{Gate, audit_log::Entry};
use interpres_types::WorkspaceId;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
    time::Instant as Stopwatch,
};
use tokio::sync::Mutex;

const REQUESTS: u64 = 100_000;
const CLIENTS: u64 = 8;
/// Requests between two looks at the log, a client.
const ROUND: usize = 50;

/// What the clients asked, or what the log has gained, by operation.
#[derive(Default)]
struct Tally {
    requests: Counts,
    naming: Counts,
    elsewhere: u64,
}

#[derive(Default)]
struct Counts(BTreeMap<String, u64>);

impl Counts {
    fn add(&mut self, operation: &str, more: bool) {
        if more {
            *self.0.entry(operation.to_owned()).or_default() += 1;
        }
    }
    fn total(&self) -> u64 {
        self.0.values().sum()
    }
    /// The operations of which the log says otherwise.
    fn told_otherwise(&self, log: &Self) -> Option<String> {
        let names: BTreeSet<&String> = self.0.keys().chain(log.0.keys()).collect();
        let of = |counts: &Self, name: &String| counts.0.get(name).copied().unwrap_or(0);
        let apart = names
            .into_iter()
            .filter(|name| of(self, name) != of(log, name));
        let apart: Vec<String> = apart
            .map(|name| format!("{name} {}, in the log {}", of(self, name), of(log, name)))
            .collect();
        (!apart.is_empty()).then(|| apart.join("; "))
    }
}

pub(crate) async fn run(folder: &Path, seed: u64, until: Stopwatch) -> Result<(), Failure> {
    let gate = prepare(folder).await?;
    let other = people(&gate, folder).await?["Tess"].workspace();
    let api = Arc::new(Api::of(&gate, folder, appointments(folder)?).await?);
    let mut state = read_state(folder);
    let mut done = state["requests"].as_u64().unwrap_or(0);
    let (mut named, mut edits) = (
        state["named"].as_u64().unwrap_or(0),
        state["edits"].as_u64().unwrap_or(0),
    );
    gained(&gate, other).await?;
    while Stopwatch::now() < until && done < REQUESTS {
        let (asked, edited) = round(&api, seed ^ done).await?;
        let log = gained(&gate, other).await?;
        if let Some(apart) = asked.requests.told_otherwise(&log.requests) {
            return Err(format!("after {done} requests: requests of {apart}").into());
        }
        if let Some(apart) = asked.naming.told_otherwise(&log.naming) {
            return Err(
                format!("after {done} requests: answers that name a client of {apart}").into(),
            );
        }
        if log.elsewhere > 0 {
            return Err(format!(
                "{} entries of the other agency opened a client's field",
                log.elsewhere
            )
            .into());
        }
        (done, named, edits) = (
            done + asked.requests.total(),
            named + asked.naming.total(),
            edits + edited,
        );
        (state["requests"], state["named"], state["edits"]) =
            (done.into(), named.into(), edits.into());
        fs::write(folder.join("state.json"), state.to_string())?;
    }
    let unused = api.operations_not_used();
    if done >= REQUESTS && !unused.is_empty() {
        return Err(format!("never asked: {}", unused.join(", ")).into());
    }
    if edits == 0 {
        return Err("no edit succeeded".into());
    }
    gate.close().await;
    println!(
        "requests: {done} requests of {} operations left {done} entries; {edits} edits succeeded; \
        {named} answers named a client, and their entries say so",
        api.operations_used()
    );
    Ok(())
}

/// A number of requests by several clients at once, each a person at a time.
async fn round(api: &Arc<Api>, seed: u64) -> Result<(Tally, u64), Failure> {
    let tally = Arc::new(Mutex::new(Tally::default()));
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let (api, tally) = (api.clone(), tally.clone());
        clients.push(tokio::spawn(async move {
            let (mut chance, mut edits) = (Chance(seed ^ (client << 48)), 0);
            for _ in 0..ROUND {
                for asked in api.do_something(&mut chance).await? {
                    edits += u64::from(asked.is_edit);
                    let mut tally = tally.lock().await;
                    tally.requests.add(&asked.operation, true);
                    tally
                        .naming
                        .add(&asked.operation, asked.text.contains(KANARYA));
                }
            }
            Ok::<u64, Failure>(edits)
        }));
    }
    let mut edits = 0;
    for client in clients {
        edits += client.await??;
    }
    let tally = std::mem::take(&mut *tally.lock().await);
    Ok((tally, edits))
}

/// What the logs have gained since this was asked last.
async fn gained(gate: &Gate, other: WorkspaceId) -> Result<Tally, Failure> {
    while gate.number_entries().await.map_err(words)? > 0 {}
    let mut tally = Tally::default();
    for workspace in gate.workspaces().await.map_err(words)? {
        loop {
            let page = gate.to_stream(workspace, 2_000).await.map_err(words)?;
            let Some(last) = page.last() else { break };
            gate.streamed(workspace, last.number).await.map_err(words)?;
            for entry in page.iter().filter_map(|e| Entry::parse(e.leaf.as_bytes())) {
                let naming = entry
                    .records
                    .iter()
                    .any(|record| !record.revealed.is_empty());
                tally.requests.add(&entry.action, true);
                tally.naming.add(&entry.action, naming);
                tally.elsewhere += u64::from(naming && workspace == other);
            }
        }
    }
    Ok(tally)
}
