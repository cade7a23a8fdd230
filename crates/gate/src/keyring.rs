//! Wrapped keys in a store of their own, apart from the data, so that what is erased there is
//! unreadable in every older backup of the data. Lost with it: everything sealed. Trusted: only
//! for availability, because every key in it is wrapped.
use interpres_store::{Database, Migration, StoreError, Val, bind_list};
use interpres_types::{Id, Instant, KeyId, WorkspaceId};
use interpres_vault::{Key, Place, SealError, random};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
        name: "log keys",
        sql: "create table log_key (workspace_id text not null, number bigint not null, wrapped bytes not null, primary key (workspace_id, number));",
    },
];

const MINTED_AHEAD: usize = 256;
const KEYS_IN_MEMORY: usize = 100_000;

/// A workspace's keys, opened.
pub(crate) struct WorkspaceKeys {
    pub(crate) key: Key,
    pub(crate) checksum: Key,
    pub(crate) log_seed: Key,
}

/// The keys of all workspaces.
pub struct KeyRing {
    db: Database,
    master: Key,
    workspaces: Mutex<HashMap<WorkspaceId, Arc<WorkspaceKeys>>>,
    records: Mutex<HashMap<KeyId, Key>>,
    ready: tokio::sync::Mutex<HashMap<WorkspaceId, Vec<KeyId>>>,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn place<'a>(workspace: &'a str, column: &'a str, row: &'a str) -> Place<'a> {
    Place { workspace, table: "keys", column, row }
}

#[derive(Debug)]
struct KeyGone;
impl std::fmt::Display for KeyGone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key does not open under the master key; is this the right master key?")
    }
}
impl std::error::Error for KeyGone {}

impl KeyRing {
    /// Opens the key store and brings its schema up to date.
    ///
    /// # Errors
    /// When its database can't be used.
    pub async fn open(db: Database, master: Key) -> Result<Self, StoreError> {
        db.migrate(KEY_SCHEMA).await?;
        Ok(Self { db, master, workspaces: Mutex::default(), records: Mutex::default(), ready: tokio::sync::Mutex::default() })
    }
    /// Closes its connections.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// The workspace's keys; made on first use.
    pub(crate) async fn workspace(&self, workspace: WorkspaceId) -> Result<Arc<WorkspaceKeys>, crate::Refusal> {
        if let Some(keys) = held(&self.workspaces).get(&workspace) {
            return Ok(keys.clone());
        }
        let name = workspace.to_string();
        let mut turn = self.db.turn().await?;
        turn.alone(&name).await?;
        let rows = turn.rows("select wrapped, log_seed from workspace_key where workspace_id = $1", &[name.clone().into()]).await?;
        let (key, log_seed) = match rows.first() {
            Some(row) => {
                let open = |column, bytes| self.master.unwrap(&place(&name, column, ""), bytes).map_err(|_| crate::Refusal::fault(KeyGone));
                (open("workspace", row.bytes("wrapped")?)?, open("log", row.bytes("log_seed")?)?)
            }
            None => {
                let (key, seed) = (Key::generate(), Key::generate());
                let wrapped = self.master.wrap(&place(&name, "workspace", ""), &key)?;
                let sealed_seed = self.master.wrap(&place(&name, "log", ""), &seed)?;
                turn.execute(
                    "insert into workspace_key (workspace_id, wrapped, log_seed) values ($1, $2, $3)",
                    &[name.clone().into(), wrapped.into(), sealed_seed.into()],
                )
                .await?;
                (key, seed)
            }
        };
        turn.keep().await?.wait().await?;
        let keys = Arc::new(WorkspaceKeys { checksum: key.derive("checksum"), key, log_seed });
        held(&self.workspaces).insert(workspace, keys.clone());
        Ok(keys)
    }

    /// The seed of a log's signing key; number 0 is as old as the workspace.
    pub(crate) async fn log_seed(&self, workspace: WorkspaceId, number: i64) -> Result<Key, crate::Refusal> {
        let above = self.workspace(workspace).await?;
        if number == 0 {
            return Ok(above.log_seed.clone());
        }
        let name = workspace.to_string();
        let sql = "select wrapped from log_key where workspace_id = $1 and number = $2";
        let rows = self.db.reader().await?.rows(sql, &[name.clone().into(), number.into()]).await?;
        let row = rows.first().ok_or_else(|| crate::Refusal::fault(KeyGone))?;
        Ok(above.key.unwrap(&place(&name, "log", &number.to_string()), row.bytes("wrapped")?)?)
    }

