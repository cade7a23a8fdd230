//! Jobs that failed for good, and trying them again.
use crate::passage::{
    perform::{Command, Granted},
    read_tx::ReadTx,
    refusal::Refusal,
    view::Query,
    write_tx::WriteTx,
};
use async_trait::async_trait;
use interpres_policy::{Action, Permission};
use interpres_store::{Row, Val};
use interpres_types::{Field, Instant};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Failed jobs that are shown on one page.
const AT_A_TIME: i64 = 100;

/// The workspace's jobs that failed too often, the latest first.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListFailedJobs {
    /// Where the page before ended.
    pub cursor: Field,
}

/// A page of them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FailedJobs {
    /// The jobs.
    pub items: Vec<FailedJob>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How many others wait for their time.
    pub waiting: i64,
}

/// A job that waits for a person.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FailedJob {
    /// Its kind.
    pub kind: String,
    /// What it does.
    pub does: String,
    /// The id of what it is about; empty where it is about the workspace.
    pub subject: String,
    /// Since when it has been due.
    pub due_at: Instant,
    /// Since when it waits.
    pub failed_at: Instant,
    /// How often it was tried.
    pub tries: i64,
    /// Why it failed the last time, as a fixed word. The server's log has more.
    pub reason: String,
}

#[async_trait]
impl Query for ListFailedJobs {
    const ACTION: Action = Action::JobsList;
    const PERMISSION: Permission = Permission::SetWorkspace;
    type View = FailedJobs;
    async fn answer(self, tx: &mut ReadTx) -> Result<FailedJobs, Refusal> {
        let workspace = Val::text(tx.actor().workspace());
        let waiting = "select count(*) as n from job where workspace_id = $1 and failed_at is null";
        let waiting = tx.raw(waiting, std::slice::from_ref(&workspace)).await?;
        let after = self.cursor.raw().split_once('~').unwrap_or_default();
        let (before, subject) = (after.0.parse().unwrap_or(i64::MAX), after.1);
        let sql = format!(
            "select kind, subject, due_at, failed_at, tries, last_error from job where workspace_id = $1 and failed_at is not null
             and (failed_at < $2 or (failed_at = $2 and subject > $3)) order by failed_at desc, subject limit {}",
            AT_A_TIME + 1
        );
        let rows = tx
            .raw(&sql, &[workspace, Val::Int(before), subject.into()])
            .await?;
        let shown = &rows[..rows
            .len()
            .min(usize::try_from(AT_A_TIME).unwrap_or_default())];
        let items: Vec<FailedJob> = shown
            .iter()
            .map(|row| failed(tx, row))
            .collect::<Result<_, Refusal>>()?;
        let next = items
            .last()
            .filter(|_| rows.len() > items.len())
            .map(|job| format!("{}~{}", job.failed_at.micros(), job.subject));
        Ok(FailedJobs {
            items,
            next,
            waiting: waiting.first().map_or(Ok(0), |row| row.int("n"))?,
        })
    }
}

fn failed(tx: &ReadTx, row: &Row) -> Result<FailedJob, Refusal> {
    let kind = row.text("kind")?.to_owned();
    let known = tx.inner.jobs.iter().find(|known| known.name == kind);
    Ok(FailedJob {
        does: known.map_or("", |known| known.words).to_owned(),
        kind,
        subject: row.text("subject")?.to_owned(),
        due_at: Instant::from_micros(row.int("due_at")?),
        failed_at: Instant::from_micros(row.int("failed_at")?),
        tries: row.int("tries")?,
        reason: row.may_text("last_error")?.unwrap_or_default().to_owned(),
    })
}

/// Has a job that failed done again, at once.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TryJobAgain {
    /// Its kind.
    pub kind: Field,
    /// The id of what it is about.
    pub subject: Field,
}

#[async_trait]
impl Command for TryJobAgain {
    const ACTION: Action = Action::JobTry;
    const PERMISSION: Permission = Permission::SetWorkspace;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let args = [
            Val::text(tx.actor().workspace()),
            self.kind.raw().into(),
            self.subject.raw().into(),
        ];
        let sql = "update job set failed_at = null, tries = 0, free_at = 0, asked = asked + 1 where workspace_id = $1 and kind = $2 and subject = $3 and failed_at is not null";
        match tx.turn()?.execute(sql, &args).await? {
            0 => Err(Refusal::NotFound),
            _ => Ok(()),
        }
    }
}
