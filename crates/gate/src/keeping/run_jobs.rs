//! Doing jobs whose time has come: on every process, several at once, no workspace before its turn or on every lane. Whoever takes one holds
//! it for a minute at a time, so that one whose process was killed is taken up by another.
use crate::identity::token::Token;
use crate::passage::{
    gate::Gate,
    jobs::{Due, JobKind, Next, Work},
    refusal::Refusal,
    stored_id::parse,
    warnings::Warning,
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
/// The jobs that every workspace has come back within a day; one that is set for later than two was not set by us.
const LONGEST_STANDING_SECONDS: i64 = 2 * 24 * 3600;

/// How many jobs of one workspace are under way at once, on all processes together: half of what one process does, so that
/// purges of minutes, however many, keep nobody else waiting. Processes that look at the same moment may exceed it by one each.
const MOST_OF_ONE: i64 = 2;

/// The job of the workspace that has the fewest under way, then the one that has waited for longest. What names a workspace
/// that is not here is nobody's.
const NEXT: &str = "select workspace_id, kind, subject, due_at, asked, tries from (
    select waiting.*, (select count(*) from job busy where busy.workspace_id = waiting.workspace_id and busy.holder is not null and busy.free_at > $1) as under_way from (
    select workspace_id, kind, subject, due_at, asked, tries, row_number() over (partition by workspace_id order by due_at, kind, subject) as place
    from job where failed_at is null and due_at <= $1 and free_at <= $1
      and exists (select 1 from workspace_row w where w.workspace_id = job.workspace_id and w.id = w.workspace_id)) waiting
    where place = 1) fair
  where under_way < $2
  order by under_way, due_at limit 1";

/// A job that this process holds.
struct Held {
    kind: JobKind,
    due: Due,
    asked: i64,
    tries: i64,
    /// Its row, by what stands in it.
    row: [Val; 3],
    /// The name under which it is held: nobody else's.
    holder: String,
}

impl Held {
    /// The job's row while it is held here.
    fn found(&self) -> Vec<Val> {
        let mut args = self.row.to_vec();
        args.push(self.holder.as_str().into());
        args
    }
    /// The same, unless it was asked for again meanwhile.
    fn found_as_asked(&self) -> Vec<Val> {
        let mut args = self.found();
        args.push(self.asked.into());
        args
    }
}

