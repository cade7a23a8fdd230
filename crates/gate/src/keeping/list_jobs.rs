//! Jobs that failed for good, and trying them again.
use crate::passage::{
    page::Page,
    perform::{Command, Granted},
    read_tx::ReadTx,
    refusal::Refusal,
    view::Query,
    write_tx::WriteTx,
};
use async_trait::async_trait;
use interpres_policy::Action;
use interpres_store::{Row, Val};
use interpres_types::{Field, Instant, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Failed jobs that are shown on one page.
const AT_A_TIME: usize = 100;
/// A job that waits for a person, or one of those that every workspace has, which are tried for ever, and fails as often.
const FAILS: &str = "(failed_at is not null or tries >= 12)";

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
    /// Since when it waits for a person; for one that is tried for ever, since when it has been due.
    pub failed_at: Instant,
    /// How often it was tried.
    pub tries: i64,
    /// Why it failed the last time, as a fixed word. The server's log has more.
    pub reason: String,
}

#[async_trait]
impl Query for ListFailedJobs {
    const ACTION: Action = Action::JobsList;
    type View = FailedJobs;
    async fn answer(self, tx: &mut ReadTx) -> Result<FailedJobs, Refusal> {
        let workspace = Val::text(tx.actor().workspace());
        let waiting = "select count(*) as n from job where workspace_id = $1 and failed_at is null";
        let waiting = tx.raw(waiting, std::slice::from_ref(&workspace)).await?;
        let after = JobCursor::of(&self.cursor)?;
        let sql = format!(
            "select kind, subject, due_at, failed_at, tries, last_error from
               (select kind, subject, due_at, coalesce(failed_at, due_at) as failed_at, tries, last_error from job where workspace_id = $1 and {FAILS}) failing
             where failed_at < $2 or (failed_at = $2 and (kind, subject) > ($3, $4)) order by failed_at desc, kind, subject limit {}",
            AT_A_TIME + 1
        );
        let args = [
            workspace,
            after.failed_at.into(),
            after.kind.into(),
            after.subject.into(),
        ];
        let rows = tx.raw(&sql, &args).await?;
        let items: Result<Vec<FailedJob>, Refusal> =
            rows.iter().map(|row| failed(tx, row)).collect();
        let Page { items, next } = Page::cut(items?, AT_A_TIME, FailedJob::place);
        Ok(FailedJobs {
            items,
            next,
            waiting: waiting.first().map_or(Ok(0), |row| row.int("n"))?,
        })
    }
}

/// Where a page begins: after this job. The first begins before all.
struct JobCursor<'a> {
    failed_at: i64,
    kind: &'a str,
    subject: &'a str,
}

impl<'a> JobCursor<'a> {
    fn of(cursor: &'a Field) -> Result<Self, Problems> {
        if cursor.is_blank() {
            return Ok(Self {
                failed_at: i64::MAX,
                kind: "",
                subject: "",
            });
        }
        // PostgreSQL takes no NUL in a text.
        let parts: Vec<&str> = cursor.raw().splitn(3, '~').collect();
        match (parts.first().and_then(|at| at.parse().ok()), &parts[..]) {
            (Some(failed_at), [_, kind, subject]) if !cursor.raw().contains('\0') => Ok(Self {
                failed_at,
                kind,
                subject,
            }),
            _ => Err(Problems::one("cursor", "must come from the page before")),
        }
    }
}

impl FailedJob {
    fn place(&self) -> String {
        format!("{}~{}~{}", self.failed_at.micros(), self.kind, self.subject)
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
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        // PostgreSQL takes no NUL in a text, and no job's name holds one.
        if self.kind.raw().contains('\0') || self.subject.raw().contains('\0') {
            return Err(Refusal::NotFound);
        }
        let args = [
            Val::text(tx.actor().workspace()),
            self.kind.raw().into(),
            self.subject.raw().into(),
        ];
        let sql = format!(
            "update job set failed_at = null, tries = 0, free_at = 0, holder = null, asked = asked + 1 where workspace_id = $1 and kind = $2 and subject = $3 and {FAILS}"
        );
        match tx.turn()?.execute(&sql, &args).await? {
            0 => Err(Refusal::NotFound),
            _ => Ok(()),
        }
    }
}
