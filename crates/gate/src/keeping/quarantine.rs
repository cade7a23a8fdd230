//! Taking out of sight what is not what was saved, and putting back what is after all: a key store that was not
//! this installation's makes true records look changed.
use crate::keeping::sweep::latest;
use crate::passage::{
    gate::Gate,
    integrity::is_true,
    notice::Notice,
    perform::{Command, Granted},
    record::RecordKind,
    refusal::Refusal,
    stored_id::parse,
    write_tx::WriteTx,
};
use async_trait::async_trait;
use interpres_policy::{Action, Permission, WorkerKind};
use interpres_store::{Kind, Row, StoreError, Val};
use interpres_types::{Instant, WorkspaceId};

impl Gate {
    /// Takes out of sight what reading or sweeping found changed, in every workspace.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn quarantine(&self) -> Result<(), Refusal> {
        let sql = "select distinct workspace_id from integrity_incident where quarantined_at is null limit 100";
        let rows = self.inner.db.reader().await?.rows(sql, &[]).await?;
        for row in rows {
            let workspace = parse(row.text("workspace_id")?)?;
            if !self.keys_fit(workspace).await? {
                continue;
            }
            while *self
                .perform(&self.worker(workspace, WorkerKind::Sweeper), Quarantine)
                .await?
                > 0
            {}
        }
        Ok(())
    }

    /// Looks again at what was taken out of sight since a moment, and puts back what is as it was saved last. Gives
    /// how many records were put back, and how many stay.
    ///
    /// # Errors
    /// A fault of the database; a conflict while the key store is not this workspace's.
    pub async fn recheck(
        &self,
        workspace: WorkspaceId,
        since: Instant,
    ) -> Result<(usize, usize), Refusal> {
        if !self.keys_fit(workspace).await? {
            return Err(crate::keeping::key_fault::refusal());
        }
        let sql = "select distinct kind, record_id, quarantined_at from integrity_incident
            where workspace_id = $1 and found = 'row' and quarantined_at >= $2 and restored_at is null order by quarantined_at, kind, record_id";
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(sql, &[Val::text(workspace), since.micros().into()])
            .await?;
        let (mut back, mut stay) = (0, 0);
        for row in rows {
            let (kind, id, quarantined_at) = (
                row.text("kind")?,
                row.text("record_id")?.to_owned(),
                row.int("quarantined_at")?,
            );
            let Some(kind) = self.inner.kind(kind) else {
                continue;
            };
            match self
                .perform(
                    &self.operator(workspace),
                    PutBackTrue {
                        kind,
                        id,
                        quarantined_at,
                    },
                )
                .await
            {
                Ok(done) if *done => back += 1,
                Err(fault @ Refusal::Fault(_)) => return Err(fault),
                _ => stay += 1,
            }
        }
        Ok((back, stay))
    }
}

/// Takes what is not what was saved out of sight.
pub(crate) struct Quarantine;

#[async_trait]
impl Command for Quarantine {
    const ACTION: Action = Action::IntegrityQuarantine;
    type Outcome = i64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<i64, Refusal> {
        let workspace = tx.read.scope.workspace.clone();
        let sql = "select distinct kind, record_id, found from integrity_incident where workspace_id = $1 and quarantined_at is null order by kind, record_id, found limit 500";
        let open = tx.turn()?.rows(sql, &[workspace.clone().into()]).await?;
        let (now, mut done, mut taken, mut others) = (tx.read.now.micros(), 0, 0, 0);
        for row in &open {
            let (kind, id, found) = (
                row.text("kind")?,
                row.text("record_id")?,
                row.text("found")?,
            );
            let mut right = Val::Null(Kind::Int);
            match tx.read.inner.kind(kind).filter(|_| found == "row") {
                // It was read under other keys, or was put right since.
                Some(known) if tx.is_latest(&known, "$1", id).await? => right = Val::Int(now),
                Some(known) => {
                    tx.take_away(&known, &workspace, id).await?;
                    taken += 1;
                }
                None => others += 1,
            }
            let sql = "update integrity_incident set quarantined_at = $5, restored_at = $6 where workspace_id = $1 and kind = $2 and record_id = $3 and found = $4 and quarantined_at is null";
            let args = [
                workspace.clone().into(),
                kind.into(),
                id.into(),
                found.into(),
                now.into(),
                right,
            ];
            done += i64::from(tx.turn()?.execute(sql, &args).await? > 0);
        }
        for (count, words) in [
            (
                taken,
                "Records that were changed outside Interpres are in quarantine: ",
            ),
            (
                others,
                "Other things were changed outside Interpres; see Integrity: ",
            ),
        ] {
            if count > 0 {
                tx.tell_those_in_charge(
                    &Notice::new("integrity", words)
                        .mention(&count)
                        .goes_to("/audit/integrity"),
                )
                .await?;
            }
        }
        Ok(done)
    }
}