const ROW: &str = "where workspace_id = $1 and kind = $2 and subject = $3";
const HELD: &str = "where workspace_id = $1 and kind = $2 and subject = $3 and holder = $4";

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
        if let Err(refusal) = self.begin_jobs().await {
            tracing::warn!(
                reason = refusal.logged("jobs").word(),
                "not every job could begin"
            );
        }
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
            let stored = [
                row.get("workspace_id")?.clone(),
                W::NAME.into(),
                row.get("subject")?.clone(),
            ];
            let held = Held {
                kind: JobKind::of::<W>(),
                due: Due {
                    workspace: parse(row.text("workspace_id")?)?,
                    subject: row.text("subject")?.to_owned(),
                    at: Instant::from_micros(row.int("due_at")?),
                },
                asked: row.int("asked")?,
                tries: 0,
                row: stored,
                holder: Token::random().expose().to_owned(),
            };
            self.execute(&format!("update job set holder = $4 {ROW}"), &held.found())
                .await?;
            let next = W::work(self, &held.due).await?;
            self.let_go(&held, next).await?;
        }
    }

    /// Gives every workspace the jobs that each has at all times, and those that its rows are owed. A kind that fails keeps
    /// none of the others from beginning.
    ///
    /// # Errors
    /// The last fault of the database.
    pub async fn begin_jobs(&self) -> Result<(), Refusal> {
        let mut outcome = Ok(());
        for kind in &self.inner.jobs {
            if let Err(refusal) = self.begin(kind).await {
                outcome = Err(refusal);
            }
        }
        outcome
    }

    async fn begin(&self, kind: &JobKind) -> Result<(), Refusal> {
        let now = self.now();
        if let Some(at) = (kind.first)(now) {
            let missing = "insert into job (workspace_id, kind, subject, due_at)
                select w.workspace_id, cast($1 as text), '', cast($2 as bigint) from workspace_row w where w.workspace_id = w.id
                and not exists (select 1 from job j where j.workspace_id = w.workspace_id and j.kind = $1 and j.subject = '') on conflict do nothing";
            let too_late =
                "update job set due_at = $2 where kind = $1 and subject = '' and due_at > $3";
            let latest = now.plus_seconds(LONGEST_STANDING_SECONDS).micros();
            let args: [Val; 3] = [kind.name.into(), at.micros().into(), latest.into()];
            self.execute(missing, &args[..2]).await?;
            self.execute(too_late, &args).await?;
        }
        if let Some(owed) = kind.owed {
            let missing = format!(
                "insert into job (workspace_id, kind, subject, due_at) select o.workspace_id, cast($1 as text), '', o.due_at from ({owed}) o
                where not exists (select 1 from job j where j.workspace_id = o.workspace_id and j.kind = $1 and j.subject = '') on conflict do nothing"
            );
            self.execute(&missing, &[kind.name.into()]).await?;
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
                .rows(NEXT, &[now.micros().into(), MOST_OF_ONE.into()])
                .await?;
            let Some(row) = rows.first() else {
                return Ok(None);
            };
            let stored = [
                row.get("workspace_id")?.clone(),
                row.get("kind")?.clone(),
                row.get("subject")?.clone(),
            ];
            let Ok(Some(held)) = self.held(row, stored.clone()) else {
                self.set_aside(stored, now).await?;
                continue;
            };
            let mut args = held.found_as_asked();
            args.extend([
                now.micros().into(),
                now.plus_seconds(LEASE_SECONDS).micros().into(),
            ]);
            let sql = format!(
                "update job set free_at = $7, holder = $4 {ROW} and asked = $5 and failed_at is null and due_at <= $6 and free_at <= $6"
            );
            if self.execute(&sql, &args).await? == 1 {
                return Ok(Some(held));
            }
        }
    }

    /// The job of a row; nothing for one of a kind that is not known here.
    fn held(&self, row: &Row, stored: [Val; 3]) -> Result<Option<Held>, Refusal> {
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
            row: stored,
            holder: Token::random().expose().to_owned(),
        }))
    }

    /// Keeps a row that can't be done here from being met again at once. Its kind may be a newer version's, which runs beside
    /// this one; or it says what no version wrote, and must keep nobody from the others.
    async fn set_aside(&self, stored: [Val; 3], now: Instant) -> Result<(), Refusal> {
        tracing::warn!("a job can't be read here and was set aside for an hour");
        let mut args = stored.to_vec();
        args.push(now.plus_seconds(LONGEST_WAIT_SECONDS).micros().into());
        self.execute(&format!("update job set free_at = $4 {ROW}"), &args)
            .await
            .map(drop)
    }

    /// Holds on to a job; ends only when that can't be written.
    async fn renew(&self, held: &Held) -> Refusal {
        loop {
            tokio::time::sleep(RENEWED_EVERY).await;
            let mut args = held.found();
            args.push(self.now().plus_seconds(LEASE_SECONDS).micros().into());
            if let Err(refusal) = self
                .execute(&format!("update job set free_at = $5 {HELD}"), &args)
                .await
            {
                return refusal;
            }
        }
    }

    /// Ends a job or sets it for later. One that was asked for again meanwhile stays as it was asked for.
    async fn let_go(&self, held: &Held, next: Next) -> Result<(), Refusal> {
        let mut args = held.found_as_asked();
        let changed = match next {
            Next::Over => {
                let sql = format!("delete from job {HELD} and asked = $5");
                self.execute(&sql, &args).await?
            }
            Next::At(at) => {
                args.push(at.micros().into());
                let sql = format!(
                    "update job set due_at = $6, tries = 0, last_error = null, free_at = 0, holder = null {HELD} and asked = $5"
                );
                self.execute(&sql, &args).await?
            }
        };
        if changed == 0 {
            let sql = format!("update job set free_at = 0, holder = null {HELD}");
            self.execute(&sql, &held.found()).await?;
        }
        Ok(())
    }

    /// Sets a job that failed for later, or aside for a person, who is told. That the system was busy is no failure of the
    /// job, and the jobs that every workspace has are tried for ever: what they watch over must not end unseen.
    async fn note_failure(&self, held: &Held, refusal: Refusal) -> Result<(), Refusal> {
        let busy = matches!(refusal, Refusal::TooSoon(_) | Refusal::Full);
        let tries = held.tries + i64::from(!busy);
        let wait = (FIRST_WAIT_SECONDS << tries.clamp(0, 16)).min(LONGEST_WAIT_SECONDS);
        let (now, word) = (self.now(), refusal.logged(held.kind.name).word());
        tracing::warn!(job = held.kind.name, subject = held.due.subject, workspace = %held.due.workspace, reason = word, tries, "a job failed");
        let gives_up = tries >= MOST_TRIES && (held.kind.first)(now).is_none();
        let mut args = held.found_as_asked();
        args.extend([
            tries.into(),
            now.plus_seconds(wait).micros().into(),
            word.into(),
            if gives_up {
                now.micros().into()
            } else {
                Val::Null(Kind::Int)
            },
        ]);
        let sql = format!(
            "update job set tries = $6, free_at = $7, last_error = $8, failed_at = $9, holder = null {HELD} and asked = $5"
        );
        if self.execute(&sql, &args).await? == 0 {
            let sql = format!("update job set free_at = 0, holder = null {HELD}");
            self.execute(&sql, &held.found()).await?;
        } else if !busy && tries == MOST_TRIES {
            self.inner
                .keys
                .warnings
                .add(held.due.workspace, Warning::Job);
        }
        Ok(())
    }

    /// One statement in a turn of its own; gives how many rows it changed.
    async fn execute(&self, sql: &str, args: &[Val]) -> Result<u64, Refusal> {
        let mut turn = self.inner.db.turn().await?;
        let changed = turn.execute(sql, args).await?;
        turn.keep().await?.wait().await?;
        Ok(changed)
    }
}
