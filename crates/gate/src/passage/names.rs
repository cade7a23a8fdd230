//! Finding records by a sealed name. The names of a workspace that is at work stand folded in this
//! process's memory and nowhere else; they are wiped when nobody has searched for a while. What is
//! found here are ids: the rows are then read within the asker's scope like any others.
use crate::passage::{
    gate::{Gate, Inner},
    read_tx::ReadTx,
    record::RecordKind,
    refusal::Refusal,
};
use async_recursion::async_recursion as boxed;
use interpres_store::{Row, Shared, Val};
use interpres_types::{Instant, KeyId, WorkspaceId, searchable};
use interpres_vault::Place;
use std::{
    collections::{HashMap, VecDeque},
    sync::PoisonError,
};
use zeroize::Zeroizing;

/// How long names stay in memory after the last search.
const IDLE_SECONDS: i64 = 15 * 60;
/// How old they may get where several processes work on one database: another may have changed one.
const OLDEST_SECONDS: i64 = 5 * 60;
/// How long a record that was saved is read again at each search: its commit may come later. No
/// command takes longer than five seconds.
const UNSETTLED_SECONDS: i64 = 10;
const AT_A_TIME: i64 = 1_000;

type Column = (WorkspaceId, &'static str, &'static str);

/// The names of one column of one workspace.
#[derive(Default)]
struct Names {
    folded: HashMap<String, Zeroizing<String>>,
    last: String,
    built: Instant,
    used: Instant,
}

/// The names of every workspace at work, and which records were saved lately.
#[derive(Default)]
pub(crate) struct NameIndex {
    columns: tokio::sync::Mutex<HashMap<Column, Names>>,
    saved: std::sync::Mutex<VecDeque<(WorkspaceId, String, Instant)>>,
}

impl NameIndex {
    /// A record was saved, or its name erased.
    pub(crate) fn saved(&self, workspace: WorkspaceId, id: &str, now: Instant) {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        while saved
            .front()
            .is_some_and(|(_, _, at)| now >= at.plus_seconds(UNSETTLED_SECONDS))
        {
            saved.pop_front();
        }
        saved.push_back((workspace, id.to_owned(), now));
    }
    fn unsettled(&self, workspace: WorkspaceId, now: Instant) -> Vec<String> {
        let saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = saved
            .iter()
            .filter(|(w, _, at)| *w == workspace && now < at.plus_seconds(UNSETTLED_SECONDS));
        lately.map(|(_, id, _)| id.clone()).collect()
    }
}

impl ReadTx {
    /// The ids of all records of the workspace whose sealed name holds every word of a text. Which of them
    /// are within reach is for the caller to ask, so none is left out here. Only for those who see every
    /// name: to search is to see.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for those to whom names are masked.
    #[boxed]
    pub async fn find_named(
        &mut self,
        kind: &'static str,
        column: &'static str,
        text: &str,
    ) -> Result<Vec<String>, Refusal> {
        if !self.opens_fields(true) {
            return Err(Refusal::Forbidden);
        }
        self.rest();
        let inner = self.inner.clone();
        let known = inner
            .kind(kind)
            .ok_or_else(|| Refusal::fault("no such kind of record"))?;
        let mut columns = inner.names_at_work.columns.lock().await;
        let names = columns
            .entry((self.actor.workspace, kind, column))
            .or_default();
        let shared = inner.db.engine() == interpres_store::Engine::Postgres;
        if shared && self.now >= names.built.plus_seconds(OLDEST_SECONDS) {
            *names = Names {
                built: self.now,
                ..Names::default()
            };
        }
        names.used = self.now;
        names
            .read_on(&inner, self.actor.workspace, &known, column, self.now)
            .await?;
        let words: Vec<String> = text.split_whitespace().map(searchable).collect();
        let holds = |name: &str| {
            words.iter().all(|word| {
                name.split_whitespace()
                    .any(|part| part.starts_with(word.as_str()))
            })
        };
        Ok(names
            .folded
            .iter()
            .filter(|(_, name)| holds(name))
            .map(|(id, _)| id.clone())
            .collect())
    }
}

