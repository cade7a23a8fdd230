use crate::book_appointment::{Draft, drafted};
use crate::{Appointment, AppointmentInput, AppointmentView, views};
use interpres_gate::{Action, Query, ReadTx, Refusal, async_trait};

/// An appointment as it would be booked, for review before it is.
#[derive(Debug)]
pub struct CheckAppointment(pub AppointmentInput);

#[async_trait]
impl Query for CheckAppointment {
    const ACTION: Action = Action::AppointmentCheck;
    type View = AppointmentView;
    async fn answer(self, tx: &mut ReadTx) -> Result<AppointmentView, Refusal> {
        let Draft { appointment, whom } = drafted(tx, &self.0).await?;
        // The reviewer typed the protected fields a moment ago; they are not kept and not shown.
        let appointment = Appointment {
            client_label: whom.label(),
            notes: None,
            internal_notes: None,
            ..appointment
        };
        views(tx, vec![appointment])
            .await?
            .pop()
            .ok_or(Refusal::NotFound)
    }
}
