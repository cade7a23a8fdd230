//! The one way through the states of an appointment. Every command that moves one goes through [`advance`],
//! which owns its status, its stamps, whose time it takes, what somebody keeps of a job that was taken away,
//! and the notices. Rooms above react to [`Moved`] in the same transaction: offers are withdrawn, vouchers of
//! the system come and go.
use crate::{
    Appointment, EndReason, Move, Party, Status,
    conflict::{Taking, take},
    former_assignment, news,
};
use interpres_directory::ServiceType;
use interpres_gate::{Event, Json, Phi, Refusal, WriteTx};
use interpres_rates::Card;
use interpres_types::{AppointmentId, Instant, InterpreterId, Note};
use std::collections::BTreeSet;

/// What is to happen to an appointment, with what it needs to happen.
#[derive(Debug)]
pub enum Step {
    /// Somebody is going to be asked.
    Offer,
    /// It waits for something.
    PutOnHold,
    /// It waits no longer.
    TakeOffHold,
    /// An interpreter takes it.
    Assign(Taking),
    /// Its interpreter is removed, or of those asked nobody is left.
    Release,
    /// The interpreter is there.
    CheckIn,
    /// It begins.
    Start,
    /// It is over.
    End,
    /// What was worked is known.
    Submit {
        /// From.
        started: Instant,
        /// To.
        ended: Instant,
    },
    /// It does not take place.
    CallOff(Ending),
    /// That it does not take place is taken back.
    Restore,
}

/// How an appointment ends that does not take place.
#[derive(Debug)]
pub struct Ending {
    /// As what.
    pub outcome: Outcome,
    /// With whom it lay.
    pub by: Option<Party>,
    /// Why, as a code.
    pub reason: Option<EndReason>,
    /// Why, in words.
    pub note: Option<Note<500>>,
}

/// As what an appointment ends that does not take place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Canceled in time.
    Canceled,
    /// Canceled too late to be free of charge.
    LateCancel,
    /// Somebody did not come.
    Missed,
    /// The agency turned it down.
    Declined,
}

impl Outcome {
    const fn status(self) -> Status {
        match self {
            Self::Canceled => Status::Canceled,
            Self::LateCancel => Status::LateCancel,
            Self::Missed => Status::Missed,
            Self::Declined => Status::Declined,
        }
    }
}

impl Step {
    /// What the state machine is asked.
    fn wanted(&self, a: &Appointment) -> Move {
        match self {
            Self::Offer => Move::Offer,
            Self::PutOnHold => Move::PutOnHold,
            Self::TakeOffHold => Move::TakeOffHold,
            Self::Assign(_) => Move::Assign,
            Self::Release => Move::Release,
            Self::CheckIn if a.service_type == ServiceType::InPerson => Move::Arrive,
            Self::CheckIn => Move::CheckIn,
            Self::Start => Move::Start,
            Self::End => Move::End,
            Self::Submit { .. } => Move::Submit,
            Self::CallOff(ending) => match ending.outcome {
                Outcome::Canceled | Outcome::LateCancel => Move::Cancel,
                Outcome::Missed => Move::Miss,
                Outcome::Declined => Move::Decline,
            },
            Self::Restore => Move::Restore,
        }
    }
}

impl Event for Moved {
    const NAME: &'static str = "an appointment moved";
}

/// An appointment moved, and was saved.
#[derive(Debug)]
pub struct Moved {
    /// As it is now.
    pub appointment: Appointment,
    /// Where it stood before.
    pub from: Status,
}

/// Somebody who had an appointment and no longer has it.
struct Former {
    interpreter: InterpreterId,
    pay: Option<Json<Card>>,
}

/// Waits until nobody else is at work on an appointment or on its offers. It comes before [`interpreters_alone`].
///
/// # Errors
/// A fault of the database.
pub async fn alone_with(tx: &mut WriteTx, id: AppointmentId) -> Result<(), Refusal> {
    tx.alone(format!("appointment/{id}")).await
}

/// Waits until nobody else wants the time of these interpreters: of all who are looked at in one act, and in one order,
/// so that no two acts wait for each other.
///
/// # Errors
/// A fault of the database.
pub async fn interpreters_alone(
    tx: &mut WriteTx,
    interpreters: &[InterpreterId],
) -> Result<(), Refusal> {
    for interpreter in interpreters.iter().collect::<BTreeSet<_>>() {
        tx.alone(format!("interpreter/{interpreter}")).await?;
    }
    Ok(())
}

