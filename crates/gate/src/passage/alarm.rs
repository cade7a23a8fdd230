//! Alarms: a command that makes work for later says when, in its own transaction; the job that
//! does it is rung then, and not before.
use crate::passage::{gate::Gate, refusal::Refusal, stored_id::parse, write_tx::WriteTx};
use interpres_policy::WorkerKind;
use interpres_store::Val;
use interpres_types::{Instant, WorkspaceId};

impl WriteTx {
    /// Rings a background job of this workspace at that time.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn ring_at(&mut self, kind: WorkerKind, at: Instant) -> Result<(), Refusal> {
        let args = [
            Val::text(self.actor().workspace()),
            Val::Text(format!("{kind:?}")),
            at.micros().into(),
        ];
        self.turn()?.execute("insert into alarm (workspace_id, kind, at) values ($1, $2, $3) on conflict do nothing", &args).await?;
        Ok(())
    }
}

impl Gate {
    /// The workspaces in which a job's time has come; at most 100.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn due(&self, kind: WorkerKind) -> Result<Vec<WorkspaceId>, Refusal> {
        let args = [Val::Text(format!("{kind:?}")), self.now().micros().into()];
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(
                "select distinct workspace_id from alarm where kind = $1 and at <= $2 limit 100",
                &args,
            )
            .await?;
        rows.iter()
            .map(|row| Ok(parse(row.text("workspace_id")?)?))
            .collect()
    }
    /// The workspaces that have no alarm for a job; at most 1,000.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn without_alarm(&self, kind: WorkerKind) -> Result<Vec<WorkspaceId>, Refusal> {
        let sql = "select w.workspace_id from workspace_row w where not exists (select 1 from alarm a where a.workspace_id = w.workspace_id and a.kind = $1) order by w.workspace_id limit 1000";
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(sql, &[Val::Text(format!("{kind:?}"))])
            .await?;
        // What is in quarantine belongs to no workspace.
        Ok(rows
            .iter()
            .filter_map(|row| row.text("workspace_id").ok()?.parse().ok())
            .collect())
    }
    /// The earliest alarm of a job in a workspace.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn first_alarm(
        &self,
        workspace: WorkspaceId,
        kind: WorkerKind,
    ) -> Result<Option<Instant>, Refusal> {
        let sql = "select min(at) as at from alarm where workspace_id = $1 and kind = $2";
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(sql, &[Val::text(workspace), Val::Text(format!("{kind:?}"))])
            .await?;
        Ok(rows
            .first()
            .map(|row| row.may_int("at"))
            .transpose()?
            .flatten()
            .map(Instant::from_micros))
    }
    /// Takes down the alarms up to `until`: their work is done.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn take_down(
        &self,
        workspace: WorkspaceId,
        kind: WorkerKind,
        until: Instant,
    ) -> Result<(), Refusal> {
        let args = vec![
            Val::text(workspace),
            Val::Text(format!("{kind:?}")),
            until.micros().into(),
        ];
        let write = interpres_store::Write::Statement(
            "delete from alarm where workspace_id = $1 and kind = $2 and at <= $3".into(),
            args,
        );
        Ok(self.inner.db.note(vec![write]).wait().await?)
    }
}
