//! Emergency access, or breaking the glass (AC9; 45 CFR 164.312(a)(2)(ii)): opening another team's appointment for a
//! stated reason and a short time. Owners are notified at once, and someone else reviews it afterwards.
use interpres_accounts::Member;
use interpres_gate::{
    Action, Command, Filter, Granted, Letter, Notice, Page, Query, ReadTx, Refusal, Val, WriteTx,
    async_trait, record,
};
use interpres_scheduling::{Appointment, AppointmentView, views};
use interpres_types::{
    AppointmentId, BreakGlassId, Field, Instant, Line, Problems, Rule, TypedReference, UserId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Maximum duration in minutes.
pub const LONGEST_MINUTES: i64 = 60;

record! {
    /// One use of emergency access.
    pub struct BreakGlass from NewBreakGlass in "break_glass" by BreakGlassId {
        /// Who used it.
        user_id: UserId,
        /// Their name.
        name: Line<120>,
        /// The appointment opened.
        appointment_id: AppointmentId,
        /// The number people call it by.
        reference: Line<40>,
        /// Why, without a client's name.
        reason: Line<200>,
        /// When it began.
        opened_at: Instant,
        /// When it ends.
        ends_at: Instant,
        /// Who reviewed it.
        reviewed_by: Option<UserId>,
        /// Whether it was justified.
        justified: Option<bool>,
        /// When it was reviewed.
        reviewed_at: Option<Instant>,
    }
}

/// The appointment to open, and the reason.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BreakGlassInput {
    /// The appointment's reference; required.
    pub reference: Field,
    /// Why, without a client's name; required, at least ten characters.
    pub reason: Field,
    /// Minutes, 1–60; default 30.
    pub minutes: Field,
}

/// Breaks the glass over one appointment.
#[derive(Debug)]
pub struct OpenByBreakGlass {
    /// What, and why.
    pub input: BreakGlassInput,
}

/// Emergency access that was granted.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Opened {
    /// Its id, under which the appointment is shown.
    pub id: BreakGlassId,
    /// When it ends.
    pub ends_at: Instant,
}

#[async_trait]
impl Command for OpenByBreakGlass {
    const ACTION: Action = Action::GlassBreak;
    type Outcome = Opened;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Opened, Refusal> {
        let mut p = Problems::none();
        let (reference, reason) = (
            p.need::<TypedReference>("reference", &self.input.reference)
                .map(|r| r.0),
            p.need::<Line<200>>("reason", &self.input.reason),
        );
        if reason
            .as_ref()
            .is_some_and(|r| r.as_str().chars().count() < 10)
        {
            p.add(
                "reason",
                Rule::new("must be at least 10 characters, enough for someone else to judge"),
            );
        }
        let minutes = if self.input.minutes.is_blank() {
            Some(30)
        } else {
            self.input.minutes.raw().trim().parse().ok()
        };
        let minutes = minutes
            .filter(|m| (1..=LONGEST_MINUTES).contains(m))
            .unwrap_or_else(|| {
                p.add("minutes", Rule::new("must be 1 to 60"));
                0
            });
        let (Some(reference), Some(reason), true) = (reference, reason, p.is_empty()) else {
            return Err(p.into());
        };
        let found: Vec<Appointment> = tx
            .list("where reference = $1", vec![Val::text(&reference)])
            .await?;
        let appointment = found.into_iter().next().ok_or(Refusal::NotFound)?;
        let (user, name) = (
            tx.actor().user().ok_or(Refusal::Forbidden)?,
            Line::kept(tx.actor().name().to_owned()),
        );
        let (now, ends_at) = (tx.now(), tx.now().plus_minutes(minutes));
        tx.saw("appointment", appointment.id);
        let glass = tx
            .blank(NewBreakGlass {
                user_id: user,
                name,
                appointment_id: appointment.id,
                reference,
                reason,
                opened_at: now,
                ends_at,
            })
            .await?;
        let id = tx.save(&glass).await?.id;
        let words = "Emergency access was used: an appointment of another team was opened for a stated reason. Review it.";
        tx.tell_those_in_charge(&Notice::new("legal", words).goes_to("/break-glass"))
            .await?;
        let owners: Vec<Member> = tx
            .list(
                "where role = 'owner' and ended_at is null order by id limit 20",
                vec![],
            )
            .await?;
        for owner in owners {
            tx.post(Letter::new(
                owner.email.clone(),
                Notice::new("Emergency access was used", words).goes_to("/break-glass"),
            ))
            .await?;
        }
        Ok(Opened { id, ends_at })
    }
}

