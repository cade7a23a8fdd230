//! Changing keys without stopping.
use crate::ledger::log::handovers;
use crate::passage::{
    column::Class,
    keyring::{KeyRing, place, shown},
    perform::{Command, Granted},
    record::RecordKind,
    refusal::Refusal,
    stored_id::parse,
    write_tx::WriteTx,
};
use async_trait::async_trait;
use interpres_audit_log::handover;
use interpres_policy::Action;
use interpres_store::{Kind, Row, Val, bind_list};
use interpres_types::{Id, KeyId, WorkspaceId};
use interpres_vault::{Key, Place, SealError};

/// Gives a workspace's log a new signing key. The old one signs for it, so that whoever trusts
/// the old one can follow; from the next checkpoint on the new one signs.
#[derive(Clone, Copy, Debug)]
pub struct HandOverLogKey;

#[async_trait]
impl Command for HandOverLogKey {
    const ACTION: Action = Action::KeysHandOverLog;
    type Outcome = i64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<i64, Refusal> {
        tx.alone("log key").await?;
        let workspace = tx.read.actor.workspace;
        let name = workspace.to_string();
        let old = handovers(tx.turn()?, &name).await?;
        let gate = crate::passage::gate::Gate {
            inner: tx.read.inner.clone(),
        };
        gate.inner.keys.make_log_seed(workspace, old + 1).await?;
        let next = gate.log_key(workspace, old + 1).await?;
        let note = gate
            .log_key(workspace, old)
            .await?
            .sign(&handover(&next.verifier()));
        let args = [
            name.into(),
            (old + 1).into(),
            note.into(),
            tx.read.now.micros().into(),
        ];
        tx.turn()?.execute("insert into audit_handover (workspace_id, number, note, at) values ($1, $2, $3, $4)", &args).await?;
        Ok(old + 1)
    }
}

const AT_A_TIME: usize = 64;

/// How many seals one key may make with random nonces before it is changed: half of what NIST
/// SP 800-38D section 8.3 allows.
const MOST_SEALS: i64 = 1 << 31;

/// Gives a workspace a new key and wraps every record key anew, while people work. The old key is
/// destroyed once nothing is wrapped by it. Stopped half-way it is gone on with the next time.
#[derive(Clone, Copy, Debug)]
pub struct RotateWorkspaceKey;

#[async_trait]
impl Command for RotateWorkspaceKey {
    const ACTION: Action = Action::KeysRotateWorkspace;
    type Outcome = i64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<i64, Refusal> {
        tx.read
            .inner
            .keys
            .next_workspace_key(tx.read.actor.workspace)
            .await
    }
}

/// Gives the records that are sealed by keys of before a moment new keys, a few at a time: each gets
/// a new version, and the versions before stay under their old keys.
struct RotateRecordKeys {
    kind: RecordKind,
    before: KeyId,
}

#[async_trait]
impl Command for RotateRecordKeys {
    const ACTION: Action = Action::KeysRotateRecords;
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<usize, Refusal> {
        let (workspace, kind) = (tx.read.scope.workspace.clone(), self.kind);
        let poison = tx.read.inner.keys.poison(tx.read.actor.workspace).await?;
        let names: Vec<&str> = kind.columns.iter().map(|c| c.name).collect();
        let mut args: Vec<Val> = vec![
            workspace.clone().into(),
            Val::text(self.before),
            i64::try_from(AT_A_TIME).unwrap_or(64).into(),
        ];
        let decoys = bind_list(&mut args, poison.into_iter().map(Val::text).collect());
        let sql = format!(
            "select id, version, key_id, {} from {}_row where workspace_id = $1 and key_id < $2 and key_id not in ({decoys}) order by id limit $3",
            names.join(", "),
            kind.name
        );
        let rows = tx.turn()?.rows(&sql, &args).await?;
        for row in &rows {
            tx.rekey(&kind, row).await?;
        }
        Ok(rows.len())
    }
}

