//! What the API answers with other than a view.
use crate::{
    App,
    door::Keyed,
    problem::Problem,
    routes::{params, read},
    trust::{export_log, export_workspace},
};
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use interpres_gate::ExportEntries;

pub(super) async fn export_log(
    State(app): State<App>,
    Keyed(actor): Keyed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Problem> {
    Ok(export_log::send(&app.gate, &actor, params::<ExportEntries>(raw)?).await?)
}

pub(super) async fn export_workspace(
    State(app): State<App>,
    Keyed(actor): Keyed,
    bytes: Bytes,
) -> Result<Response, Problem> {
    Ok(export_workspace::send(&app.gate, &actor, &read(&bytes)?).await?)
}

pub(super) async fn export_waiting(
    State(app): State<App>,
    Keyed(actor): Keyed,
    bytes: Bytes,
) -> Result<Response, Problem> {
    Ok(export_workspace::send_waiting(&app.gate, &actor, &read(&bytes)?).await?)
}
