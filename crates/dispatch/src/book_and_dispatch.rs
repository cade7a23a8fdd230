use crate::{AssignInterpreter, MakeOffers, OffersInput};
use interpres_gate::{Action, Command, Granted, Refusal, WriteTx, async_trait};
use interpres_scheduling::{Appointment, AppointmentInput, BookAppointment, Booked};
use interpres_types::InterpreterId;

/// How an appointment that is just being booked finds its interpreter.
#[derive(Debug)]
pub enum Dispatch {
    /// It is offered.
    Offer(OffersInput),
    /// Somebody is assigned without being asked.
    Assign(InterpreterId),
}

/// Books an appointment and dispatches it as one act: where whoever was chosen can't be asked or can't take it, nothing is
/// booked.
#[derive(Debug)]
pub struct BookAndDispatch {
    /// As it came in.
    pub input: AppointmentInput,
    /// How it finds its interpreter.
    pub dispatch: Dispatch,
}

#[async_trait]
impl Command for BookAndDispatch {
    const ACTION: Action = Action::AppointmentBookAndDispatch;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let booked = tx.then(BookAppointment { input: self.input }).await?;
        match self.dispatch {
            Dispatch::Offer(input) => drop(
                tx.then(MakeOffers {
                    appointment: booked.id,
                    input,
                })
                .await?,
            ),
            Dispatch::Assign(interpreter) => drop(
                tx.then(AssignInterpreter {
                    appointment: booked.id,
                    interpreter,
                })
                .await?,
            ),
        }
        let now: Appointment = tx.find(booked.id).await?;
        Ok(Booked {
            version: now.version,
            status: now.status,
            ..booked
        })
    }
}
