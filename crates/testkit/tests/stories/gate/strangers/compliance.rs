//! Files that leave, tried by everybody.
use super::{Attempt, perform, view};
use interpres_accounts::{ExportPeople, ListPeople};
use interpres_billing::{ExportInvoices, ExportVouchers, ListInvoices, ListVouchers};
use interpres_compliance::*;
use interpres_directory::{ExportCustomers, ExportInterpreters, ListCustomers, ListInterpreters};
use interpres_gate::{Actor, ExportEntries, ExportWorkspace, Gate, HandOverLogKey};
use interpres_scheduling::{ExportAppointments, ExportClients, ListAppointments, ListClients};

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
        view(g, a, ExportInterpreters(ListInterpreters::default())).await,
        view(g, a, ExportCustomers(ListCustomers::default())).await,
        view(g, a, ExportClients(ListClients::default())).await,
        view(g, a, ExportPeople(ListPeople::default())).await,
        view(g, a, ExportVouchers(ListVouchers::default())).await,
        view(g, a, ExportInvoices(ListInvoices::default())).await,
        view(g, a, ExportWorkspace).await,
        view(g, a, ExportWaiting).await,
        perform(g, a, PrepareFile).await,
        perform(g, a, HandOverLogKey).await,
    ]
}
