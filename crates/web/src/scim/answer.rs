//! Answers and errors as SCIM tells them.
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use interpres_gate::Refusal;
use interpres_sso::scim::Found;
use serde_json::{Value, json};

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// An error that comes before a handler.
pub(crate) fn wrong(status: StatusCode, words: &str) -> Response {
    Wrong::new(status, None, words).into_response()
}

/// An error as SCIM tells it.
pub(crate) struct Wrong(StatusCode, Value);

impl Wrong {
    pub(super) fn new(status: StatusCode, kind: Option<&str>, detail: &str) -> Self {
        let mut body =
            json!({ "schemas": [ERROR], "status": status.as_u16().to_string(), "detail": detail });
        if let Some(kind) = kind {
            body["scimType"] = kind.into();
        }
        Self(status, body)
    }
}

impl From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Self {
        let words = refusal.to_string();
        match &refusal {
            Refusal::Invalid(problems) => {
                let kinds = [
                    "invalidFilter",
                    "tooMany",
                    "uniqueness",
                    "mutability",
                    "invalidSyntax",
                    "invalidPath",
                    "noTarget",
                    "invalidValue",
                ];
                let kind = problems
                    .list()
                    .first()
                    .and_then(|p| kinds.into_iter().find(|kind| *kind == p.field))
                    .unwrap_or("invalidValue");
                let status = if kind == "uniqueness" {
                    StatusCode::CONFLICT
                } else {
                    StatusCode::BAD_REQUEST
                };
                Self::new(status, Some(kind), &words)
            }
            Refusal::Conflict(c) if c.version.is_some() => {
                Self::new(StatusCode::PRECONDITION_FAILED, None, &words)
            }
            other => Self::new(crate::problem::status(other), None, &words),
        }
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        let mut response = told(self.0, &self.1);
        if self.0 == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

pub(crate) fn told(status: StatusCode, body: &Value) -> Response {
    let mut response = (
        status,
        [(header::CONTENT_TYPE, "application/scim+json")],
        body.to_string(),
    )
        .into_response();
    let headers = response.headers_mut();
    if let Some(tag) = body["meta"]["version"]
        .as_str()
        .and_then(|v| HeaderValue::from_str(v).ok())
    {
        headers.insert(header::ETAG, tag);
    }
    if let (StatusCode::CREATED, Some(place)) = (
        status,
        body["meta"]["location"]
            .as_str()
            .and_then(|v| HeaderValue::from_str(v).ok()),
    ) {
        headers.insert(header::LOCATION, place);
    }
    response
}

pub(crate) type ScimResult = Result<Response, Wrong>;

pub(crate) fn list(found: &Found, start: usize) -> Response {
    told(
        StatusCode::OK,
        &json!({ "schemas": [LIST], "totalResults": found.total, "startIndex": start.max(1), "itemsPerPage": found.resources.len(), "Resources": found.resources }),
    )
}

pub(crate) fn whole(all: Vec<Value>) -> Response {
    let total = all.len();
    list(
        &Found {
            total,
            resources: all,
        },
        1,
    )
}
