//! What must not wait until a person looks.
use crate::passage::{
    gate::Gate,
    notice::Notice,
    perform::{Command, Granted},
    refusal::Refusal,
    write_tx::WriteTx,
};
use async_recursion::async_recursion as boxed;
use async_trait::async_trait;
use interpres_policy::{Action, WorkerKind};
use interpres_types::WorkspaceId;
use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Warning {
    /// A key was opened that nobody has a reason to open.
    Decoy,
    /// The clock was set back.
    Clock,
    /// A job failed too often.
    Job,
}

/// Warnings that nobody was told of yet.
#[derive(Default)]
pub(crate) struct Warnings(Mutex<HashSet<(WorkspaceId, Warning)>>);

impl Warnings {
    /// Remembers that those in charge must be told.
    pub(crate) fn add(&self, workspace: WorkspaceId, what: Warning) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((workspace, what));
    }
    fn take(&self) -> HashSet<(WorkspaceId, Warning)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Gate {
    /// Tells those in charge of every workspace where a decoy was opened, the clock was set back, or a job keeps failing.
    ///
    /// # Errors
    /// A fault of the database.
    #[boxed]
    pub async fn tell_warnings(&self) -> Result<(), Refusal> {
        for (workspace, what) in self.inner.keys.warnings.take() {
            // Said here and not where a key is opened: a drill opens everything in a copy, whose warnings go
            // with it.
            if what == Warning::Decoy {
                tracing::error!(%workspace, "a decoy was opened: somebody reads past the gate");
            }
            if let Err(refusal) = self
                .perform(&self.worker(workspace, WorkerKind::Sweeper), Warn(what))
                .await
            {
                self.inner.keys.warnings.add(workspace, what);
                return Err(refusal);
            }
        }
        Ok(())
    }
}

/// Notes a warning, and tells those in charge.
struct Warn(Warning);

#[async_trait]
impl Command for Warn {
    const ACTION: Action = Action::IntegrityAlarm;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let (found, words) = match self.0 {
            Warning::Job => {
                let words = "A background job keeps failing. See what it is, and what was noted as the reason.";
                return tx
                    .tell_those_in_charge(&Notice::new("jobs", words).goes_to("/settings/jobs"))
                    .await;
            }
            Warning::Decoy => (
                "decoy",
                "A decoy was opened: somebody reads this workspace's records past Interpres' own checks. See who is on the machine.",
            ),
            Warning::Clock => (
                "clock",
                "The server's clock was set back. The log keeps its order by number; the times in it are not to be trusted until the clock is right.",
            ),
        };
        let sql = "insert into integrity_incident (workspace_id, kind, record_id, version, found, at, quarantined_at) values ($1, $2, $3, 0, $2, $4, $4) on conflict do nothing";
        let (workspace, now) = (tx.read.scope.workspace.clone(), tx.read.now.micros());
        tx.turn()?
            .execute(
                sql,
                &[
                    workspace.clone().into(),
                    found.into(),
                    workspace.into(),
                    now.into(),
                ],
            )
            .await?;
        tx.tell_those_in_charge(&Notice::new("integrity", words).goes_to("/audit/integrity"))
            .await
    }
}
