use crate::{Appointment, AppointmentView, views};
use interpres_gate::{Action, Query, ReadTx, Refusal, async_trait};
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
        let internal_notes = tx.may_reveal(appointment.internal_notes.as_ref())?;
        let mut view = views(tx, vec![appointment])
            .await?
            .pop()
            .ok_or(Refusal::NotFound)?;
        view.notes = notes;
        view.internal_notes = internal_notes;
        Ok(view)
    }
}
