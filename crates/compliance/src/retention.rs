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
    /// How long a workspace keeps past appointments. At most one per workspace.
    pub struct Retention from NewRetention in "retention" by RetentionId {
        /// Years after the end; `None` keeps them forever.
        years: Option<i64>,
        /// Whether a file must be exported before purging.
        file_first: bool,
    }
}

record! {
    /// An appointment that waits to be purged, or was.
    pub struct Purge from NewPurge in "purge" by PurgeId {
        /// The appointment.
        appointment_id: AppointmentId,
        /// The number people called it by.
        reference: Line<40>,
        /// Since when it waits.
        queued_at: Instant,
        /// From when on it may go.
        due_at: Instant,
        /// The retention period in years.
        years: i64,
        /// The receipt of the file that contains it.
        file_receipt: Option<Line<40>>,
        /// When someone confirmed that this file is complete and can be decrypted.
        filed_at: Option<Instant>,
        /// When it went.
        purged_at: Option<Instant>,
        /// Number of keys destroyed with it.
        keys: i64,
    }
}

/// Six years, which HIPAA requires for policies and the log (45 CFR 164.316(b)(2)); states and agreements often
/// require more for records.
const SHORT_YEARS: i64 = 6;
/// Seconds in the queue, during which anyone in charge can object.
pub(crate) const GRACE_SECONDS: i64 = 14 * 24 * 3600;
const YEAR_SECONDS: i64 = 31_557_600;

/// The instant this many years (of 365.25 days) ago.
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

/// The retention rule, if set.
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
    /// `yes` if a file must be exported before purging.
    pub file_first: Field,
    /// `yes` to confirm that less than six years is meant.
    pub short: Field,
}

/// Sets the retention period. Appointments past it wait two weeks in a queue visible to owners and admins, and are
/// then purged.
#[derive(Debug)]
pub struct SetRetention {
    /// The input.
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

/// The retention period, the queue, and a preview.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ShowRetention {
    /// Preview: number of appointments that would be purged with this many years.
    pub years: Field,
    /// Page cursor of the queue.
    pub cursor: Field,
}

/// The state of retention.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RetentionView {
    /// Years appointments are kept; for ever if empty.
    pub years: Option<i64>,
    /// Whether a file must be exported first.
    pub file_first: bool,
    /// The years the preview is for.
    pub preview_years: Option<i64>,
    /// Number of appointments past the previewed period.
    pub preview: Option<i64>,
    /// Number of those under a legal hold.
    pub preview_held: Option<i64>,
    /// The queue, next first; one page.
    pub waiting: Vec<PurgeView>,
    /// Number in the queue.
    pub waiting_count: i64,
    /// Number of those in no file yet.
    pub unfiled: i64,
    /// Cursor of the next page.
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
    /// When its file was confirmed.
    pub filed_at: Option<Instant>,
    /// When it went.
    pub purged_at: Option<Instant>,
    /// Number of keys destroyed.
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

/// Those of these appointments that are under a legal hold.
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
