use crate::{
    Appointment, Booked, Status,
    put_on_hold::latest,
    transition::{Step, advance, alone_with, appointment_alone},
};
use interpres_gate::{
    Action, Command, Due, Gate, Granted, Next, Permission, Refusal, Work, WorkerKind, WriteTx,
    async_trait,
};
use interpres_types::{AppointmentId, Instant};

/// Takes an appointment off hold: it is open again.
#[derive(Debug)]
pub struct TakeOffHold(pub AppointmentId);

#[async_trait]
impl Command for TakeOffHold {
    const ACTION: Action = Action::AppointmentTakeOffHold;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let a = appointment_alone(tx, self.0).await?;
        advance(tx, a, Step::TakeOffHold).await.map(Booked::from)
    }
}

/// The job by which an appointment comes back on its day.
pub(crate) struct ComesBack;

impl Work for ComesBack {
    const NAME: &'static str = "appointment.comes-back";
    const WORDS: &'static str = "Takes an appointment off hold on its day";
    async fn work(gate: &Gate, due: &Due) -> Result<Next, Refusal> {
        let worker = gate.worker(due.workspace, WorkerKind::Dispatcher);
        let id = due.subject.parse().map_err(Refusal::fault)?;
        let later = gate.perform(&worker, TakeOffHoldOnItsDay(id)).await?;
        Ok(later.into_inner().map_or(Next::Over, Next::At))
    }
}

/// Takes it off hold if its day has come; gives when that is, if it is still to come. It may have been taken off or purged
/// since, or put on hold until another day.
struct TakeOffHoldOnItsDay(AppointmentId);

#[async_trait]
impl Command for TakeOffHoldOnItsDay {
    const ACTION: Action = Action::AppointmentTakeOffHold;
    const PERMISSION: Permission = Permission::AdvanceOffers;
    type Outcome = Option<Instant>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<Instant>, Refusal> {
        alone_with(tx, self.0).await?;
        let a = tx.may_find::<Appointment>(self.0).await?;
        let Some(a) = a.filter(|a| a.status == Status::OnHold) else {
            return Ok(None);
        };
        // Where it can't be read until when it waits, it comes back on its own day at the latest.
        let until = latest(tx, a.id)
            .await?
            .map_or(a.wall_start.date, |on_hold| on_hold.until);
        let day = a.zone.midnight(until.min(a.wall_start.date));
        if day > tx.now() {
            return Ok(Some(day));
        }
        advance(tx, a, Step::TakeOffHold).await?;
        Ok(None)
    }
}
