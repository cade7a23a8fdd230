//! The interpreter's steps on the day: there, begun, over (SV1, SV2).
use crate::{
    Appointment, Assignment, Booked, assignment_of,
    transition::{Step, advance, appointment_alone},
};
use interpres_accounts::OWN_INTERPRETER;
use interpres_gate::{Action, Command, Granted, Refusal, WriteTx, async_trait};
use interpres_types::AppointmentId;

/// How many minutes before the start an interpreter may check in: two hours.
pub const CHECK_IN_OPENS: i64 = 120;

/// The appointment of the interpreter who is asking. One that they were only asked about is not theirs.
async fn mine(tx: &mut WriteTx, id: AppointmentId) -> Result<Mine, Refusal> {
    let appointment = appointment_alone(tx, id).await?;
    let oneself = tx.actor().rights().own(&OWN_INTERPRETER);
    let assignment = assignment_of(tx, id)
        .await?
        .filter(|assignment| Some(assignment.interpreter_id) == oneself)
        .ok_or(Refusal::Forbidden)?;
    Ok(Mine {
        appointment,
        assignment,
    })
}

struct Mine {
    appointment: Appointment,
    assignment: Assignment,
}

/// Checks in to a video or phone session, or marks arrival on site. The stamp is set once and
/// nobody can edit it.
#[derive(Debug)]
pub struct CheckIn(pub AppointmentId);

#[async_trait]
impl Command for CheckIn {
    const ACTION: Action = Action::AppointmentCheckIn;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let a = mine(tx, self.0).await?.appointment;
        if tx.now().plus_minutes(CHECK_IN_OPENS) < a.starts_at && a.held {
            let clock = a.wall_start.said();
            let day = a.wall_start.date.long();
            return Err(Refusal::conflict(format!(
                "This starts on {day} at {clock}. You can check in from two hours before."
            )));
        }
        advance(tx, a, Step::CheckIn).await.map(Booked::from)
    }
}

/// Starts the timer of an interpreter who has checked in, which can be done from two hours before the start.
#[derive(Debug)]
pub struct StartSession(pub AppointmentId);

#[async_trait]
impl Command for StartSession {
    const ACTION: Action = Action::AppointmentStart;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let a = mine(tx, self.0).await?.appointment;
        advance(tx, a, Step::Start).await.map(Booked::from)
    }
}

/// Ends the session. When it was not started by hand it started as scheduled.
#[derive(Debug)]
pub struct EndSession(pub AppointmentId);

#[async_trait]
impl Command for EndSession {
    const ACTION: Action = Action::AppointmentEnd;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let Mine {
            appointment: a,
            assignment,
        } = mine(tx, self.0).await?;
        if a.held && tx.now() <= assignment.started_at.unwrap_or(a.starts_at) {
            return Err(Refusal::conflict("This has not started yet."));
        }
        advance(tx, a, Step::End).await.map(Booked::from)
    }
}
