use crate::{
    Booked,
    transition::{Step, advance, appointment_alone},
};
use interpres_gate::{Action, Command, Granted, Refusal, WriteTx, async_trait};
use interpres_types::AppointmentId;

/// Takes back a cancellation, a missed mark or a decline: to assigned, at the pay agreed before, when its
/// interpreter is still free; else to requested. Everybody whom it concerns is told.
#[derive(Debug)]
pub struct RestoreAppointment {
    /// Which.
    pub id: AppointmentId,
}

#[async_trait]
impl Command for RestoreAppointment {
    const ACTION: Action = Action::AppointmentRestore;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let a = appointment_alone(tx, self.id).await?;
        advance(tx, a, Step::Restore).await.map(Booked::from)
    }
}
