use crate::LegalHold;
use interpres_gate::{
    Action, Command, Granted, Query, ReadTx, Refusal, Val, WriteTx, async_trait, bind_list, record,
};
use interpres_scheduling::{Appointment, Status};
use interpres_types::AppointmentId;
use interpres_types::{Field, Instant, Line, Problems, PurgeId, RetentionId, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, str::FromStr};

record! {
    /// For how long a workspace keeps appointments that are over. There is one at most.
    pub struct Retention from NewRetention in "retention" by RetentionId {
        /// Years from the end; for ever when nothing is said.
        years: Option<i64>,
        /// Whether a file of what will be purged must be taken first.
        file_first: bool,
    }
}

record! {
    /// An appointment that waits to be purged, or was.
    pub struct Purge from NewPurge in "purge" by PurgeId {
        /// Which.
        appointment_id: AppointmentId,
        /// The number people called it by.
        reference: Line<40>,
        /// Since when it waits.
        queued_at: Instant,
        /// From when on it may go.
        due_at: Instant,
        /// For how many years it was kept.
        years: i64,
        /// What a file that holds it says at its end.
        file_receipt: Option<Line<40>>,
        /// When somebody said that this file is complete and opens.
        filed_at: Option<Instant>,
        /// When it went.
        purged_at: Option<Instant>,
        /// How many keys were destroyed with it.
        keys: i64,
    }
}

/// Six years, which HIPAA asks of policies and of the log (45 CFR 164.316(b)(2)); what a state or an
/// agreement asks of records is often more.
const SHORT_YEARS: i64 = 6;
/// How long everybody can still say no.
pub(crate) const GRACE_SECONDS: i64 = 14 * 24 * 3600;
const YEAR_SECONDS: i64 = 31_557_600;

/// The last moment that is older than so many years of 365.25 days.
pub(crate) const fn years_before(now: Instant, years: i64) -> Instant {
    now.plus_seconds(-years * YEAR_SECONDS)
}

/// Final statuses, as a list for statements.
pub(crate) fn final_statuses() -> String {
    let words: Vec<String> = Status::ALL
        .iter()
        .filter(|status| status.is_final())
        .map(|status| format!("'{status}'"))
        .collect();
    format!("({})", words.join(", "))
}

/// What was said about keeping, if anything was.
pub(crate) async fn retention(tx: &mut ReadTx) -> Result<Option<Retention>, Refusal> {
    Ok(tx
        .list::<Retention>("order by id limit 1", vec![])
        .await?
        .pop())
}

/// A number of years, from 1 to 50.
struct Years(i64);
impl FromStr for Years {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let years = raw.trim().parse().ok().filter(|n| (1..=50).contains(n));
        years.map(Self).ok_or(Rule::new(
            "must be 1 to 50, or blank to keep appointments forever",
        ))
    }
}

/// For how long to keep appointments.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionInput {
    /// Years from the end of an appointment; empty to keep them for ever.
    pub years: Field,
    /// `yes` when a file of what will be purged must be taken first.
    pub file_first: Field,
    /// `yes` to confirm that less than six years is meant.
    pub short: Field,
}

/// Says for how long appointments are kept. What is over for longer waits two weeks in a queue that
/// everybody in charge can see, and is purged then.
#[derive(Debug)]
pub struct SetRetention {
    /// How long.
    pub input: RetentionInput,
}

/// The retention's version now.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct RetentionSet {
    /// Its version.
    pub version: i64,
}

#[async_trait]
impl Command for SetRetention {
    const ACTION: Action = Action::RetentionSet;
    type Outcome = RetentionSet;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<RetentionSet, Refusal> {
        let mut p = Problems::none();
        let years = p.may::<Years>("years", &self.input.years).map(|y| y.0);
        let said = |field: &Field| field.raw().trim() == "yes";
        if years.is_some_and(|y| y < SHORT_YEARS) && !said(&self.input.short) {
            p.add("short", "must be confirmed: less than six years is shorter than HIPAA asks for related documents, and than many states ask for records");
        }
        if !p.is_empty() {
            return Err(p.into());
        }
        let old = retention(tx).await?;
        let (id, version) = old.map_or_else(|| (tx.mint(), 0), |old| (old.id, old.version));
        let retention = Retention {
            id,
            version,
            key: None,
            years,
            file_first: said(&self.input.file_first),
        };
        Ok(RetentionSet {
            version: tx.save(&retention).await?.version,
        })
    }
}

/// How long appointments are kept, what waits to be purged, and what would.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ShowRetention {
    /// Preview: how many appointments would go if they were kept for so many years.
    pub years: Field,
    /// Where the page of what waits begins.
    pub cursor: Field,
}