/// What emergency access shows.
#[derive(Serialize, JsonSchema)]
pub struct UnderGlass {
    /// When it ends.
    pub ends_at: Instant,
    /// The appointment.
    pub appointment: AppointmentView,
}

/// The appointment under one's own emergency access, until it ends.
#[derive(Debug)]
pub struct ShowUnderGlass(pub BreakGlassId);

#[async_trait]
impl Query for ShowUnderGlass {
    const ACTION: Action = Action::GlassShow;
    type View = UnderGlass;
    async fn answer(self, tx: &mut ReadTx) -> Result<UnderGlass, Refusal> {
        let glass: BreakGlass = tx.find(self.0).await?;
        if Some(glass.user_id) != tx.actor().user() || tx.now() >= glass.ends_at {
            return Err(Refusal::NotFound);
        }
        let appointment: Appointment = tx.find(glass.appointment_id).await?;
        let (notes, internal_notes) = (
            tx.may_reveal(appointment.notes.as_ref())?,
            tx.may_reveal(appointment.internal_notes.as_ref())?,
        );
        let mut view = views(tx, vec![appointment])
            .await?
            .pop()
            .ok_or(Refusal::NotFound)?;
        view.notes = notes;
        view.internal_notes = internal_notes;
        Ok(UnderGlass {
            ends_at: glass.ends_at,
            appointment: view,
        })
    }
}

/// Uses of emergency access, latest first.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListBroken {
    /// `open` for those not yet reviewed.
    pub state: Field,
    /// Page size, 1–200; default 50.
    pub limit: Field,
    /// Page cursor.
    pub cursor: Field,
}

/// A use of emergency access, as owners and admins see it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BrokenView {
    /// Its id.
    pub id: BreakGlassId,
    /// Who used it.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// The appointment's reference.
    pub reference: String,
    /// The reason given.
    pub reason: String,
    /// When it began.
    pub opened_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
    /// Whether it was justified; `None` until reviewed.
    pub justified: Option<bool>,
    /// When it was reviewed.
    pub reviewed_at: Option<Instant>,
}

#[async_trait]
impl Query for ListBroken {
    const ACTION: Action = Action::GlassList;
    type View = Page<BrokenView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<BrokenView>, Refusal> {
        let mut p = Problems::none();
        let limit = p.page_limit(&self.limit);
        let cursor = p.may::<BreakGlassId>("cursor", &self.cursor);
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::before(cursor);
        if self.state.raw() == "open" {
            filter.sql += " and reviewed_at is null";
        }
        let page: Page<BreakGlass> = tx.latest(filter, limit).await?;
        Ok(page.map(|g| BrokenView {
            id: g.id,
            user: g.user_id,
            name: g.name.to_string(),
            reference: g.reference.to_string(),
            reason: g.reason.to_string(),
            opened_at: g.opened_at,
            ends_at: g.ends_at,
            justified: g.justified,
            reviewed_at: g.reviewed_at,
        }))
    }
}

/// Records whether it was justified. No one reviews their own.
#[derive(Debug)]
pub struct ReviewBroken {
    /// The use of emergency access.
    pub id: BreakGlassId,
    /// Whether it was justified.
    pub justified: bool,
}

#[async_trait]
impl Command for ReviewBroken {
    const ACTION: Action = Action::GlassReview;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut glass: BreakGlass = tx.find(self.id).await?;
        if Some(glass.user_id) == tx.actor().user() {
            return Err(Refusal::conflict(
                "You can’t review your own emergency access. Someone else must.",
            ));
        }
        if glass.reviewed_at.is_some() {
            return Err(Refusal::conflict("This was reviewed already."));
        }
        glass.reviewed_by = tx.actor().user();
        glass.justified = Some(self.justified);
        glass.reviewed_at = Some(tx.now());
        tx.save(&glass).await.map(drop)
    }
}
