//! The interpreter's steps on the day: there, begun, over (SV1, SV2).
use crate::{Appointment, Booked, Move, Status};
use interpres_directory::ServiceType;
use interpres_gate::{Action, Command, Permission, Refusal, WriteTx};
use interpres_types::AppointmentId;

/// How long before the start an interpreter may check in: two hours.
const EARLY_MINUTES: i64 = 120;

async fn saved(tx: &mut WriteTx, a: Appointment) -> Result<Booked, Refusal> {
    let saved = tx.save(&a).await?;
    Ok(Booked { id: a.id, version: saved.version, reference: a.reference.into(), status: a.status })
}

/// Checks in to a video or phone session, or marks arrival on site. The stamp is set once and
/// nobody can edit it.
#[derive(Debug)]
pub struct CheckIn(pub AppointmentId);

impl Command for CheckIn {
    const ACTION: Action = Action::AppointmentCheckIn;
    const PERMISSION: Permission = Permission::WorkAppointments;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx) -> Result<Booked, Refusal> {
        let mut a: Appointment = tx.find(self.0).await?;
        let (wanted, status) = if a.service_type == ServiceType::InPerson { (Move::Arrive, Status::Arrived) } else { (Move::CheckIn, Status::CheckedIn) };
        if a.interpreter_id != tx.actor().rights().interpreter {
            return Err(Refusal::Forbidden);
        }
        a.status.allow(wanted)?;
        if tx.now().plus_minutes(EARLY_MINUTES) < a.starts_at {
            return Err(Refusal::conflict(format!(
                "This starts at {} on {}. You can check in from two hours before.",
                a.wall_start.clock(),
                a.wall_start.date.long()
            )));
        }
        a.checked_in_at = Some(a.checked_in_at.unwrap_or_else(|| tx.now()));
        a.become_(status);
        saved(tx, a).await
    }
}

/// Starts the timer.
#[derive(Debug)]
pub struct StartSession(pub AppointmentId);

impl Command for StartSession {
    const ACTION: Action = Action::AppointmentStart;
    const PERMISSION: Permission = Permission::WorkAppointments;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx) -> Result<Booked, Refusal> {
        let mut a: Appointment = tx.find(self.0).await?;
        a.status.allow(Move::Start)?;
        a.started_at = Some(tx.now());
        a.become_(Status::InProgress);
        saved(tx, a).await
    }
}

/// Ends the session. When it was not started by hand it started as scheduled.
#[derive(Debug)]
pub struct EndSession(pub AppointmentId);

impl Command for EndSession {
    const ACTION: Action = Action::AppointmentEnd;
    const PERMISSION: Permission = Permission::WorkAppointments;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx) -> Result<Booked, Refusal> {
        let mut a: Appointment = tx.find(self.0).await?;
        a.status.allow(Move::End)?;
        let started = a.started_at.unwrap_or(a.starts_at);
        if tx.now() <= started {
            return Err(Refusal::conflict("This has not started yet."));
        }
        (a.started_at, a.ended_at) = (Some(started), Some(tx.now()));
        a.become_(Status::Incomplete);
        saved(tx, a).await
    }
}