impl WriteTx {
    async fn rekey(&mut self, kind: &RecordKind, row: &Row) -> Result<(), Refusal> {
        let (id, version, workspace, of) = (
            row.text("id")?,
            row.int("version")?,
            self.read.scope.workspace.clone(),
            self.read.actor.workspace,
        );
        let old: KeyId = parse(row.text("key_id")?)?;
        self.read.inner.keys.fetch(of, std::iter::once(old)).await?;
        let new = self.new_key().await?;
        let opened = |id: Option<KeyId>| {
            id.and_then(|id| self.read.inner.keys.opened(id))
                .ok_or_else(|| Refusal::fault(SealError))
        };
        let (from, to) = (opened(Some(old))?, opened(new)?);
        let mut values = Vec::with_capacity(kind.columns.len());
        for spec in kind.columns {
            values.push(match row.get(spec.name)? {
                // What is read as null does not tell its kind, which PostgreSQL asks for.
                Val::Null(_) => Val::Null(spec.kind),
                Val::Bytes(sealed) if spec.class != Class::Plain && !sealed.is_empty() => {
                    let place = Place {
                        workspace: &workspace,
                        table: kind.name,
                        column: spec.name,
                        row: id,
                    };
                    to.seal_column(&place, &from.open_column(&place, sealed)?)?
                        .into()
                }
                other => other.clone(),
            });
        }
        self.write_row(kind, id, version, new.map(|key| key.to_string()), values)
            .await?;
        self.read
            .touched
            .saved(kind.name, id.to_owned(), vec!["key"], version + 1);
        Ok(())
    }
}

impl crate::passage::gate::Gate {
    /// Gives every record of a workspace a new key; gives how many.
    ///
    /// # Errors
    /// A fault of a database.
    pub async fn rotate_record_keys(&self, workspace: WorkspaceId) -> Result<usize, Refusal> {
        let (before, mut done) = (KeyId::mint(self.now(), &[0; 10]), 0);
        // Keys in stock are older than the rotation.
        self.inner.keys.drop_stock(workspace).await;
        for kind in self.inner.kinds.iter().filter(|kind| kind.sealed) {
            loop {
                let count = self
                    .perform(
                        &self.operator(workspace),
                        RotateRecordKeys {
                            kind: *kind,
                            before,
                        },
                    )
                    .await?
                    .into_inner();
                done += count;
                if count < AT_A_TIME {
                    break;
                }
            }
        }
        Ok(done)
    }

    /// Rotates a workspace's key from beginning to end; gives how many record keys were wrapped anew.
    ///
    /// # Errors
    /// A fault of a database or of the master key.
    pub async fn rotate_workspace_key(&self, workspace: WorkspaceId) -> Result<u64, Refusal> {
        self.perform(&self.operator(workspace), RotateWorkspaceKey)
            .await?;
        self.inner.keys.rewrap_record_keys(workspace).await
    }

    /// Wraps every workspace's keys by the master key as it is now; gives how many workspaces.
    ///
    /// # Errors
    /// A fault of the key store or of the master key.
    pub async fn rewrap_by_master(&self) -> Result<usize, Refusal> {
        let rows = self
            .inner
            .keys
            .db
            .reader()
            .await?
            .rows(
                "select workspace_id from workspace_key order by workspace_id",
                &[],
            )
            .await?;
        for row in &rows {
            self.inner
                .keys
                .rewrap_workspace(row.text("workspace_id")?)
                .await?;
        }
        Ok(rows.len())
    }

    /// Rotates the keys that have sealed as often as a key may, and goes on with rotations that
    /// were stopped half-way.
    ///
    /// # Errors
    /// A fault of a database or of the master key.
    pub async fn rotate_worn_keys(&self) -> Result<(), Refusal> {
        let mut reader = self.inner.keys.db.reader().await?;
        let worn = reader
            .rows(
                "select workspace_id from workspace_key where seals >= $1 limit 100",
                &[MOST_SEALS.into()],
            )
            .await?;
        let begun = reader
            .rows(
                "select distinct workspace_id from old_workspace_key limit 100",
                &[],
            )
            .await?;
        drop(reader);
        for row in worn {
            tracing::warn!(
                workspace = row.text("workspace_id")?,
                "a workspace's key has sealed as often as a key may; it is rotated"
            );
            self.rotate_workspace_key(parse(row.text("workspace_id")?)?)
                .await?;
        }
        for row in begun {
            self.inner
                .keys
                .rewrap_record_keys(parse(row.text("workspace_id")?)?)
                .await?;
        }
        Ok(())
    }
}

impl KeyRing {
    /// Makes a workspace's next key; the one before is kept for what it has wrapped.
    async fn next_workspace_key(&self, workspace: WorkspaceId) -> Result<i64, Refusal> {
        let name = workspace.to_string();
        let checksum = self.workspace(workspace).await?.checksum.clone();
        let mut turn = self.db.turn().await?;
        turn.alone(&name).await?;
        let rows = turn
            .rows(
                "select number from workspace_key where workspace_id = $1",
                &[name.clone().into()],
            )
            .await?;
        let number = rows.first().map_or(Ok(0), |row| row.int("number"))? + 1;
        let wrapped = self
            .master
            .wrap(place(&name, "workspace", &shown(number)), &Key::generate())
            .await?;
        // Checksums must outlive the key they were once derived from.
        let checksum = self
            .master
            .wrap(place(&name, "checksum", ""), &checksum)
            .await?;
        turn.execute(
            "insert into old_workspace_key (workspace_id, number, wrapped) select workspace_id, number, wrapped from workspace_key where workspace_id = $1",
            &[name.clone().into()],
        )
        .await?;
        let args = [name.into(), wrapped.into(), number.into(), checksum.into()];
        turn.execute("update workspace_key set wrapped = $2, number = $3, checksum = $4, seals = 0 where workspace_id = $1", &args).await?;
        self.keep(turn).await?;
        self.forget(workspace);
        Ok(number)
    }

