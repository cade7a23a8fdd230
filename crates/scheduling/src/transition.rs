//! The one way through the states of an appointment. Every command that moves one goes through [`advance`],
//! which owns its status, the assignment of who has it with its stamps, whose time it takes, and the notices. Rooms above react to [`Moved`] in the same transaction: offers are withdrawn, vouchers of
//! the system come and go.
use crate::{
    Appointment, Assignment, AssignmentState, EndReason, Move, Party, Status,
    assignment::begin,
    assignment_of,
    conflict::{Taking, clear_way},
    news,
};
use interpres_directory::ServiceType;
use interpres_gate::{Alone, Event, Phi, Refusal, WriteTx};
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
    /// Who has it now.
    pub assignment: Option<Assignment>,
    /// Where it stood before.
    pub from: Status,
}

/// Who has an appointment, and whose assignment ends by a step.
#[derive(Default)]
struct Seat {
    has: Option<Assignment>,
    had: Option<Assignment>,
}

impl Seat {
    fn vacate(&mut self, tx: &WriteTx) {
        self.had = self.has.take();
        if let Some(had) = &mut self.had {
            had.end(tx);
        }
    }

    async fn save(&mut self, tx: &mut WriteTx, a: &Appointment) -> Result<(), Refusal> {
        if let Some(had) = &self.had {
            tx.save(had).await?;
        }
        if let Some(has) = &mut self.has {
            has.state = if a.held {
                AssignmentState::Active
            } else {
                AssignmentState::CalledOff
            };
            has.version = tx.save(has).await?.version;
        }
        Ok(())
    }
}

/// Waits until nobody else is at work on an appointment, its offers or its legal holds. It comes before
/// [`interpreters_alone`]; everything that decides is read after it.
///
/// # Errors
/// A fault of the database.
pub async fn alone_with(tx: &mut WriteTx, id: AppointmentId) -> Result<Alone, Refusal> {
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
    let from = a.status;
    let wanted = step.wanted(&a);
    from.allow(wanted)?;
    let mut seat = Seat {
        has: assignment_of(tx, a.id).await?,
        had: None,
    };
    a.status = apply(tx, &mut a, &mut seat, step).await?;
    a.held = seat.has.is_some() && a.status.holds();
    a.version = tx.save(&a).await?.version;
    seat.save(tx, &a).await?;
    let who = |assignment: &Option<Assignment>| assignment.as_ref().map(|a| a.interpreter_id);
    news::tell(tx, &a, wanted, who(&seat.has), who(&seat.had)).await?;
    let moved = Moved {
        appointment: a,
        assignment: seat.has,
        from,
    };
    tx.happened(&moved).await?;
    Ok(moved.appointment)
}

/// Does the step to the appointment and to who has it; gives where it stands then.
async fn apply(
    tx: &mut WriteTx,
    a: &mut Appointment,
    seat: &mut Seat,
    step: Step,
) -> Result<Status, Refusal> {
    let now = tx.now();
    Ok(match step {
        Step::Offer => Status::Pending,
        Step::PutOnHold => Status::OnHold,
        Step::TakeOffHold => Status::Requested,
        Step::Assign(taking) => {
            let mut begun = begin(tx, a, &taking).await?;
            let accepted = clear_way(tx, a, taking.interpreter, taking.despite).await?;
            begun.accept_conflict(tx, accepted).await?;
            seat.has = Some(begun);
            Status::Assigned
        }
        Step::Release => {
            seat.vacate(tx);
            Status::Unassigned
        }
        Step::CheckIn => {
            if let Some(has) = &mut seat.has {
                has.checked_in_at = has.checked_in_at.or(Some(now));
            }
            if a.service_type == ServiceType::InPerson {
                Status::Arrived
            } else {
                Status::CheckedIn
            }
        }
        Step::Start => worked(seat, Some(now), None, Status::InProgress),
        Step::End => {
            // When it was not started by hand it started as scheduled.
            let started = seat.has.as_ref().and_then(|has| has.started_at);
            let started = started.or(Some(a.starts_at));
            worked(seat, started, Some(now), Status::Incomplete)
        }
        Step::Submit { started, ended } => {
            worked(seat, Some(started), Some(ended), Status::Completed)
        }
        Step::CallOff(ending) => call_off(a, ending, now),
        Step::Restore => restore(tx, a, seat).await?,
    })
}

const fn worked(
    seat: &mut Seat,
    from: Option<Instant>,
    to: Option<Instant>,
    status: Status,
) -> Status {
    if let Some(has) = &mut seat.has {
        has.started_at = from;
        has.ended_at = to;
    }
    status
}

fn call_off(a: &mut Appointment, ending: Ending, now: Instant) -> Status {
    a.ended_at = Some(now);
    a.ended_by = ending.by;
    a.end_reason = ending.reason;
    a.end_note = ending.note.map(Phi::new);
    ending.outcome.status()
}

/// Forgets how it ended. Its interpreter keeps it at the agreed pay when still free, and loses it otherwise.
async fn restore(
    tx: &mut WriteTx,
    a: &mut Appointment,
    seat: &mut Seat,
) -> Result<Status, Refusal> {
    a.ended_at = None;
    a.ended_by = None;
    a.end_reason = None;
    a.end_note = None;
    let status = worked(seat, None, None, Status::Assigned);
    let Some(has) = &mut seat.has else {
        return Ok(Status::Requested);
    };
    match clear_way(tx, a, has.interpreter_id, None).await {
        Ok(accepted) => {
            has.follow(a);
            has.accept_conflict(tx, accepted).await?;
            Ok(status)
        }
        Err(Refusal::Conflict(_) | Refusal::Invalid(_)) => {
            seat.vacate(tx);
            Ok(Status::Requested)
        }
        Err(other) => Err(other),
    }
}