/// Puts one record back that was taken out of sight at a moment, if it is what was saved last.
struct PutBackTrue {
    kind: RecordKind,
    id: String,
    quarantined_at: i64,
}

#[async_trait]
impl Command for PutBackTrue {
    const ACTION: Action = Action::IntegrityRestore;
    const PERMISSION: Permission = Permission::Maintain;
    type Outcome = bool;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<bool, Refusal> {
        let (kind, of) = (
            self.kind,
            [
                Val::from(tx.read.scope.workspace.as_str()),
                self.id.as_str().into(),
            ],
        );
        let place = format!("'quarantine/{}/' || $1", self.quarantined_at);
        if !tx.is_latest(&kind, &place, &self.id).await? {
            return Ok(false);
        }
        let sql = format!(
            "update {k}_row set workspace_id = $1 where workspace_id = {place} and id = $2 and not exists (select 1 from {k}_row r where r.workspace_id = $1 and r.id = $2)",
            k = kind.name
        );
        if tx.turn()?.execute(&sql, &of).await? != 1 {
            return Ok(false);
        }
        let sql = "update integrity_incident set restored_at = $4 where workspace_id = $1 and kind = $3 and record_id = $2 and found = 'row' and restored_at is null";
        let args = [
            of.as_slice(),
            &[kind.name.into(), tx.read.now.micros().into()],
        ]
        .concat();
        tx.turn()?.execute(sql, &args).await?;
        tx.read
            .touched
            .changed(kind.name, self.id, vec!["quarantine"]);
        Ok(true)
    }
}

impl WriteTx {
    /// Takes a row away that was found changed. One of another workspace is in no scope: no list, card or rule sees it.
    async fn take_away(
        &mut self,
        kind: &RecordKind,
        workspace: &str,
        id: &str,
    ) -> Result<(), Refusal> {
        let sql = format!(
            "update {k}_row set workspace_id = 'quarantine/{now}/' || workspace_id where workspace_id = $1 and id = $2
             and exists (select 1 from integrity_incident i where i.workspace_id = $1 and i.kind = $3 and i.record_id = $2 and i.found = 'row' and i.quarantined_at is null)",
            k = kind.name,
            now = self.read.now.micros()
        );
        self.turn()?
            .execute(&sql, &[workspace.into(), id.into(), kind.name.into()])
            .await?;
        self.read
            .touched
            .changed(kind.name, id.to_owned(), vec!["quarantine"]);
        Ok(())
    }
    /// Whether the row that stands in a place, an expression of this workspace's id `$1`, is what was saved last.
    pub(crate) async fn is_latest(
        &mut self,
        kind: &RecordKind,
        place: &str,
        id: &str,
    ) -> Result<bool, Refusal> {
        let workspace = self.read.scope.workspace.clone();
        let keys = self
            .read
            .inner
            .keys
            .workspace(self.read.actor.workspace)
            .await?;
        let sql = format!(
            "{} where r.workspace_id = {place} and r.id = $2",
            latest(kind)
        );
        let rows = self
            .turn()?
            .rows(&sql, &[workspace.as_str().into(), id.into()])
            .await?;
        let stands = |row: &Row| {
            Ok::<_, StoreError>(
                is_true(kind, row, &workspace, &keys).unwrap_or(false)
                    && row.flag("known")?
                    && !row.flag("old")?,
            )
        };
        Ok(rows.first().map(stands).transpose()?.unwrap_or(false))
    }
}
