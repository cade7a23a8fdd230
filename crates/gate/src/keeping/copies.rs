//! Copies of data and keys, and the evidence that they can be restored.
use crate::ledger::{log::LogHead, tree::Tree};
use crate::passage::{
    gate::Gate,
    perform::{Command, Granted},
    read_tx::ReadTx,
    refusal::Refusal,
    stored_id::parse,
    view::Query,
    write_tx::WriteTx,
};
use async_trait::async_trait;
use interpres_audit_log::{Checkpoint, VerifierKey, verify_consistency};
use interpres_policy::Action;
use interpres_store::{StoreError, Val};
use interpres_types::{Id, Instant, KeyId, WorkspaceId};
use interpres_vault::Place;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path};

impl Gate {
    /// Begins copies of the data and of the keys, each in an empty folder of its own.
    ///
    /// # Errors
    /// When a folder can't be written; on PostgreSQL, which has tools of its own.
    pub async fn begin_copies(&self, data: &Path, keys: &Path) -> Result<(), Refusal> {
        let now = self.now().micros();
        self.inner.db.begin_copy(data, now).await?;
        Ok(self.inner.keys.db.begin_copy(keys, now).await?)
    }
    /// Copies what was written since, keys last: whatever data are in a copy, their keys are. Gives
    /// whether both copies are being kept.
    ///
    /// # Errors
    /// When a copy can't be written; then new ones must be begun.
    pub fn copy_on(&self) -> Result<bool, Refusal> {
        let now = self.now().micros();
        Ok(self.inner.db.copy_on(now)? & self.inner.keys.db.copy_on(now)?)
    }
    /// Copies data and keys once, each into an empty folder of its own.
    ///
    /// # Errors
    /// As [`Gate::begin_copies`].
    pub async fn copy_once(&self, data: &Path, keys: &Path) -> Result<(), Refusal> {
        let now = self.now().micros();
        self.inner.db.copy_once(data, now).await?;
        Ok(self.inner.keys.db.copy_once(keys, now).await?)
    }
    /// Copies the keys alone once, where the data stand on a server that has tools of its own.
    ///
    /// # Errors
    /// As [`Gate::begin_copies`].
    pub async fn copy_keys_once(&self, keys: &Path) -> Result<(), Refusal> {
        Ok(self
            .inner
            .keys
            .db
            .copy_once(keys, self.now().micros())
            .await?)
    }
    /// Whether this log begins with what another head speaks of.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn continues(
        &self,
        workspace: WorkspaceId,
        earlier: &LogHead,
    ) -> Result<bool, Refusal> {
        let Some(head) = self.log_head(workspace).await? else {
            return Ok(earlier.size == 0);
        };
        let open = |head: &LogHead| {
            VerifierKey::parse(&head.verifier_key)
                .and_then(|key| Checkpoint::open(&head.checkpoint, &key))
                .map_err(Refusal::fault)
        };
        let (was, is) = (open(earlier)?, open(&head)?);
        if was.size > is.size {
            return Ok(false);
        }
        let proof = Tree::of(&self.inner, &workspace.to_string(), is.size)
            .consistency(was.size)
            .await?;
        Ok(was.size == 0
            || verify_consistency(was.size, &was.root, is.size, &is.root, &proof).is_ok())
    }
    /// How many rows there are of each kind, for holding a restored copy against the original.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn census(&self) -> Result<Vec<(&'static str, i64)>, Refusal> {
        let tables = self
            .inner
            .kinds
            .iter()
            .map(|kind| (kind.name, format!("{}_row", kind.name)));
        let more = [
            ("version", "record_version".to_owned()),
            ("entry", "audit_entry".to_owned()),
        ];
        let mut out = Vec::new();
        let mut reader = self.inner.db.reader().await?;
        for (name, table) in tables.chain(more) {
            let rows = reader
                .rows(&format!("select count(*) as n from {table}"), &[])
                .await?;
            out.push((name, rows.first().map_or(Ok(0), |row| row.int("n"))?));
        }
        Ok(out)
    }
    /// Opens this many protected values, spread over the data; gives how many there were and how
    /// many did not open. Nothing of them leaves this function.
    ///
    /// # Errors
    /// A fault of a database.
    pub async fn try_keys(&self, most: usize) -> Result<(usize, usize), Refusal> {
        let (mut tried, mut shut) = (0, 0);
        let sealed: Vec<_> = self
            .inner
            .kinds
            .iter()
            .filter(|kind| kind.sealed)
            .copied()
            .collect();
        for kind in sealed {
            let columns: Vec<&str> = kind
                .columns
                .iter()
                .filter(|c| c.class != crate::passage::column::Class::Plain)
                .map(|c| c.name)
                .collect();
            let sql = format!(
                "select workspace_id, id, key_id, {} from {}_row where key_id is not null order by id desc limit {most}",
                columns.join(", "),
                kind.name
            );
            let mut rows = self.inner.db.reader().await?.rows(&sql, &[]).await?;
            // What is in quarantine belongs to no workspace.
            rows.retain(|row| {
                row.text("workspace_id")
                    .is_ok_and(|name| name.parse::<WorkspaceId>().is_ok())
            });
            let mut wanted: BTreeMap<WorkspaceId, Vec<KeyId>> = BTreeMap::new();
            for row in &rows {
                wanted
                    .entry(parse(row.text("workspace_id")?)?)
                    .or_default()
                    .push(parse(row.text("key_id")?)?);
            }
            for (workspace, keys) in wanted {
                self.inner.keys.fetch(workspace, keys.into_iter()).await?;
            }
            for row in rows {
                let key = self.inner.keys.opened(parse(row.text("key_id")?)?);
                for column in &columns {
                    let Val::Bytes(bytes) = row.get(column)? else {
                        continue;
                    };
                    let place = Place {
                        workspace: row.text("workspace_id")?,
                        table: kind.name,
                        column,
                        row: row.text("id")?,
                    };
                    let opens = key
                        .as_ref()
                        .is_some_and(|key| key.open_column(&place, bytes).is_ok());
                    tried += 1;
                    shut += usize::from(!opens);
                }
                if tried >= most {
                    return Ok((tried, shut));
                }
            }
        }
        Ok((tried, shut))
    }
}

