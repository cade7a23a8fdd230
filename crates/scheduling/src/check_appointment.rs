use crate::{AppointmentInput, AppointmentView, draft, views};
use interpres_gate::{Action, Query, ReadTx, Refusal, async_trait};

/// An appointment as it would be booked, for review before it is.
#[derive(Debug)]
pub struct CheckAppointment(pub AppointmentInput);

#[async_trait]
impl Query for CheckAppointment {
    const ACTION: Action = Action::AppointmentCheck;
    type View = AppointmentView;
    async fn answer(self, tx: &mut ReadTx) -> Result<AppointmentView, Refusal> {
        let mut appointment = draft(tx, &self.0).await?;
        // The reviewer typed the protected fields a moment ago; they are not kept and not shown.
        (
            appointment.client_name,
            appointment.notes,
            appointment.internal_notes,
        ) = (None, None, None);
        views(tx, vec![appointment])
            .await?
            .pop()
            .ok_or(Refusal::NotFound)
    }
}