    /// Wraps record keys by the current key until none is left under an older one, then destroys
    /// the older ones.
    async fn rewrap_record_keys(&self, workspace: WorkspaceId) -> Result<u64, Refusal> {
        let (name, mut done) = (workspace.to_string(), 0);
        self.forget(workspace);
        loop {
            let keys = self.workspace(workspace).await?;
            let (number, current) = keys.current()?;
            let sql = format!(
                "select id, wrapped, above from record_key where workspace_id = $1 and above < $2 order by above, id limit {AT_A_TIME}"
            );
            let rows = self
                .db
                .reader()
                .await?
                .rows(&sql, &[name.clone().into(), (*number).into()])
                .await?;
            if rows.is_empty() {
                break;
            }
            let mut args = vec![name.clone().into(), (*number).into()];
            let mut values = Vec::with_capacity(rows.len());
            for row in &rows {
                let id = row.text("id")?;
                let old = keys.numbered(row.int("above")?).ok_or(SealError)?;
                let key = old.unwrap(&place(&name, "record", id), row.bytes("wrapped")?)?;
                args.extend([
                    id.into(),
                    current.wrap(&place(&name, "record", id), &key)?.into(),
                ]);
                values.push(format!("(${}, ${})", args.len() - 1, args.len()));
            }
            let sql = format!(
                "with fresh (id, wrapped) as (values {}) update record_key set above = $2, wrapped = (select f.wrapped from fresh f where f.id = record_key.id)
                 where workspace_id = $1 and id in (select id from fresh)",
                values.join(", ")
            );
            let mut turn = self.db.turn().await?;
            done += turn.execute(&sql, &args).await?;
            self.keep(turn).await?;
        }
        self.destroy_old_keys(workspace, &name).await?;
        Ok(done)
    }

    async fn destroy_old_keys(&self, workspace: WorkspaceId, name: &str) -> Result<(), Refusal> {
        let mut turn = self.db.turn().await?;
        turn.alone(name).await?;
        let sql = "delete from old_workspace_key where workspace_id = $1 and not exists (select 1 from record_key r where r.workspace_id = $1 and r.above = old_workspace_key.number)";
        turn.execute(sql, &[name.into()]).await?;
        self.keep(turn).await?;
        self.forget(workspace);
        Ok(())
    }

    async fn rewrap_workspace(&self, name: &str) -> Result<(), Refusal> {
        let mut turn = self.db.turn().await?;
        turn.alone(name).await?;
        let of = [Val::from(name)];
        for row in turn.rows("select number, wrapped, log_seed, checksum from workspace_key where workspace_id = $1", &of).await? {
            let number = shown(row.int("number")?);
            let mut args = vec![name.into(), self.again(place(name, "workspace", &number), row.bytes("wrapped")?).await?];
            args.push(self.again(place(name, "log", ""), row.bytes("log_seed")?).await?);
            args.push(if row.get("checksum")?.is_null() {
                Val::Null(Kind::Bytes)
            } else {
                self.again(place(name, "checksum", ""), row.bytes("checksum")?).await?
            });
            turn.execute("update workspace_key set wrapped = $2, log_seed = $3, checksum = $4 where workspace_id = $1", &args).await?;
        }
        for (table, column) in [("old_workspace_key", "workspace"), ("log_key", "log")] {
            for row in turn.rows(&format!("select number, wrapped from {table} where workspace_id = $1 order by number"), &of).await? {
                let number = row.int("number")?;
                let wrapped = self.again(place(name, column, &shown(number)), row.bytes("wrapped")?).await?;
                turn.execute(&format!("update {table} set wrapped = $3 where workspace_id = $1 and number = $2"), &[name.into(), number.into(), wrapped])
                    .await?;
            }
        }
        self.keep(turn).await
    }

    async fn again(&self, place: Place<'_>, wrapped: &[u8]) -> Result<Val, Refusal> {
        let key = self.master.unwrap(place, wrapped).await?;
        Ok(self.master.wrap(place, &key).await?.into())
    }
}
