//! Wrapped keys in a store of their own, apart from the data, so that what is erased there is
//! unreadable in every older backup of the data. Lost with it: everything sealed. Trusted: only
//! for availability, because every key in it is wrapped.
use crate::{
    Refusal,
    warnings::{Warning, Warnings},
};
use interpres_store::{Database, Migration, Shape, StoreError, Turn, Val, Write, bind_list};
use interpres_types::{Id, Instant, KeyId, WorkspaceId};
use interpres_vault::{Key, Master, MasterError, Place, SealError, random};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicI64},
};

/// The key store's own schema.
pub const KEY_SCHEMA: &[Migration] = &[
    Migration {
        number: 1,
        name: "keys",
        sql: "create table workspace_key (workspace_id text primary key, wrapped bytes not null, log_seed bytes not null);
              create table record_key (workspace_id text not null, id text not null, wrapped bytes not null, primary key (workspace_id, id));",
    },
    Migration {
        number: 2,
        name: "rotation",
        sql: "create table log_key (workspace_id text not null, number bigint not null, wrapped bytes not null, primary key (workspace_id, number));
              create table old_workspace_key (workspace_id text not null, number bigint not null, wrapped bytes not null, primary key (workspace_id, number));
              alter table workspace_key add column number bigint not null default 0;
              alter table workspace_key add column seals bigint not null default 0;
              alter table workspace_key add column checksum bytes;
              alter table record_key add column above bigint not null default 0;
              create index record_key_above on record_key (workspace_id, above, id);",
    },
    Migration {
        number: 3,
        name: "poison",
        sql: "alter table record_key add column poison bigint not null default 0;
              create index record_key_poison on record_key (workspace_id, id) where poison = 1;",
    },
    Migration { number: 4, name: "bond", sql: "create table data_bond (one bigint not null primary key, installation text not null, mark bigint not null);" },
    // What was done once with the data, kept where whoever has only the data can't have it done again.
    Migration { number: 23, name: "once", sql: "create table once (name text primary key, at bigint not null);" },
    Migration {
        number: 24,
        name: "destroyed",
        sql: "create table destroyed_key (workspace_id text not null, id text not null, seal bytes not null, primary key (workspace_id, id));",
    },
];

/// A key's number where it is part of its place; the first was sealed before numbers were.
pub(crate) fn shown(number: i64) -> String {
    if number == 0 {
        String::new()
    } else {
        number.to_string()
    }
}

const MINTED_AHEAD: usize = 256;
const KEYS_IN_MEMORY: usize = 50_000;

/// A workspace's keys, opened.
pub(crate) struct WorkspaceKeys {
    /// The key that wraps new record keys, and while it is being rotated the ones before it.
    keys: Vec<(i64, Key)>,
    pub(crate) checksum: Key,
    pub(crate) log_seed: Key,
}

impl WorkspaceKeys {
    pub(crate) fn current(&self) -> Result<&(i64, Key), Refusal> {
        self.keys
            .first()
            .ok_or_else(|| Refusal::fault(MasterError::Closed))
    }
    pub(crate) fn numbered(&self, number: i64) -> Option<&Key> {
        self.keys
            .iter()
            .find(|(n, _)| *n == number)
            .map(|(_, key)| key)
    }
}

/// Record keys in memory. They go in two steps, so that one that was fetched for a request stays
/// until the request is done with it.
#[derive(Default)]
struct Opened {
    fresh: HashMap<KeyId, Key>,
    going: HashMap<KeyId, Key>,
    /// Those that were asked for and found destroyed; a destroyed key never comes back.
    destroyed: HashSet<KeyId>,
}

impl Opened {
    fn step(&mut self) {
        self.going = std::mem::take(&mut self.fresh);
    }
    fn get(&self, id: KeyId) -> Option<&Key> {
        self.fresh.get(&id).or_else(|| self.going.get(&id))
    }
}

/// The keys of all workspaces.
pub struct KeyRing {
    pub(crate) db: Database,
    pub(crate) master: Arc<dyn Master>,
    workspaces: Mutex<HashMap<WorkspaceId, Arc<WorkspaceKeys>>>,
    records: Mutex<Opened>,
    ready: tokio::sync::Mutex<HashMap<WorkspaceId, Vec<KeyId>>>,
    /// How far the data know this store to have come.
    pub(crate) told: AtomicI64,
    /// What those in charge of a workspace must be told of.
    pub(crate) warnings: Warnings,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn place<'a>(workspace: &'a str, column: &'a str, row: &'a str) -> Place<'a> {
    Place {
        workspace,
        table: "keys",
        column,
        row,
    }
}

