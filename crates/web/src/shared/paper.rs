//! Views on paper, and files to keep.
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use interpres_gate::Refusal;
use interpres_paper::PaperError;
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
