//! Jobs: what a command leaves for later. It is written in the command's own transaction, so it is there if and only if the
//! command took effect, and it holds a kind, an id and a time, never a value. A job is done at least once: what it does must
//! be the same when it is done again.
use crate::passage::{gate::Gate, refusal::Refusal, write_tx::WriteTx};
use interpres_store::Val;
use interpres_types::{Instant, WorkspaceId};
use std::{fmt, pin::Pin};

/// A job whose time has come.
#[derive(Clone, Debug)]
pub struct Due {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// The id of the record it is about; empty where it is about the workspace.
    pub subject: String,
    /// Since when it has been due.
    pub at: Instant,
}

/// What becomes of a job that was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// It is over.
    Over,
    /// It is due again.
    At(Instant),
}

/// A kind of job, by what it does.
pub trait Work: 'static {
    /// What it is stored as; it never changes.
    const NAME: &'static str;
    /// What it does, in words for people: `asks the next interpreter`.
    const WORDS: &'static str;
    /// When the first one of a workspace is due, where every workspace has one at all times. Without it only commands make
    /// such jobs.
    #[must_use]
    fn first(_now: Instant) -> Option<Instant> {
        None
    }
    /// Rows that such a job is owed for, where commands make it for them: a statement that gives `workspace_id` and
    /// `due_at`. A workspace that came from elsewhere, or whose job was lost, gets it back by this.
    const OWED: Option<&'static str> = None;
    /// Does it, as often as it is asked to.
    fn work(gate: &Gate, due: &Due) -> impl Future<Output = Result<Next, Refusal>> + Send;
}

pub(crate) type Working<'a> = Pin<Box<dyn Future<Output = Result<Next, Refusal>> + Send + 'a>>;

/// A kind of job, as the binary lists it.
#[derive(Clone, Copy)]
pub struct JobKind {
    /// What it is stored as.
    pub name: &'static str,
    /// What it does, in words.
    pub words: &'static str,
    pub(crate) first: fn(Instant) -> Option<Instant>,
    pub(crate) owed: Option<&'static str>,
    pub(crate) work: for<'a> fn(&'a Gate, &'a Due) -> Working<'a>,
}

impl fmt::Debug for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl JobKind {
    /// The kind that `W` does.
    #[must_use]
    pub const fn of<W: Work>() -> Self {
        Self {
            name: W::NAME,
            words: W::WORDS,
            first: W::first,
            owed: W::OWED,
            work: |gate, due| Box::pin(W::work(gate, due)),
        }
    }
}

impl WriteTx {
    /// Leaves a job for later: one for each kind and subject. Asked for again before it was done, it is done at the
    /// earlier time; asked for while it is being done, it is done once more.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn later<W: Work>(
        &mut self,
        at: Instant,
        subject: impl fmt::Display,
    ) -> Result<(), Refusal> {
        let workspace = Val::text(self.actor().workspace());
        let args = [
            workspace,
            W::NAME.into(),
            Val::text(subject),
            at.micros().into(),
        ];
        let sql = "insert into job (workspace_id, kind, subject, due_at) values ($1, $2, $3, $4)
            on conflict (workspace_id, kind, subject) do update set asked = job.asked + 1, tries = 0, failed_at = null,
              free_at = case when job.holder is null then 0 else job.free_at end,
              due_at = case when job.due_at < excluded.due_at then job.due_at else excluded.due_at end";
        self.turn()?.execute(sql, &args).await?;
        Ok(())
    }
}
