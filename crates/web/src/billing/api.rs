//! What the API answers with other than a view.
use crate::{App, billing::invoices::invoice_pdf, door::Keyed, problem::Problem};
use axum::{
    extract::{Path, State},
    response::Response,
};
use interpres_types::InvoiceId;

pub(super) async fn pdf(
    State(app): State<App>,
    Keyed(actor): Keyed,
    Path(id): Path<InvoiceId>,
) -> Result<Response, Problem> {
    Ok(invoice_pdf(&app, &actor, id).await?)
}
