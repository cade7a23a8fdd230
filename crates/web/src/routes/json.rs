//! JSON as it is read and answered.
use crate::{App, problem::Problem};
use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use interpres_gate::{Actor, Query};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) fn params<Q: DeserializeOwned>(raw: Option<String>) -> Result<Q, Problem> {
    serde_html_form::from_str(&raw.unwrap_or_default()).map_err(|_| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "unreadable",
            "Not readable",
            "The query string can't be read.",
        )
    })
}

/// A JSON body; an empty one stands for an empty object. Messages of the reader may repeat what
/// was sent, so only the place and the names of unknown fields are told.
pub(crate) fn read<B: DeserializeOwned + Default>(bytes: &[u8]) -> Result<B, Problem> {
    if bytes.trim_ascii().is_empty() {
        return Ok(B::default());
    }
    if !bytes.trim_ascii().starts_with(b"{") {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "unreadable",
            "Not readable",
            "The body is no JSON that fits: it must be an object.",
        ));
    }
    serde_json::from_slice(bytes).map_err(|e| {
        let text = e.to_string();
        let what = if text.starts_with("unknown field") {
            text
        } else {
            format!(
                "The body is no JSON that fits, at line {} column {}.",
                e.line(),
                e.column()
            )
        };
        Problem::new(StatusCode::BAD_REQUEST, "unreadable", "Not readable", what)
    })
}

pub(crate) fn seen_version(headers: &HeaderMap) -> Result<i64, Problem> {
    let tag = headers.get(header::IF_MATCH).and_then(|v| v.to_str().ok());
    let Some(tag) = tag else {
        return Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "precondition-required",
            "Say which version you saw",
            "Send the ETag of the version you saw as If-Match, so that nobody's change is lost.",
        ));
    };
    tag.trim()
        .trim_start_matches("W/")
        .trim_matches('"')
        .parse()
        .map_err(|_| {
            Problem::new(
                StatusCode::PRECONDITION_FAILED,
                "conflict",
                "In conflict",
                "This If-Match is no ETag of ours.",
            )
        })
}

pub(crate) async fn view<Q: Query>(
    app: &App,
    actor: &Actor,
    query: Q,
) -> Result<Response, Problem> {
    let view = app.gate.view(actor, query).await?.into_inner();
    Ok(answer(StatusCode::OK, &view))
}

/// JSON with an ETag where there is a version; plain lists become `{items, next}`.
pub(crate) fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    let mut json = serde_json::to_value(body).unwrap_or_default();
    if json.is_array() {
        json = serde_json::json!({ "items": json, "next": null });
    }
    let tag = json
        .get("version")
        .and_then(serde_json::Value::as_i64)
        .and_then(|v| HeaderValue::from_str(&format!("\"{v}\"")).ok());
    let mut response = (status, Json(json)).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
