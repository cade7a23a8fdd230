use crate::{
    Appointment, Booked, Status,
    audience::STAFF,
    take_off_hold::ComesBack,
    transition::{Step, advance, appointment_alone},
};
use interpres_accounts::names_of_users;
use interpres_gate::{
    Action, Command, Filter, Granted, Phi, Query, ReadTx, Refusal, Shown, Val, WriteTx,
    async_trait, record,
};
use interpres_types::{
    AppointmentId, Field, Instant, LocalDate, Note, OnHoldId, Problems, Rule, UserId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

record! {
    /// That an appointment was put on hold: until when, why, and by whom. The latest counts, while the appointment is on hold.
    pub struct OnHold from NewOnHold in "on_hold" by OnHoldId, sealed {
        /// Which appointment.
        appointment_id: AppointmentId,
        /// The day on which it comes back by itself, at its place.
        until: LocalDate,
        /// Why: may name the client.
        reason: Option<Phi<Note<500>>> => STAFF,
        /// Since when.
        put_at: Instant,
        /// By whom.
        put_by: Option<UserId> => STAFF,
        /// When that day begins, for the job that waits for it. Not known of those that are older than this column.
        comes_back_at: Option<Instant>,
    }
}

impl OnHold {
    /// When the day begins at the appointment's place, which is its own day at the latest.
    pub(crate) fn comes_back(&self, a: &Appointment) -> Instant {
        a.zone.midnight(self.until.min(a.wall_start.date))
    }
    /// Goes by where and when the appointment takes place now. Whoever changes that leaves the job.
    pub(crate) async fn follow(mut self, tx: &mut WriteTx, a: &Appointment) -> Result<(), Refusal> {
        let at = self.comes_back(a);
        if self.comes_back_at == Some(at) {
            return Ok(());
        }
        self.comes_back_at = Some(at);
        tx.save(&self).await?;
        tx.later::<ComesBack>(at, "").await
    }
}

/// Until when and why, as it comes in.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OnHoldInput {
    /// The day on which it comes back by itself, after today and not after its own; required.
    pub until: Field,
    /// Why, for staff; required.
    pub reason: Field,
}

/// Puts an appointment on hold that nobody has yet: it is not offered, and whoever was asked is told that it is gone. It
/// comes back on a day, or when somebody takes it off hold.
#[derive(Debug)]
pub struct PutOnHold {
    /// Which.
    pub id: AppointmentId,
    /// Until when and why.
    pub input: OnHoldInput,
}

#[async_trait]
impl Command for PutOnHold {
    const ACTION: Action = Action::AppointmentPutOnHold;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let a = appointment_alone(tx, self.id).await?;
        let mut p = Problems::none();
        let until = p.need::<LocalDate>("until", &self.input.until);
        let reason = p.need::<Note<500>>("reason", &self.input.reason);
        let today = a.zone.wall_time(tx.now()).date;
        if until.is_some_and(|day| day <= today || day > a.wall_start.date) {
            p.add(
                "until",
                Rule::new("must be after today and not after the appointment's own day"),
            );
        }
        let (Some(until), Some(reason), true) = (until, reason, p.is_empty()) else {
            return Err(p.into());
        };
        let a = advance(tx, a, Step::PutOnHold).await?;
        let on_hold = OnHold {
            reason: Some(Phi::new(reason)),
            put_by: tx.actor().user(),
            ..tx.blank(NewOnHold {
                appointment_id: a.id,
                until,
                put_at: tx.now(),
            })
            .await?
        };
        on_hold.follow(tx, &a).await?;
        Ok(a.into())
    }
}

/// That an appointment is on hold, as shown.
#[derive(Serialize, JsonSchema)]
pub struct OnHoldView {
    /// The day on which it comes back by itself, at its place.
    pub until: String,
    /// The day as people write it.
    #[serde(skip)]
    pub long_until: String,
    /// Why; for staff only.
    pub reason: Option<Shown<Note<500>>>,
    /// Since when.
    pub put_at: Instant,
    /// By whom; for staff only.
    pub put_by: Option<String>,
}

/// Why an appointment is on hold and until when; nothing when it is not. Whoever filed it is told until when.
#[derive(Debug)]
pub struct ShowOnHold(pub AppointmentId);

#[async_trait]
impl Query for ShowOnHold {
    const ACTION: Action = Action::AppointmentShow;
    type View = Option<OnHoldView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Option<OnHoldView>, Refusal> {
        let a: Appointment = tx.find(self.0).await?;
        if a.status != Status::OnHold {
            return Ok(None);
        }
        let Some(on_hold) = latest(tx, a.id).await? else {
            return Ok(None);
        };
        let reason = on_hold.reason.as_ref();
        let reason = tx.may_reveal_with::<Appointment, _>(reason, a.id, "hold_reason")?;
        let names = names_of_users(tx, on_hold.put_by.into_iter()).await?;
        Ok(Some(OnHoldView {
            until: on_hold.until.to_string(),
            long_until: on_hold.until.long(),
            reason,
            put_at: on_hold.put_at,
            put_by: on_hold.put_by.and_then(|user| names.get(&user).cloned()),
        }))
    }
}

/// How an appointment that is on hold came to be so.
pub(crate) async fn latest(
    tx: &mut ReadTx,
    appointment: AppointmentId,
) -> Result<Option<OnHold>, Refusal> {
    let of_it = Filter::begin("where appointment_id = $1", vec![Val::text(appointment)]);
    Ok(tx.latest(of_it, 1).await?.items.pop())
}
