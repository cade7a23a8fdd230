//! What an interpreter keeps of an appointment that was taken away: the number, the time, the agreed pay, who
//! took it and when. Nothing in it is about the client.
use crate::Appointment;
use interpres_accounts::names_of_users;
use interpres_directory::ServiceType;
use interpres_gate::{
    Action, Filter, Json, Page, Query, ReadTx, Refusal, WriteTx, async_trait, record,
};
use interpres_rates::Card;
use interpres_types::{
    AppointmentId, Field, FormerAssignmentId, Instant, InterpreterId, Language, Line, Minutes,
    Problems, TeamId, TypedReference, UserId, WallTime, Zone,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

record! {
    /// An appointment that somebody had and no longer has.
    pub struct FormerAssignment from NewFormerAssignment in "former_assignment" by FormerAssignmentId {
        /// Which appointment.
        appointment_id: AppointmentId,
        /// Who had it.
        interpreter_id: InterpreterId,
        /// The team that schedules it.
        team_id: TeamId,
        /// The number people call it by.
        reference: Line<40>,
        /// The language beside English.
        language: Language,
        /// How the interpreter would have been there.
        service_type: ServiceType,
        /// The start on the wall clock of the place, as it was then.
        wall_start: WallTime,
        /// The zone of the place.
        zone: Zone,
        /// How long, scheduled.
        minutes: Minutes,
        /// The pay that was agreed.
        pay_rate: Option<Json<Card>>,
        /// When it was taken away.
        removed_at: Instant,
        /// By whom.
        removed_by: Option<UserId>,
    }
}

/// Notes what was taken away from whom.
pub(crate) async fn keep(
    tx: &mut WriteTx,
    a: &Appointment,
    interpreter: InterpreterId,
    pay: Option<Json<Card>>,
) -> Result<(), Refusal> {
    let former = FormerAssignment {
        pay_rate: pay,
        removed_by: tx.actor().user(),
        ..tx.blank(NewFormerAssignment {
            appointment_id: a.id,
            interpreter_id: interpreter,
            team_id: a.team_id,
            reference: a.reference.clone(),
            language: a.language,
            service_type: a.service_type,
            wall_start: a.wall_start,
            zone: a.zone.clone(),
            minutes: a.minutes,
            removed_at: tx.now(),
        })
        .await?
    };
    tx.save(&former).await.map(drop)
}

/// One's own former appointments, the latest taken first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListFormerAssignments {
    /// The number of one, upper or lower case.
    pub reference: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

/// A former appointment as its interpreter sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FormerView {
    /// Id.
    pub id: FormerAssignmentId,
    /// The appointment's id.
    pub appointment: AppointmentId,
    /// The number people call it by.
    pub reference: String,
    /// Date at the place.
    pub date: String,
    /// The date as people write it.
    #[serde(skip)]
    pub long_date: String,
    /// Time of day at the place.
    pub start: String,
    /// Zone of the place.
    pub zone: String,
    /// Length in minutes.
    pub minutes: i64,
    /// Language beside English.
    pub language: String,
    /// How the interpreter would have been there.
    pub service_type: ServiceType,
    /// The pay that was agreed, in words.
    pub agreed_pay: Option<String>,
    /// When it was taken away.
    pub removed_at: Instant,
    /// By whom.
    pub removed_by: Option<String>,
}

#[async_trait]
impl Query for ListFormerAssignments {
    const ACTION: Action = Action::FormerAssignmentsList;
    type View = Page<FormerView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<FormerView>, Refusal> {
        let mut p = Problems::none();
        let reference = p
            .may::<TypedReference>("reference", &self.reference)
            .map(|r| r.0);
        let (cursor, limit) = (
            p.may::<FormerAssignmentId>("cursor", &self.cursor),
            p.page_limit(&self.limit),
        );
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::before(cursor);
        if let Some(reference) = reference {
            filter.and("upper(reference) = ?", reference.as_str().to_uppercase());
        }
        let page: Page<FormerAssignment> = tx.latest(filter, limit).await?;
        let by = names_of_users(tx, page.items.iter().filter_map(|f| f.removed_by)).await?;
        Ok(page.map(|f| {
            let removed_by = f.removed_by.and_then(|user| by.get(&user).cloned());
            view(f, removed_by)
        }))
    }
}

fn view(f: FormerAssignment, removed_by: Option<String>) -> FormerView {
    FormerView {
        id: f.id,
        appointment: f.appointment_id,
        reference: f.reference.into(),
        date: f.wall_start.date.to_string(),
        long_date: f.wall_start.date.long(),
        start: f.wall_start.clock(),
        zone: f.zone.to_string(),
        minutes: f.minutes.get(),
        language: f.language.to_string(),
        service_type: f.service_type,
        agreed_pay: f.pay_rate.map(|card| card.to_string()),
        removed_at: f.removed_at,
        removed_by,
    }
}
