//! Doing jobs whose time has come: on every process, several at once, no workspace before its turn. Whoever takes one holds
//! it for a minute at a time, so that one whose process was killed is taken up by another.
use crate::passage::{
    gate::Gate,
    jobs::{Due, JobKind, Next, Work},
    refusal::Refusal,
    stored_id::parse,
};
use futures_util::FutureExt;
use interpres_store::{Kind, Row, Val};
use interpres_types::Instant;
use std::{panic::AssertUnwindSafe, time::Duration};

/// For how long a job is held by whoever does it. It is renewed meanwhile; a process that is gone keeps it no longer.
const LEASE_SECONDS: i64 = 60;
const RENEWED_EVERY: Duration = Duration::from_secs(20);
/// How often somebody looks for jobs where there were none.
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// After so many failures, some five hours, a person has to look.
const MOST_TRIES: i64 = 12;
const FIRST_WAIT_SECONDS: i64 = 10;
const LONGEST_WAIT_SECONDS: i64 = 3600;

/// The job of the workspace that has the fewest under way, then the one that has waited for longest.
const NEXT: &str = "select workspace_id, kind, subject, due_at, asked, tries from (
    select workspace_id, kind, subject, due_at, asked, tries, row_number() over (partition by workspace_id order by due_at, kind, subject) as place
    from job where failed_at is null and due_at <= $1 and free_at <= $1) waiting
  where place = 1
  order by (select count(*) from job busy where busy.workspace_id = waiting.workspace_id and busy.free_at > $1), due_at limit 1";

/// A job that this process holds.
struct Held {
    kind: JobKind,
    due: Due,
    asked: i64,
    tries: i64,
}

impl Held {
    /// The job's row as it was taken: not if it was asked for again since.
    fn found_by(&self) -> Vec<Val> {
        let Due {
            workspace, subject, ..
        } = &self.due;
        vec![
            Val::text(workspace),
            self.kind.name.into(),
            subject.as_str().into(),
            self.asked.into(),
        ]
    }
}

const FOUND: &str = "where workspace_id = $1 and kind = $2 and subject = $3 and asked = $4";

