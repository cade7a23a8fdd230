use crate::{AppointmentView, ListAppointments, views};
use interpres_gate::{Action, Query, ReadTx, Refusal, WHOLE, async_trait};

/// All that a list holds, to be taken away as a file: what its filters say, in its order, from the first to the last.
#[derive(Clone, Debug)]
pub struct ExportAppointments {
    /// The list.
    pub list: ListAppointments,
}

#[async_trait]
impl Query for ExportAppointments {
    const ACTION: Action = Action::AppointmentsExport;
    type View = Vec<AppointmentView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<AppointmentView>, Refusal> {
        let list = ListAppointments {
            cursor: "".into(),
            past: "".into(),
            ..self.list
        };
        let found = list.rows(tx, WHOLE).await?;
        if found.len() > WHOLE {
            return Err(Refusal::invalid(
                "filter",
                "finds more than 10,000 appointments. Choose fewer days and export them in parts",
            ));
        }
        views(tx, found).await
    }
}
