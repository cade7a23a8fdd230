//! Evidence that a workspace's log and records are watched over, for the readiness report.
use crate::passage::{read_tx::ReadTx, refusal::Refusal};
use interpres_store::{Row, Val};
use interpres_types::Instant;

/// What shows that a workspace's log and records are watched over.
#[derive(Clone, Debug)]
pub struct Watchfulness {
    /// Numbered entries of the log.
    pub entries: i64,
    /// When its latest checkpoint was signed.
    pub checkpoint_at: Option<Instant>,
    /// When every record was last gone through.
    pub swept_at: Option<Instant>,
    /// Records gone through then.
    pub swept: i64,
    /// Records that are not what was saved, not put back yet.
    pub open_incidents: i64,
}

impl ReadTx {
    /// What shows that this workspace's log and records are watched over.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn watchfulness(&mut self) -> Result<Watchfulness, Refusal> {
        let workspace = [Val::text(self.actor.workspace)];
        let heads = self
            .raw(
                "select size, at from audit_head where workspace_id = $1",
                &workspace,
            )
            .await?;
        let sweeps = self
            .raw(
                "select at, records from integrity_sweep where workspace_id = $1",
                &workspace,
            )
            .await?;
        let open = self.raw("select count(*) as n from integrity_incident where workspace_id = $1 and restored_at is null", &workspace).await?;
        let at = |rows: &[Row]| {
            rows.first()
                .map(|row| row.int("at"))
                .transpose()
                .map(|at| at.map(Instant::from_micros))
        };
        Ok(Watchfulness {
            entries: heads.first().map_or(Ok(0), |row| row.int("size"))?,
            checkpoint_at: at(&heads)?,
            swept_at: at(&sweeps)?,
            swept: sweeps.first().map_or(Ok(0), |row| row.int("records"))?,
            open_incidents: open.first().map_or(Ok(0), |row| row.int("n"))?,
        })
    }
}
