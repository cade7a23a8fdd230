//! Files that leave, tried by everybody.
use super::{Attempt, perform, view};
use interpres_compliance::*;
use interpres_gate::{Actor, ExportEntries, ExportWorkspace, Gate, HandOverLogKey};
use interpres_scheduling::{ExportAppointments, ListAppointments};

pub(super) async fn files(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
        view(g, a, ExportEntries::default()).await,
        view(
            g,
            a,
            ExportAppointments {
                list: ListAppointments::default(),
            },
        )
        .await,
        view(g, a, ExportWorkspace).await,
        view(g, a, ExportWaiting).await,
        perform(g, a, PrepareFile).await,
        perform(g, a, HandOverLogKey).await,
    ]
}
