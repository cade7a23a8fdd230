//! Refusals as problem+json (RFC 9457). One match, here and for pages.
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use interpres_gate::Refusal;
use schemars::JsonSchema;
use serde::Serialize;

/// What an API caller is told.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Problem {
    /// A stable name for the kind of problem.
    #[serde(rename = "type")]
    kind: String,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong this time, and what to do.
    detail: String,
    #[serde(flatten)]
    more: Box<More>,
}

/// What only some problems tell.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct More {
    /// The fields that break a rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<interpres_types::Problem>,
    /// What is allowed instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed: Vec<String>,
    /// The record's version now.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// The status a refusal is told with.
pub(crate) const fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotFound => StatusCode::NOT_FOUND,
        Refusal::Forbidden | Refusal::Ask(_) => StatusCode::FORBIDDEN,
        Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Conflict(c) if c.version.is_some() => StatusCode::PRECONDITION_FAILED,
        Refusal::Conflict(_) => StatusCode::CONFLICT,
        Refusal::TooSoon(_) | Refusal::Full => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        kind: &str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind: format!("/problems/{kind}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            more: Box::default(),
        }
    }
    pub(crate) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "No valid key",
            "Send an API key as “Authorization: Bearer …”. Keys are made under Account → API keys.",
        )
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let title = match &refusal {
            Refusal::NotFound => "Not found",
            Refusal::Forbidden => "Not allowed",
            Refusal::Invalid(_) => "Invalid",
            Refusal::Conflict(_) => "In conflict",
            Refusal::TooSoon(_) => "Too much at once",
            Refusal::Full => "The disk is full",
            Refusal::Ask(_) => "Proof needed",
            Refusal::Fault(_) => "Our failure",
        };
        let mut problem = Self::new(status(&refusal), refusal.word(), title, refusal.to_string());
        match refusal {
            Refusal::Invalid(all) => problem.more.errors = all.list().to_vec(),
            Refusal::Conflict(c) => {
                problem.more.allowed = c.allowed;
                problem.more.version = c.version;
            }
            Refusal::TooSoon(seconds) => problem.more.retry_after = Some(seconds),
            Refusal::NotFound
            | Refusal::Forbidden
            | Refusal::Full
            | Refusal::Ask(_)
            | Refusal::Fault(_) => {}
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (
            status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            serde_json::to_string(&self).unwrap_or_default(),
        )
            .into_response();
        if let Some(seconds) = self.more.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
