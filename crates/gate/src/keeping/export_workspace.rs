//! Everything of a workspace as one encrypted file (EN7): every version of every record with its
//! protected values in clear, and the audit log with what it takes to check it. The lines are
//! described in `docs/workspace-file.md`.
use crate::ledger::export_entries::{ExportEntries, ExportPlan};
use crate::passage::{read_tx::ReadTx, refusal::Refusal, view::Query};
use async_trait::async_trait;
use interpres_policy::{Action, Permission, grant};
use interpres_types::{Instant, WorkspaceId};
use serde::Serialize;

/// The format's name, in the file's first line.
pub const WORKSPACE_FORMAT: &str = "interpres workspace 1";

/// Commands take five seconds at most; what is older than this is as it stays.
const SETTLED_SECONDS: i64 = 10;

/// Takes everything of the workspace away as one encrypted file, as it stood ten seconds ago.
#[derive(Clone, Copy, Debug)]
pub struct ExportWorkspace;

/// What will leave: fixed before the first byte does.
#[derive(Serialize)]
pub struct WorkspacePlan {
    /// As of when.
    pub as_of: Instant,
    /// How many versions of records, or how many records where only some are meant.
    pub versions: i64,
    /// What the file says at its end, so that somebody who says it has opened the file to its end.
    #[serde(skip)]
    pub(crate) receipt: String,
    #[serde(skip)]
    pub(crate) workspace: WorkspaceId,
    #[serde(skip)]
    pub(crate) only: Option<Vec<String>>,
    #[serde(skip)]
    pub(crate) log: Option<ExportPlan>,
}

/// What a file says at its end. It begins with letters, so that it is never taken for a card's number.
#[must_use]
pub fn fresh_receipt(random: [u8; 8]) -> String {
    format!("file-{:016x}", u64::from_be_bytes(random))
}

#[async_trait]
impl Query for ExportWorkspace {
    const ACTION: Action = Action::WorkspaceExport;
    type View = WorkspacePlan;
    async fn answer(self, tx: &mut ReadTx) -> Result<WorkspacePlan, Refusal> {
        let receipt = fresh_receipt(interpres_vault::random());
        let log = ExportEntries::default().answer(tx).await?;
        Ok(WorkspacePlan {
            log: Some(log),
            ..tx.plan_export(None, receipt).await?
        })
    }
}

impl ReadTx {
    /// Plans a file of everything, or of some records only, by their ids.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for those who may not take such a file.
    pub async fn plan_export(
        &mut self,
        only: Option<Vec<(&'static str, String)>>,
        receipt: String,
    ) -> Result<WorkspacePlan, Refusal> {
        grant(self.actor.rights.role, Permission::ExportWorkspace).ok_or(Refusal::Forbidden)?;
        let (workspace, as_of) = (
            self.actor.workspace,
            self.now.plus_seconds(-SETTLED_SECONDS),
        );
        let versions = match &only {
            Some(records) => i64::try_from(records.len()).unwrap_or(i64::MAX),
            None => {
                let args = [self.scope.workspace.clone().into(), as_of.micros().into()];
                let rows = self.raw("select count(*) as n from record_version where workspace_id = $1 and at <= $2", &args).await?;
                rows.first().map_or(Ok(0), |row| row.int("n"))?
            }
        };
        self.touched
            .listed(usize::try_from(versions).unwrap_or(usize::MAX));
        for (kind, id) in only.iter().flatten() {
            self.touched.shown(kind, std::iter::once(id.clone()));
        }
        let only = only.map(|records| records.into_iter().map(|(_, id)| id).collect());
        Ok(WorkspacePlan {
            as_of,
            versions,
            receipt,
            workspace,
            only,
            log: None,
        })
    }
}
