//! Views on paper, and files to keep.
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use interpres_gate::Refusal;
use interpres_paper::PaperError;
use interpres_types::{LocalDate, harmless_cell};
use serde::Serialize;

/// A view on paper, made on a blocking thread.
pub(crate) async fn printed<P>(
    view: &impl Serialize,
    print: P,
    name: &str,
) -> Result<Response, Refusal>
where
    P: FnOnce(Vec<u8>) -> Result<Vec<u8>, PaperError> + Send + 'static,
{
    let json = serde_json::to_vec(view).map_err(Refusal::fault)?;
    let made = tokio::task::spawn_blocking(move || print(json))
        .await
        .map_err(Refusal::fault)?;
    let pdf = made.map_err(|e| {
        tracing::error!(error = %e, "a document could not be printed");
        match e {
            PaperError::Letters => {
                Refusal::conflict("No font of this server has some letters of this document. Ask your operator to install its fonts (docs/operate.md, Fonts).")
            }
            PaperError::Template(_) => Refusal::fault(e),
        }
    })?;
    Ok(attachment("application/pdf", name, pdf))
}

/// A list as a spreadsheet of a day, whose cells no program runs.
pub(crate) fn spreadsheet(
    name: &str,
    day: LocalDate,
    heads: &[&str],
    lines: impl Iterator<Item = Vec<String>>,
) -> Result<Response, Refusal> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(heads).map_err(Refusal::fault)?;
    for line in lines {
        let cells = line.into_iter().map(harmless_cell);
        writer.write_record(cells).map_err(Refusal::fault)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| Refusal::fault(e.to_string()))?;
    let name = format!("{name}-{day}.csv");
    Ok(attachment("text/csv; charset=utf-8", &name, bytes))
}

/// A file to keep; its name never comes from what people typed.
pub(crate) fn attachment(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response()
}
