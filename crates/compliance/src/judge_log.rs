//! Reviews the log, hour by hour.
use crate::{
    Finding, NewFinding, Watch,
    hour::{ActorHistory, Acts, Hour, Suspicion},
};
use interpres_accounts::Member;
use interpres_gate::{
    Action, Bearer, Command, Due, Gate, GoneThrough, Granted, Json, NameWords, NewRecord, Next,
    Notice, Query, ReadTx, Refusal, Val, Work, WorkerKind, WriteTx, async_trait, bind_list,
    is_file,
};
use interpres_types::{FindingId, Instant, Line};
use serde::Serialize;
use std::collections::BTreeMap;

const HOUR_SECONDS: i64 = 3600;
/// An entry may be on disk some seconds after its time; no command takes longer than five.
const SETTLED_SECONDS: i64 = 60;
const AT_A_TIME: i64 = 2_000;
/// Number of earlier entries considered for an actor's habits.
const EARLIER: i64 = 500;
const SILENT_SECONDS: i64 = 90 * 24 * 3600;
const DAY_SECONDS: i64 = 24 * 3600;
const LONG_OVER_SECONDS: i64 = 180 * 24 * 3600;

/// Reviews the next hour of the log.
#[derive(Clone, Copy, Debug)]
struct JudgeHour {
    /// Which the job's row takes for it: believed only where the log doesn't say.
    by_row: Instant,
}

#[async_trait]
impl Query for JudgeHour {
    const ACTION: Action = Action::LogJudge;
    type View = Judged;
    async fn answer(self, tx: &mut ReadTx) -> Result<Judged, Refusal> {
        let from = next_hour(tx, self.by_row).await?;
        if due_after(from) > tx.now() {
            return Ok(Judged::NotYet(due_after(from)));
        }
        let workspace: interpres_accounts::Workspace = tx.find(tx.actor().workspace()).await?;
        let holidays = workspace.business().holidays;
        let (mut hour, mut after) = (Hour::default(), String::new());
        loop {
            let page = tx
                .entries_between(from, from.plus_seconds(HOUR_SECONDS), &after, AT_A_TIME)
                .await?;
            page.iter()
                .for_each(|entry| hour.take(entry, &workspace.zone, &holidays));
            match page.last() {
                Some(last) if page.len() as i64 == AT_A_TIME => after.clone_from(&last.id),
                _ => break,
            }
        }
        let watches: Vec<Watch> = tx.every("ended_at is null", vec![]).await?;
        let watched = watches
            .iter()
            .map(|w| tx.words_of(&w.client_name))
            .collect::<Result<Vec<_>, _>>()?;
        let mut known = BTreeMap::new();
        for (who, acts) in hour.actors.iter().filter(|(_, acts)| acts.person) {
            known.insert(who.clone(), know(tx, who, acts, from, &watched).await?);
        }
        let next = hour_with_entries(tx, from.plus_seconds(HOUR_SECONDS)).await?;
        Ok(Judged::Hour {
            hour: from,
            found: hour.judge(&known),
            next: due_after(next),
        })
    }
}

/// The result of reviewing the next hour.
#[derive(Serialize)]
enum Judged {
    /// Its findings, and when the next hour with entries is reviewed.
    Hour {
        hour: Instant,
        found: Vec<Suspicion>,
        next: Instant,
    },
    /// The hour is not over; it is reviewed then.
    NotYet(Instant),
}

/// The next hour to review: the one after the last that the log records as reviewed, so that no hour is skipped if a
/// job's row was changed or lost.
async fn next_hour(tx: &mut ReadTx, by_row: Instant) -> Result<Instant, Refusal> {
    match tx.gone_through().await? {
        GoneThrough::Until(hour) => hour_with_entries(tx, hour.plus_seconds(HOUR_SECONDS)).await,
        GoneThrough::Nothing => hour_with_entries(tx, Instant::default()).await,
        GoneThrough::Unsaid => Ok(by_row),
    }
}

/// The first hour from then on with an entry; the current hour if there is none.
async fn hour_with_entries(tx: &mut ReadTx, from: Instant) -> Result<Instant, Refusal> {
    let first = tx.first_entry_from(from).await?;
    let at = first.and_then(|entry| entry.at.parse().ok());
    Ok(hour_of(at.unwrap_or(tx.now())))
}

/// An actor's history before the hour under review.
async fn know(
    tx: &mut ReadTx,
    who: &str,
    acts: &Acts,
    from: Instant,
    watched: &[NameWords],
) -> Result<ActorHistory, Refusal> {
    let earlier = tx.entries_before(who, from, EARLIER).await?;
    let at = |text: &str| text.parse::<Instant>().unwrap_or_default();
    let day_before = from.plus_seconds(HOUR_SECONDS - DAY_SECONDS);
    let mut known = ActorHistory {
        addresses: earlier.iter().filter_map(|e| e.address.clone()).collect(),
        long_silent: earlier
            .first()
            .is_some_and(|last| at(&last.at) < from.plus_seconds(-SILENT_SECONDS)),
        exports: earlier
            .iter()
            .filter(|e| is_file(e) && at(&e.at) >= day_before)
            .count(),
        ..ActorHistory::default()
    };
    let ids: Vec<String> = acts.opened.keys().cloned().collect();
    if ids.is_empty() {
        return Ok(known);
    }
    let members: Vec<Member> = tx
        .list("where user_id = $1 limit 1", vec![who.into()])
        .await?;
    let name = members
        .first()
        .map(|m| m.name.to_string())
        .unwrap_or_default();
    const WHOLE: usize = 0;
    let names = [NameWords::of(&name), NameWords::surname_of(&name)];
    let own = bearing(tx, &ids, &names).await?;
    known.own_name = own
        .iter()
        .filter(|bearer| bearer.name == WHOLE)
        .map(|bearer| bearer.record.clone())
        .collect();
    known.own_surname = own
        .iter()
        .filter(|bearer| bearer.name != WHOLE && !known.own_name.contains(&bearer.record))
        .map(|bearer| bearer.record.clone())
        .collect();
    known.watched = bearing(tx, &ids, watched)
        .await?
        .into_iter()
        .map(|bearer| bearer.record)
        .collect();
    known.watched.dedup();
    for some in ids.chunks(64) {
        let mut args = vec![Val::Int(from.plus_seconds(-LONG_OVER_SECONDS).micros())];
        let list = bind_list(&mut args, some.iter().map(|id| id.clone().into()).collect());
        for row in tx
            .rows(
                &format!("select id from busy where ends_at < $1 and id in ({list}) limit 64"),
                args,
            )
            .await?
        {
            known.long_over.push(row.text("id")?.to_owned());
        }
    }
    Ok(known)
}