    /// Makes the seed of a log's next signing key, unless an attempt before this one made it. It
    /// signs nothing until the log has its handover.
    pub(crate) async fn make_log_seed(&self, workspace: WorkspaceId, number: i64) -> Result<(), crate::Refusal> {
        let (name, above) = (workspace.to_string(), self.workspace(workspace).await?);
        let wrapped = above.key.wrap(&place(&name, "log", &number.to_string()), &Key::generate())?;
        let mut turn = self.db.turn().await?;
        let sql = "insert into log_key (workspace_id, number, wrapped) values ($1, $2, $3) on conflict (workspace_id, number) do nothing";
        turn.execute(sql, &[name.into(), number.into(), wrapped.into()]).await?;
        Ok(turn.keep().await?.wait().await?)
    }

    /// The workspace's keys, when they are open already.
    pub(crate) fn known(&self, workspace: WorkspaceId) -> Option<Arc<WorkspaceKeys>> {
        held(&self.workspaces).get(&workspace).cloned()
    }

    /// A fresh record key that is on disk already: keys are minted ahead in batches, so that a
    /// new record costs no second sync. Unused ones harm nobody.
    pub(crate) async fn fresh(&self, workspace: WorkspaceId, now: Instant) -> Result<KeyId, crate::Refusal> {
        let mut ready = self.ready.lock().await;
        let stock = ready.entry(workspace).or_default();
        if let Some(id) = stock.pop() {
            return Ok(id);
        }
        let minted = self.mint(workspace, now).await?;
        stock.extend(minted);
        stock.pop().ok_or_else(|| crate::Refusal::fault(SealError))
    }

    async fn mint(&self, workspace: WorkspaceId, now: Instant) -> Result<Vec<KeyId>, crate::Refusal> {
        static SHAPE: interpres_store::Shape = interpres_store::Shape { table: "record_key", columns: &["workspace_id", "id", "wrapped"] };
        let above = self.workspace(workspace).await?;
        let name = workspace.to_string();
        let (mut ids, mut writes, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..MINTED_AHEAD {
            let (id, key) = (KeyId::mint(now, &random()), Key::generate());
            let row = id.to_string();
            let wrapped = above.key.wrap(&place(&name, "record", &row), &key)?;
            writes.push(interpres_store::Write::Row(&SHAPE, vec![name.clone().into(), row.into(), wrapped.into()]));
            fresh.push((id, key));
            ids.push(id);
        }
        self.db.note(writes).wait().await?;
        self.remember(fresh);
        Ok(ids)
    }

    fn remember(&self, keys: Vec<(KeyId, Key)>) {
        let mut records = held(&self.records);
        if records.len() + keys.len() > KEYS_IN_MEMORY {
            records.clear();
        }
        records.extend(keys);
    }

    /// Fetches the keys of a list in one query, so that revealing needs no waiting.
    pub(crate) async fn fetch(&self, workspace: WorkspaceId, wanted: impl Iterator<Item = KeyId>) -> Result<(), crate::Refusal> {
        let missing: HashSet<KeyId> = {
            let records = held(&self.records);
            wanted.filter(|id| !records.contains_key(id)).collect()
        };
        let missing: Vec<KeyId> = missing.into_iter().collect();
        for some in missing.chunks(64) {
            self.fetch_some(workspace, some).await?;
        }
        Ok(())
    }

    async fn fetch_some(&self, workspace: WorkspaceId, ids: &[KeyId]) -> Result<(), crate::Refusal> {
        let name = workspace.to_string();
        let above = self.workspace(workspace).await?;
        let mut args: Vec<Val> = vec![name.clone().into()];
        let list = bind_list(&mut args, ids.iter().map(Val::text).collect());
        let sql = format!("select id, wrapped from record_key where workspace_id = $1 and id in ({list})");
        let rows = self.db.reader().await?.rows(&sql, &args).await?;
        let mut opened = Vec::with_capacity(rows.len());
        for row in rows {
            let id = row.text("id")?;
            let key = above.key.unwrap(&place(&name, "record", id), row.bytes("wrapped")?)?;
            opened.push((id.parse().map_err(|_| crate::Refusal::fault(SealError))?, key));
        }
        self.remember(opened);
        Ok(())
    }

    /// A record's key, when it was fetched and has not been destroyed.
    pub(crate) fn opened(&self, id: KeyId) -> Option<Key> {
        held(&self.records).get(&id).cloned()
    }
}