/// The appointment, once nobody else is at work on it or on its offers.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn appointment_alone(
    tx: &mut WriteTx,
    id: AppointmentId,
) -> Result<Appointment, Refusal> {
    alone_with(tx, id).await?;
    tx.find(id).await
}

/// Moves an appointment that was found by [`appointment_alone`], saves it, tells whom it concerns, and lets
/// the rooms above react.
///
/// # Errors
/// [`Refusal::Conflict`] that says what is allowed from here, or what is in the interpreter's way.
pub async fn advance(
    tx: &mut WriteTx,
    mut a: Appointment,
    step: Step,
) -> Result<Appointment, Refusal> {
    let (from, wanted) = (a.status, step.wanted(&a));
    from.allow(wanted)?;
    let former = apply(tx, &mut a, step).await?;
    a.held = a.interpreter_id.is_some() && a.status.holds();
    a.version = tx.save(&a).await?.version;
    let removed = former.as_ref().map(|former| former.interpreter);
    if let Some(former) = former {
        former_assignment::keep(tx, &a, former.interpreter, former.pay).await?;
    }
    news::tell(tx, &a, wanted, removed).await?;
    let moved = Moved {
        appointment: a,
        from,
    };
    tx.happened(&moved).await?;
    Ok(moved.appointment)
}

/// Does the step to the record, and gives who no longer has it.
async fn apply(
    tx: &mut WriteTx,
    a: &mut Appointment,
    step: Step,
) -> Result<Option<Former>, Refusal> {
    let now = tx.now();
    let mut former = None;
    a.status = match step {
        Step::Offer => Status::Pending,
        Step::PutOnHold => Status::OnHold,
        Step::TakeOffHold => Status::Requested,
        Step::Assign(taking) => {
            take(tx, a, taking).await?;
            Status::Assigned
        }
        Step::Release => {
            former = vacate(a);
            Status::Unassigned
        }
        Step::CheckIn => {
            a.checked_in_at = a.checked_in_at.or(Some(now));
            if a.service_type == ServiceType::InPerson {
                Status::Arrived
            } else {
                Status::CheckedIn
            }
        }
        Step::Start => worked(a, Some(now), None, Status::InProgress),
        // When it was not started by hand it started as scheduled.
        Step::End => worked(
            a,
            a.started_at.or(Some(a.starts_at)),
            Some(now),
            Status::Incomplete,
        ),
        Step::Submit { started, ended } => worked(a, Some(started), Some(ended), Status::Completed),
        Step::CallOff(ending) => call_off(a, ending, now),
        Step::Restore => {
            former = restore(tx, a).await?;
            if a.interpreter_id.is_some() {
                Status::Assigned
            } else {
                Status::Requested
            }
        }
    };
    Ok(former)
}

const fn worked(
    a: &mut Appointment,
    from: Option<Instant>,
    to: Option<Instant>,
    status: Status,
) -> Status {
    a.started_at = from;
    a.ended_at = to;
    status
}

fn call_off(a: &mut Appointment, ending: Ending, now: Instant) -> Status {
    a.ended_at = Some(now);
    a.ended_by = ending.by;
    a.end_reason = ending.reason;
    a.end_note = ending.note.map(Phi::new);
    ending.outcome.status()
}

/// Takes the appointment off its interpreter, with the pay that was agreed.
fn vacate(a: &mut Appointment) -> Option<Former> {
    let interpreter = a.interpreter_id.take()?;
    a.overridden = false;
    a.override_reason = None;
    a.checked_in_at = None;
    Some(Former {
        interpreter,
        pay: a.pay_rate.take(),
    })
}

/// Forgets how it ended. Its interpreter keeps it at the agreed pay when still free, and loses it otherwise.
async fn restore(tx: &mut WriteTx, a: &mut Appointment) -> Result<Option<Former>, Refusal> {
    worked(a, None, None, a.status);
    a.ended_by = None;
    a.end_reason = None;
    a.end_note = None;
    let Some(interpreter) = a.interpreter_id else {
        return Ok(None);
    };
    match take(tx, a, Taking::plain(interpreter)).await {
        Ok(()) => Ok(None),
        Err(Refusal::Conflict(_) | Refusal::Invalid(_)) => Ok(vacate(a)),
        Err(other) => Err(other),
    }
}