/// What a restore drill showed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Drill {
    /// When it ended.
    pub at: Instant,
    /// Whether everything was as it should be.
    pub good: bool,
    /// The moment that the copy was restored to.
    pub as_of: Instant,
    /// Seconds from begin to an opened database.
    pub seconds: i64,
    /// Bytes of the restored database.
    pub size: i64,
    /// What was checked, one line each.
    pub findings: Vec<String>,
}

/// Notes a drill and its result.
#[derive(Debug)]
pub struct RecordDrill(pub Drill);

#[async_trait]
impl Command for RecordDrill {
    const ACTION: Action = Action::BackupDrill;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let text = serde_json::to_string(&self.0).map_err(Refusal::fault)?;
        let id: interpres_types::RecordId = tx.mint();
        let args = [
            id.to_string().into(),
            self.0.at.micros().into(),
            self.0.good.into(),
            text.into(),
        ];
        tx.turn()?
            .execute(
                "insert into backup_drill (id, at, good, report) values ($1, $2, $3, $4)",
                &args,
            )
            .await?;
        tx.read.touched.seen("backup_drill", id.uuid().to_string());
        Ok(())
    }
}

/// The latest restore drills.
#[derive(Clone, Debug)]
pub struct ListDrills;

#[async_trait]
impl Query for ListDrills {
    const ACTION: Action = Action::BackupDrills;
    type View = Vec<Drill>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<Drill>, Refusal> {
        tx.drills().await
    }
}

/// Where the data rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Installation {
    /// In a file of ours, wholly encrypted.
    Embedded,
    /// On a PostgreSQL server.
    Server,
}

impl ReadTx {
    /// The latest restore drills of the installation.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn drills(&mut self) -> Result<Vec<Drill>, Refusal> {
        let rows = self
            .raw(
                "select report from backup_drill order by id desc limit 20",
                &[],
            )
            .await?;
        let drill = |row: &interpres_store::Row| {
            serde_json::from_str(row.text("report")?)
                .map_err(|_| StoreError::Shape("backup_drill.report".into()))
        };
        rows.iter()
            .map(drill)
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }
    /// Where the data rest.
    #[must_use]
    pub fn installation(&self) -> Installation {
        if self.inner.db.engine() == interpres_store::Engine::Postgres {
            Installation::Server
        } else {
            Installation::Embedded
        }
    }
}