/// How retention stands.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RetentionView {
    /// Years appointments are kept; for ever when empty.
    pub years: Option<i64>,
    /// Whether a file must be taken first.
    pub file_first: bool,
    /// The years the preview is for.
    pub preview_years: Option<i64>,
    /// How many appointments are over for longer than that.
    pub preview: Option<i64>,
    /// How many of these are under a legal hold.
    pub preview_held: Option<i64>,
    /// What waits, the next first; a page.
    pub waiting: Vec<PurgeView>,
    /// How many wait.
    pub waiting_count: i64,
    /// How many of them are in no file yet.
    pub unfiled: i64,
    /// Where the next page begins.
    pub next: Option<String>,
    /// The latest fifty that were purged.
    pub purged: Vec<PurgeView>,
}

/// An appointment in the queue.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PurgeView {
    /// Its id in the queue.
    pub id: PurgeId,
    /// The appointment.
    pub appointment: AppointmentId,
    /// The number people call it by.
    pub reference: String,
    /// From when on it may go.
    pub due_at: Instant,
    /// Whether it is under a legal hold.
    pub held: bool,
    /// When it was said to be in a file.
    pub filed_at: Option<Instant>,
    /// When it went.
    pub purged_at: Option<Instant>,
    /// How many keys were destroyed.
    pub keys: i64,
}

#[async_trait]
impl Query for ShowRetention {
    const ACTION: Action = Action::RetentionShow;
    type View = RetentionView;
    async fn answer(self, tx: &mut ReadTx) -> Result<RetentionView, Refusal> {
        let mut p = Problems::none();
        let (years, cursor) = (
            p.may::<Years>("years", &self.years).map(|y| y.0),
            p.may::<PurgeId>("cursor", &self.cursor),
        );
        if !p.is_empty() {
            return Err(p.into());
        }
        let kept = retention(tx).await?;
        let preview_years = years.or_else(|| kept.as_ref().and_then(|k| k.years));
        let (mut preview, mut preview_held) = (None, None);
        if let Some(years) = preview_years {
            let before = Val::Int(years_before(tx.now(), years).micros());
            let over = format!(
                "a where a.status in {} and a.ends_at < $1",
                final_statuses()
            );
            let held = "and exists (select 1 from hold h where h.appointment_id = a.id and h.ended_at is null)";
            preview = Some(tx.count::<Appointment>(&over, vec![before.clone()]).await?);
            preview_held = Some(
                tx.count::<Appointment>(&format!("{over} {held}"), vec![before])
                    .await?,
            );
        }
        let after = cursor.map_or_else(String::new, |c| c.to_string());
        let mut waiting: Vec<Purge> = tx
            .list(
                "where purged_at is null and id > $1 order by id limit 51",
                vec![after.into()],
            )
            .await?;
        let next = (waiting.len() > 50).then(|| waiting[49].id.to_string());
        waiting.truncate(50);
        let purged: Vec<Purge> = tx
            .list(
                "where purged_at is not null order by purged_at desc, id limit 50",
                vec![],
            )
            .await?;
        let under_hold = under_legal_hold(tx, &waiting).await?;
        let view = |p: Purge| PurgeView {
            id: p.id,
            appointment: p.appointment_id,
            held: under_hold.contains(&p.appointment_id),
            reference: p.reference.into(),
            due_at: p.due_at,
            filed_at: p.filed_at,
            purged_at: p.purged_at,
            keys: p.keys,
        };
        Ok(RetentionView {
            years: kept.as_ref().and_then(|k| k.years),
            file_first: kept.is_some_and(|k| k.file_first),
            preview_years,
            preview,
            preview_held,
            waiting_count: tx.count::<Purge>("where purged_at is null", vec![]).await?,
            unfiled: tx
                .count::<Purge>("where purged_at is null and filed_at is null", vec![])
                .await?,
            waiting: waiting.into_iter().map(view).collect(),
            next,
            purged: purged.into_iter().map(view).collect(),
        })
    }
}

/// Which of these appointments are under a legal hold.
async fn under_legal_hold(
    tx: &mut ReadTx,
    waiting: &[Purge],
) -> Result<BTreeSet<AppointmentId>, Refusal> {
    let mut args = Vec::new();
    let list = bind_list(
        &mut args,
        waiting
            .iter()
            .map(|p| Val::text(p.appointment_id))
            .collect(),
    );
    let holds: Vec<LegalHold> = tx
        .list(
            &format!(
                "where ended_at is null and appointment_id in ({list}) order by id limit 1000"
            ),
            args,
        )
        .await?;
    Ok(holds.into_iter().map(|hold| hold.appointment_id).collect())
}
