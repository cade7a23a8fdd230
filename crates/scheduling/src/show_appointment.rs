use crate::{Appointment, AppointmentView, views};
use interpres_gate::{Action, Query, Reach, ReadTx, Refusal, async_trait};
use interpres_types::AppointmentId;

/// One appointment with its notes.
#[derive(Debug)]
pub struct ShowAppointment(pub AppointmentId);

#[async_trait]
impl Query for ShowAppointment {
    const ACTION: Action = Action::AppointmentShow;
    type View = AppointmentView;
    async fn answer(self, tx: &mut ReadTx) -> Result<AppointmentView, Refusal> {
        let appointment: Appointment = tx.find(self.0).await?;
        let notes = tx.may_reveal(appointment.notes.as_ref())?;
        let staff = tx.reach() != Reach::Own;
        let internal_notes = if staff {
            tx.may_reveal(appointment.internal_notes.as_ref())?
        } else {
            None
        };
        let mut view = views(tx, vec![appointment])
            .await?
            .pop()
            .ok_or(Refusal::NotFound)?;
        (view.notes, view.internal_notes) = (notes, internal_notes);
        Ok(view)
    }
}