impl Gate {
    /// Does jobs as long as the server runs, one after the other.
    pub async fn work_forever(self) {
        loop {
            match self.work_once().await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(LOOKS_EVERY).await,
                Err(refusal) => {
                    tracing::warn!(
                        reason = refusal.logged("jobs").word(),
                        "jobs can't be done; trying again"
                    );
                    tokio::time::sleep(LOOKS_EVERY).await;
                }
            }
        }
    }

    /// Does all that is due, and what comes due by it; gives how many jobs that were.
    ///
    /// # Errors
    /// A fault of the database. What a job fails with stays with the job.
    pub async fn work_off(&self) -> Result<usize, Refusal> {
        self.begin_jobs().await?;
        let mut done = 0;
        while self.work_once().await? {
            done += 1;
        }
        Ok(done)
    }

    /// Does every job of a kind now, whoever else is at it: what must be done before anybody is let in.
    ///
    /// # Errors
    /// What one of them failed with. It is still there, and so are those that were not begun.
    pub async fn do_first<W: Work>(&self) -> Result<(), Refusal> {
        let sql = "select workspace_id, subject, due_at, asked from job where kind = $1 order by workspace_id, subject limit 1";
        loop {
            let rows = self
                .inner
                .db
                .reader()
                .await?
                .rows(sql, &[W::NAME.into()])
                .await?;
            let Some(row) = rows.first() else {
                return Ok(());
            };
            let held = Held {
                kind: JobKind::of::<W>(),
                due: Due {
                    workspace: parse(row.text("workspace_id")?)?,
                    subject: row.text("subject")?.to_owned(),
                    at: Instant::from_micros(row.int("due_at")?),
                },
                asked: row.int("asked")?,
                tries: 0,
            };
            let next = W::work(self, &held.due).await?;
            self.let_go(&held, next).await?;
        }
    }

    /// Gives every workspace the jobs that each has at all times.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn begin_jobs(&self) -> Result<(), Refusal> {
        let sql = "insert into job (workspace_id, kind, subject, due_at)
            select w.workspace_id, cast($1 as text), '', cast($2 as bigint) from workspace_row w where w.workspace_id = w.id
            and not exists (select 1 from job j where j.workspace_id = w.workspace_id and j.kind = $1 and j.subject = '') on conflict do nothing";
        let now = self.now();
        for kind in &self.inner.jobs {
            if let Some(at) = (kind.first)(now) {
                self.execute(sql, &[kind.name.into(), at.micros().into()])
                    .await?;
            }
        }
        Ok(())
    }

    /// Does one job, if one is due; gives whether one was.
    ///
    /// # Errors
    /// A fault of the database. What the job fails with stays with the job.
    pub async fn work_once(&self) -> Result<bool, Refusal> {
        let Some(held) = self.take_job().await? else {
            return Ok(false);
        };
        let work = AssertUnwindSafe((held.kind.work)(self, &held.due)).catch_unwind();
        let outcome = tokio::select! {
            outcome = work => outcome.unwrap_or_else(|_| Err(Refusal::fault("the job panicked"))),
            refusal = self.renew(&held) => Err(refusal),
        };
        match outcome {
            Ok(next) => self.let_go(&held, next).await?,
            Err(refusal) => self.note_failure(&held, refusal).await?,
        }
        Ok(true)
    }

    async fn take_job(&self) -> Result<Option<Held>, Refusal> {
        loop {
            let now = self.now();
            let rows = self
                .inner
                .db
                .reader()
                .await?
                .rows(NEXT, &[now.micros().into()])
                .await?;
            let Some(row) = rows.first() else {
                return Ok(None);
            };
            let Some(held) = self.held(row)? else {
                self.set_aside(row, now).await?;
                continue;
            };
            let mut args = held.found_by();
            args.extend([
                now.micros().into(),
                now.plus_seconds(LEASE_SECONDS).micros().into(),
            ]);
            let sql = format!(
                "update job set free_at = $6 {FOUND} and failed_at is null and free_at <= $5"
            );
            if self.execute(&sql, &args).await? == 1 {
                return Ok(Some(held));
            }
        }
    }

    fn held(&self, row: &Row) -> Result<Option<Held>, Refusal> {
        let name = row.text("kind")?;
        let Some(kind) = self
            .inner
            .jobs
            .iter()
            .find(|kind| kind.name == name)
            .copied()
        else {
            return Ok(None);
        };
        let due = Due {
            workspace: parse(row.text("workspace_id")?)?,
            subject: row.text("subject")?.to_owned(),
            at: Instant::from_micros(row.int("due_at")?),
        };
        Ok(Some(Held {
            kind,
            due,
            asked: row.int("asked")?,
            tries: row.int("tries")?,
        }))
    }

    /// A kind that this version does not know may be a newer one's, which runs beside it: it waits.
    async fn set_aside(&self, row: &Row, now: Instant) -> Result<(), Refusal> {
        let args = [
            row.get("workspace_id")?.clone(),
            row.get("kind")?.clone(),
            row.get("subject")?.clone(),
            row.get("asked")?.clone(),
            now.plus_seconds(LONGEST_WAIT_SECONDS).micros().into(),
        ];
        self.execute(&format!("update job set free_at = $5 {FOUND}"), &args)
            .await
            .map(drop)
    }

    /// Holds on to a job; ends only when that can't be written.
    async fn renew(&self, held: &Held) -> Refusal {
        loop {
            tokio::time::sleep(RENEWED_EVERY).await;
            let mut args = held.found_by();
            args.push(self.now().plus_seconds(LEASE_SECONDS).micros().into());
            if let Err(refusal) = self
                .execute(&format!("update job set free_at = $5 {FOUND}"), &args)
                .await
            {
                return refusal;
            }
        }
    }

    /// Ends a job or sets it for later. One that was asked for again meanwhile stays as it was asked for.
    async fn let_go(&self, held: &Held, next: Next) -> Result<(), Refusal> {
        let mut args = held.found_by();
        let changed = match next {
            Next::Over => {
                self.execute(&format!("delete from job {FOUND}"), &args)
                    .await?
            }
            Next::At(at) => {
                args.push(at.micros().into());
                let sql = format!(
                    "update job set due_at = $5, tries = 0, last_error = null, free_at = 0 {FOUND}"
                );
                self.execute(&sql, &args).await?
            }
        };
        if changed == 0 {
            let sql =
                "update job set free_at = 0 where workspace_id = $1 and kind = $2 and subject = $3";
            self.execute(sql, &held.found_by()[..3]).await?;
        }
        Ok(())
    }

    /// Sets a job that failed for later, or aside for a person. That the system was busy is no failure of the job.
    async fn note_failure(&self, held: &Held, refusal: Refusal) -> Result<(), Refusal> {
        let busy = matches!(refusal, Refusal::TooSoon(_) | Refusal::Full);
        let tries = held.tries + i64::from(!busy);
        let wait = (FIRST_WAIT_SECONDS << tries.clamp(0, 16)).min(LONGEST_WAIT_SECONDS);
        let (now, word) = (self.now(), refusal.logged(held.kind.name).word());
        tracing::warn!(job = held.kind.name, subject = held.due.subject, workspace = %held.due.workspace, reason = word, tries, "a job failed");
        let failed_at = if tries >= MOST_TRIES {
            now.micros().into()
        } else {
            Val::Null(Kind::Int)
        };
        let mut args = held.found_by();
        args.extend([
            tries.into(),
            now.plus_seconds(wait).micros().into(),
            word.into(),
            failed_at,
        ]);
        let sql = format!(
            "update job set tries = $5, free_at = $6, last_error = $7, failed_at = $8 {FOUND}"
        );
        self.execute(&sql, &args).await.map(drop)
    }

    /// One statement in a turn of its own; gives how many rows it changed.
    async fn execute(&self, sql: &str, args: &[Val]) -> Result<u64, Refusal> {
        let mut turn = self.inner.db.turn().await?;
        let changed = turn.execute(sql, args).await?;
        turn.keep().await?.wait().await?;
        Ok(changed)
    }
}
