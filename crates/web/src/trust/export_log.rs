//! The audit log as a download, for page and API alike.
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use interpres_gate::{Actor, ExportEntries, ExportForm, Gate, LogExport, Refusal};

/// Begins to send an export; its entry is in the log before the first byte leaves.
pub(crate) async fn send(
    gate: &Gate,
    actor: &Actor,
    asked: ExportEntries,
) -> Result<Response, Refusal> {
    let plan = gate.view(actor, asked).await?;
    let export = gate.begin_export(plan);
    let kind = match export.form() {
        ExportForm::Csv => "text/csv; charset=utf-8",
        ExportForm::Ndjson => "application/x-ndjson",
        ExportForm::Fhir => "application/fhir+ndjson",
    };
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", export.file_name()))
        .map_err(Refusal::fault)?;
    let body = Body::from_stream(futures_util::stream::try_unfold(export, next));
    Ok((
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CONTENT_DISPOSITION, name),
        ],
        body,
    )
        .into_response())
}

/// A failure half-way cuts the file off, which its missing last line shows.
async fn next(mut export: LogExport) -> Result<Option<(Vec<u8>, LogExport)>, std::io::Error> {
    match export.next_piece().await {
        Ok(piece) => Ok(piece.map(|bytes| (bytes, export))),
        Err(refusal) => Err(std::io::Error::other(refusal.word())),
    }
}