impl ReadTx {
    /// The names of a column, folded; they stay inside the gate.
    #[boxed]
    pub(crate) async fn names_in(
        &mut self,
        kind: &'static str,
        column: &'static str,
    ) -> Result<Vec<Zeroizing<String>>, Refusal> {
        self.rest();
        let inner = self.inner.clone();
        let known = inner
            .kind(kind)
            .ok_or_else(|| Refusal::fault("no such kind of record"))?;
        let mut columns = inner.names_at_work.columns.lock().await;
        let names = columns
            .entry((self.actor.workspace, kind, column))
            .or_default();
        names.used = self.now;
        names
            .read_on(&inner, self.actor.workspace, &known, column, self.now)
            .await?;
        Ok(names.folded.values().cloned().collect())
    }
}

impl Names {
    /// Reads what was added since, and again what was saved lately.
    async fn read_on(
        &mut self,
        inner: &Shared<Inner>,
        workspace: WorkspaceId,
        kind: &RecordKind,
        column: &str,
        now: Instant,
    ) -> Result<(), Refusal> {
        let name = workspace.to_string();
        let sql = format!(
            "select id, key_id, {column} as sealed from {}_row where workspace_id = $1 and id > $2 order by id limit {AT_A_TIME}",
            kind.name
        );
        loop {
            let args = [name.clone().into(), self.last.clone().into()];
            inner.note_plan(&sql, &args);
            let rows = inner.db.reader().await?.rows(&sql, &args).await?;
            self.take(inner, workspace, kind, column, &rows).await?;
            if let Some(last) = rows.last() {
                last.text("id")?.clone_into(&mut self.last);
            }
            if (rows.len() as i64) < AT_A_TIME {
                break;
            }
        }
        for some in inner.names_at_work.unsettled(workspace, now).chunks(64) {
            let mut args: Vec<Val> = vec![name.clone().into()];
            let list = interpres_store::bind_list(
                &mut args,
                some.iter().map(|id| id.clone().into()).collect(),
            );
            let sql = format!(
                "select id, key_id, {column} as sealed from {}_row where workspace_id = $1 and id in ({list})",
                kind.name
            );
            let rows = inner.db.reader().await?.rows(&sql, &args).await?;
            some.iter().for_each(|id| drop(self.folded.remove(id)));
            self.take(inner, workspace, kind, column, &rows).await?;
        }
        Ok(())
    }

    async fn take(
        &mut self,
        inner: &Inner,
        workspace: WorkspaceId,
        kind: &RecordKind,
        column: &str,
        rows: &[Row],
    ) -> Result<(), Refusal> {
        self.folded
            .extend(folded(inner, workspace, kind.name, column, rows).await?);
        Ok(())
    }
}

/// The names in rows that hold `id`, `key_id` and the column as `sealed`, folded for comparison, each with
/// its record's id. Decoys are left out.
#[boxed]
pub(crate) async fn folded(
    inner: &Inner,
    workspace: WorkspaceId,
    kind: &str,
    column: &str,
    rows: &[Row],
) -> Result<Vec<(String, Zeroizing<String>)>, Refusal> {
    let poison = inner.keys.poison(workspace).await?;
    let key = |row: &Row| {
        row.may_text("key_id")
            .ok()
            .flatten()
            .and_then(|key| key.parse::<KeyId>().ok())
            .filter(|key| !poison.contains(key))
    };
    inner
        .keys
        .fetch(workspace, rows.iter().filter_map(key))
        .await?;
    let (name, mut out) = (workspace.to_string(), Vec::with_capacity(rows.len()));
    for row in rows {
        let (Some(key), Val::Bytes(sealed)) = (
            key(row).and_then(|key| inner.keys.opened(key)),
            row.get("sealed")?,
        ) else {
            continue;
        };
        let place = Place {
            workspace: &name,
            table: kind,
            column,
            row: row.text("id")?,
        };
        // What does not open was changed: reading the record tells of it, a search does not.
        let Ok(plain) = key.open_column(&place, sealed) else {
            continue;
        };
        out.push((
            place.row.to_owned(),
            Zeroizing::new(searchable(&String::from_utf8_lossy(&plain))),
        ));
    }
    Ok(out)
}

impl Gate {
    /// Wipes the names of workspaces where nobody has searched for a while; gives of how many.
    #[boxed]
    pub async fn wipe_idle_names(&self) -> usize {
        let now = self.now();
        let mut columns = self.inner.names_at_work.columns.lock().await;
        let before = columns.len();
        columns.retain(|_, names| now < names.used.plus_seconds(IDLE_SECONDS));
        before - columns.len()
    }
}
