//! Wrapped keys in a store of their own, apart from the data, so that what is erased there is
//! unreadable in every older backup of the data. Lost with it: everything sealed. Trusted: only
//! for availability, because every key in it is wrapped.
use crate::passage::{
    key_schema::KEY_SCHEMA, record_keys::Opened, refusal::Refusal, warnings::Warnings,
};
use async_recursion::async_recursion as boxed;
use interpres_store::{Database, StoreError, Turn};
use interpres_types::{KeyId, WorkspaceId};
use interpres_vault::{Key, Master, MasterError, Place};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicI64},
};

/// A key's number where it is part of its place; the first was sealed before numbers were.
pub(crate) fn shown(number: i64) -> String {
    if number == 0 {
        String::new()
    } else {
        number.to_string()
    }
}

/// A workspace's keys, opened.
pub(crate) struct WorkspaceKeys {
    /// The key that wraps new record keys, and while it is being rotated the ones before it.
    pub(crate) keys: Vec<(i64, Key)>,
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

/// The keys of all workspaces.
pub struct KeyRing {
    pub(crate) db: Database,
    pub(crate) master: Arc<dyn Master>,
    workspaces: Mutex<HashMap<WorkspaceId, Arc<WorkspaceKeys>>>,
    pub(crate) records: Mutex<Opened>,
    pub(crate) ready: tokio::sync::Mutex<HashMap<WorkspaceId, Vec<KeyId>>>,
    /// How far the data know this store to have come.
    pub(crate) told: AtomicI64,
    /// What those in charge of a workspace must be told of.
    pub(crate) warnings: Warnings,
}

pub(crate) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
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
    #[boxed]
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
    #[boxed]
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// The workspace's keys; made on first use.
    #[boxed]
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

    #[boxed]
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

    #[boxed]
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
    #[boxed]
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
    #[boxed]
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

    /// A workspace's keys within a transaction; made where there are none.
    #[boxed]
    pub(crate) async fn found(
        &self,
        turn: &mut Turn,
        workspace: WorkspaceId,
    ) -> Result<WorkspaceKeys, Refusal> {
        let name = workspace.to_string();
        turn.alone(&name).await?;
        match self.load(turn, &name).await? {
            Some(keys) => Ok(keys),
            None => self.make(turn, &name).await,
        }
    }
}