impl From<MasterError> for Refusal {
    fn from(e: MasterError) -> Self {
        Self::fault(e)
    }
}

impl KeyRing {
    /// Opens the key store and brings its schema up to date.
    ///
    /// # Errors
    /// When its database can't be used.
    pub async fn open(db: Database, master: Arc<dyn Master>) -> Result<Self, StoreError> {
        db.migrate(KEY_SCHEMA).await?;
        Ok(Self {
            db,
            master,
            workspaces: Mutex::default(),
            records: Mutex::default(),
            ready: tokio::sync::Mutex::default(),
            told: AtomicI64::new(-1),
            warnings: Warnings::default(),
        })
    }
    /// Closes its connections.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// The workspace's keys; made on first use.
    pub(crate) async fn workspace(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Arc<WorkspaceKeys>, Refusal> {
        if let Some(keys) = held(&self.workspaces).get(&workspace) {
            return Ok(keys.clone());
        }
        let name = workspace.to_string();
        let mut turn = self.db.turn().await?;
        turn.alone(&name).await?;
        let loaded = match self.load(&mut turn, &name).await? {
            Some(keys) => {
                turn.keep().await?.wait().await?;
                keys
            }
            None => {
                let made = self.make(&mut turn, &name).await?;
                self.keep(turn).await?;
                made
            }
        };
        let keys = Arc::new(loaded);
        held(&self.workspaces).insert(workspace, keys.clone());
        Ok(keys)
    }

    pub(crate) async fn load(
        &self,
        turn: &mut Turn,
        name: &str,
    ) -> Result<Option<WorkspaceKeys>, Refusal> {
        let sql =
            "select number, wrapped, log_seed, checksum from workspace_key where workspace_id = $1";
        let rows = turn.rows(sql, &[name.into()]).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let number = row.int("number")?;
        let key = self
            .master
            .unwrap(
                place(name, "workspace", &shown(number)),
                row.bytes("wrapped")?,
            )
            .await?;
        let log_seed = self
            .master
            .unwrap(place(name, "log", ""), row.bytes("log_seed")?)
            .await?;
        let checksum = if row.get("checksum")?.is_null() {
            key.derive("checksum")
        } else {
            self.master
                .unwrap(place(name, "checksum", ""), row.bytes("checksum")?)
                .await?
        };
        let mut keys = vec![(number, key)];
        let old = turn.rows("select number, wrapped from old_workspace_key where workspace_id = $1 order by number desc limit 100", &[name.into()]).await?;
        for row in old {
            let number = row.int("number")?;
            keys.push((
                number,
                self.master
                    .unwrap(
                        place(name, "workspace", &shown(number)),
                        row.bytes("wrapped")?,
                    )
                    .await?,
            ));
        }
        Ok(Some(WorkspaceKeys {
            keys,
            checksum,
            log_seed,
        }))
    }

    pub(crate) async fn make(&self, turn: &mut Turn, name: &str) -> Result<WorkspaceKeys, Refusal> {
        let (key, log_seed, checksum) = (Key::generate(), Key::generate(), Key::generate());
        let args = [
            name.into(),
            self.master
                .wrap(place(name, "workspace", ""), &key)
                .await?
                .into(),
            self.master
                .wrap(place(name, "log", ""), &log_seed)
                .await?
                .into(),
            self.master
                .wrap(place(name, "checksum", ""), &checksum)
                .await?
                .into(),
        ];
        turn.execute("insert into workspace_key (workspace_id, wrapped, log_seed, checksum) values ($1, $2, $3, $4)", &args).await?;
        Ok(WorkspaceKeys {
            keys: vec![(0, key)],
            checksum,
            log_seed,
        })
    }

    /// Lets go of what is remembered of a workspace's keys: they are read anew.
    pub(crate) fn forget(&self, workspace: WorkspaceId) {
        held(&self.workspaces).remove(&workspace);
    }

    /// The seed of a log's signing key; number 0 is as old as the workspace.
    pub(crate) async fn log_seed(
        &self,
        workspace: WorkspaceId,
        number: i64,
    ) -> Result<Key, Refusal> {
        if number == 0 {
            return Ok(self.workspace(workspace).await?.log_seed.clone());
        }
        let name = workspace.to_string();
        let sql = "select wrapped from log_key where workspace_id = $1 and number = $2";
        let rows = self
            .db
            .reader()
            .await?
            .rows(sql, &[name.clone().into(), number.into()])
            .await?;
        let row = rows
            .first()
            .ok_or_else(|| Refusal::fault(MasterError::Closed))?;
        Ok(self
            .master
            .unwrap(
                place(&name, "log", &number.to_string()),
                row.bytes("wrapped")?,
            )
            .await?)
    }

    /// Makes the seed of a log's next signing key, unless an attempt before this one made it. It
    /// signs nothing until the log has its handover.
    pub(crate) async fn make_log_seed(
        &self,
        workspace: WorkspaceId,
        number: i64,
    ) -> Result<(), Refusal> {
        let name = workspace.to_string();
        let wrapped = self
            .master
            .wrap(place(&name, "log", &number.to_string()), &Key::generate())
            .await?;
        let mut turn = self.db.turn().await?;
        let sql = "insert into log_key (workspace_id, number, wrapped) values ($1, $2, $3) on conflict (workspace_id, number) do nothing";
        turn.execute(sql, &[name.into(), number.into(), wrapped.into()])
            .await?;
        self.keep(turn).await
    }

    /// The workspace's keys, when they are open already.
    pub(crate) fn known(&self, workspace: WorkspaceId) -> Option<Arc<WorkspaceKeys>> {
        held(&self.workspaces).get(&workspace).cloned()
    }

    /// A fresh record key that is on disk already: keys are minted ahead in batches, so that a
    /// new record costs no second sync. Unused ones harm nobody.
    pub(crate) async fn fresh(
        &self,
        workspace: WorkspaceId,
        now: Instant,
    ) -> Result<KeyId, Refusal> {
        let mut ready = self.ready.lock().await;
        let stock = ready.entry(workspace).or_default();
        if stock.is_empty() {
            stock.extend(self.mint(workspace, now).await?);
        }
        let id = stock.pop().ok_or_else(|| Refusal::fault(SealError))?;
        drop(ready);
        // It may have lain in stock for longer than keys stay in memory.
        self.fetch(workspace, std::iter::once(id)).await?;
        Ok(id)
    }

    /// Lets go of the keys in stock, so that the next ones are fresh.
    pub(crate) async fn drop_stock(&self, workspace: WorkspaceId) {
        self.ready.lock().await.remove(&workspace);
    }

    /// A key that nobody has a reason to open: opening it raises an alarm.
    pub(crate) async fn fresh_poison(
        &self,
        workspace: WorkspaceId,
        now: Instant,
    ) -> Result<KeyId, Refusal> {
        let (name, above, id, own) = (
            workspace.to_string(),
            self.workspace(workspace).await?,
            KeyId::mint(now, &random()),
            Key::generate(),
        );
        let (number, key) = above.current()?;
        let wrapped = key.wrap(&place(&name, "record", &id.to_string()), &own)?;
        let mut turn = self.db.turn().await?;
        let args = [name.into(), Val::text(id), wrapped.into(), (*number).into()];
        turn.execute("insert into record_key (workspace_id, id, wrapped, above, poison) values ($1, $2, $3, $4, 1)", &args).await?;
        self.keep(turn).await?;
        self.remember(vec![(id, own)]);
        Ok(id)
    }

    /// Lets go of a key that was opened to seal with it.
    pub(crate) fn let_go(&self, id: KeyId) {
        let mut records = held(&self.records);
        records.fresh.remove(&id);
        records.going.remove(&id);
    }

    /// A workspace's keys that nobody has a reason to open: whoever goes through everything for a good
    /// reason leaves them out.
    pub(crate) async fn poison(&self, workspace: WorkspaceId) -> Result<HashSet<KeyId>, Refusal> {
        let sql = "select id from record_key where workspace_id = $1 and poison = 1 order by id limit 100";
        let rows = self
            .db
            .reader()
            .await?
            .rows(sql, &[Val::text(workspace)])
            .await?;
        Ok(rows
            .iter()
            .filter_map(|row| row.text("id").ok()?.parse().ok())
            .collect())
    }

    /// Makes keys in stock. Another process may have rotated the workspace's key since we read it:
    /// then nothing is wrapped by the old one, which may be gone soon.
    async fn mint(&self, workspace: WorkspaceId, now: Instant) -> Result<Vec<KeyId>, Refusal> {
        static SHAPE: Shape = Shape {
            table: "record_key",
            columns: &["workspace_id", "id", "wrapped", "above"],
        };
        let name = workspace.to_string();
        for _ in 0..3 {
            let above = self.workspace(workspace).await?;
            let (number, key) = above.current()?;
            let (mut ids, mut writes, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..MINTED_AHEAD {
                let (id, own) = (KeyId::mint(now, &random()), Key::generate());
                let row = id.to_string();
                let wrapped = key.wrap(&place(&name, "record", &row), &own)?;
                writes.push(Write::Row(
                    &SHAPE,
                    vec![
                        name.clone().into(),
                        row.into(),
                        wrapped.into(),
                        (*number).into(),
                    ],
                ));
                fresh.push((id, own));
                ids.push(id);
            }
            let mut turn = self.db.turn().await?;
            turn.alone(&name).await?;
            let args = [
                name.clone().into(),
                (*number).into(),
                i64::try_from(MINTED_AHEAD).unwrap_or(i64::MAX).into(),
            ];
            let ours = turn.execute("update workspace_key set seals = seals + $3 where workspace_id = $1 and number = $2", &args).await?;
            if ours == 0 {
                turn.undo().await?;
                self.forget(workspace);
                continue;
            }
            turn.write(writes).await?;
            self.keep(turn).await?;
            self.remember(fresh);
            return Ok(ids);
        }
        Err(Refusal::TooSoon(1))
    }

    fn remember(&self, keys: Vec<(KeyId, Key)>) {
        let mut records = held(&self.records);
        if records.fresh.len() + keys.len() > KEYS_IN_MEMORY {
            records.step();
        }
        records.fresh.extend(keys);
    }

    /// Fetches the keys of a list in one query, so that revealing needs no waiting.
    pub(crate) async fn fetch(
        &self,
        workspace: WorkspaceId,
        wanted: impl Iterator<Item = KeyId>,
    ) -> Result<(), Refusal> {
        let missing: HashSet<KeyId> = {
            let records = held(&self.records);
            wanted
                .filter(|id| !records.fresh.contains_key(id))
                .collect()
        };
        let missing: Vec<KeyId> = missing.into_iter().collect();
        for some in missing.chunks(256) {
            self.fetch_some(workspace, some).await?;
        }
        Ok(())
    }

    async fn fetch_some(&self, workspace: WorkspaceId, ids: &[KeyId]) -> Result<(), Refusal> {
        let name = workspace.to_string();
        let mut args: Vec<Val> = vec![name.clone().into()];
        let list = bind_list(&mut args, ids.iter().map(Val::text).collect());
        let sql = format!(
            "select id, wrapped, above, poison from record_key where workspace_id = $1 and id in ({list})"
        );
        let rows = self.db.reader().await?.rows(&sql, &args).await?;
        let mut above = self.workspace(workspace).await?;
        let mut opened = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, number) = (row.text("id")?, row.int("above")?);
            if row.int("poison")? == 1 {
                self.warnings.add(workspace, Warning::Decoy);
            }
            if above.numbered(number).is_none() {
                // Another process has rotated the workspace's key since we read it.
                self.forget(workspace);
                above = self.workspace(workspace).await?;
            }
            // One that was changed past us is as good as gone: whoever asks for it finds it closed, and tells of it.
            let key = above.numbered(number).and_then(|wrapping| {
                wrapping
                    .unwrap(&place(&name, "record", id), row.bytes("wrapped").ok()?)
                    .ok()
            });
            match key.zip(id.parse().ok()) {
                Some((key, id)) => opened.push((id, key)),
                None => {
                    tracing::error!(%workspace, key = id, "a record's key in the key store was changed outside Interpres")
                }
            }
        }
        let found: HashSet<KeyId> = opened.iter().map(|(id, _)| *id).collect();
        self.remember(opened);
        let destroyed = self
            .destroyed(
                workspace,
                ids.iter().copied().filter(|id| !found.contains(id)),
            )
            .await?;
        held(&self.records).destroyed.extend(destroyed);
        Ok(())
    }

    /// One step towards letting go of every opened record key: another process may have destroyed
    /// some of them. After the second they are gone.
    pub(crate) fn forget_opened(&self) {
        held(&self.records).step();
    }

    /// Whether a record's key that was fetched was found destroyed, which is not the same as missing.
    pub(crate) fn was_destroyed(&self, id: KeyId) -> bool {
        held(&self.records).destroyed.contains(&id)
    }

    /// A record's key, when it was fetched and has not been destroyed.
    pub(crate) fn opened(&self, id: KeyId) -> Option<Key> {
        held(&self.records).get(id).cloned()
    }
}