/// Which of these appointments and clients have which of these names: the client's own, or one that an earlier
/// version stored on the appointment.
async fn bearing(
    tx: &mut ReadTx,
    ids: &[String],
    names: &[NameWords],
) -> Result<Vec<Bearer>, Refusal> {
    let mut out = tx.bearing("appointment", "client_name", ids, names).await?;
    let mut of_client: BTreeMap<String, Vec<String>> = ids
        .iter()
        .map(|id| (id.clone(), vec![id.clone()]))
        .collect();
    for some in ids.chunks(64) {
        let mut args = Vec::new();
        let list = bind_list(&mut args, some.iter().map(|id| id.clone().into()).collect());
        let sql = format!(
            "select id, client_id from client_use where client_id is not null and id in ({list})"
        );
        for row in tx.rows(&sql, args).await? {
            let client = row.text("client_id")?.to_owned();
            of_client
                .entry(client)
                .or_default()
                .push(row.text("id")?.to_owned());
        }
    }
    let clients: Vec<String> = of_client.keys().cloned().collect();
    for client in tx.bearing("client", "name", &clients, names).await? {
        let theirs = of_client.get(&client.record).into_iter().flatten();
        out.extend(theirs.map(|id| Bearer {
            record: id.clone(),
            ..client
        }));
    }
    Ok(out)
}

/// Saves an hour's findings, records the review, and notifies owners, admins and compliance officers.
struct NoteFindings {
    hour: Instant,
    found: Vec<Suspicion>,
}

#[async_trait]
impl Command for NoteFindings {
    const ACTION: Action = Action::LogNote;
    type Outcome = i64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<i64, Refusal> {
        let lock = tx.alone("findings").await?;
        tx.went_through(self.hour)?;
        let mut new = 0;
        for suspicion in self.found {
            let args = vec![
                Val::text(suspicion.pattern),
                suspicion.who.clone().into(),
                self.hour.micros().into(),
                suspicion.first_entry.clone().into(),
            ];
            if tx
                .count::<Finding>(
                    &lock,
                    "where pattern = $1 and who = $2 and hour = $3 and first_entry = $4",
                    args,
                )
                .await?
                == 0
            {
                let finding = finding(tx, self.hour, suspicion)?;
                tx.save(&finding).await?;
                new += 1;
            }
        }
        if new > 0 {
            let notice = Notice::new("findings", "The log holds something to look at: ")
                .mention(&new)
                .say(" new findings.")
                .goes_to("/audit/findings");
            tx.tell_those_in_charge(&notice).await?;
        }
        Ok(new)
    }
}

fn finding(tx: &WriteTx, hour: Instant, of: Suspicion) -> Result<Finding, Refusal> {
    Ok(Finding {
        address: of.address.map(Line::kept),
        ..NewFinding {
            pattern: of.pattern,
            who: Line::kept(of.who),
            hour,
            first_entry: of.first_entry.parse().map_err(Refusal::fault)?,
            times: of.times,
            records: Json(of.records),
        }
        .blank(tx.mint::<FindingId>(), None)
    })
}

/// When the hour that begins then is reviewed.
const fn due_after(hour: Instant) -> Instant {
    hour.plus_seconds(HOUR_SECONDS + SETTLED_SECONDS)
}

const fn hour_of(at: Instant) -> Instant {
    Instant::from_micros(at.micros() - at.micros().rem_euclid(HOUR_SECONDS * 1_000_000))
}

/// The job that reviews each hour of a workspace's log once it is over.
pub(crate) struct JudgesLog;

impl Work for JudgesLog {
    const NAME: &'static str = "log.judge";
    const WORDS: &'static str = "Goes through an hour of the log";
    fn first(now: Instant) -> Option<Instant> {
        Some(due_after(hour_of(now)))
    }
    async fn work(gate: &Gate, due: &Due) -> Result<Next, Refusal> {
        let worker = gate.worker(due.workspace, WorkerKind::Reviewer);
        let by_row = hour_of(due.at.plus_seconds(-HOUR_SECONDS - SETTLED_SECONDS));
        match gate.view(&worker, JudgeHour { by_row }).await?.into_inner() {
            Judged::NotYet(at) => Ok(Next::At(at)),
            Judged::Hour { hour, found, next } => {
                gate.perform(&worker, NoteFindings { hour, found }).await?;
                Ok(Next::At(next))
            }
        }
    }
}
