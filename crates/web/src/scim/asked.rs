//! What a directory asks: its token, body, filter and version.
use crate::{
    App,
    door::{bearer, origin},
    scim::answer::Wrong,
};
use axum::{
    body::Bytes,
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use interpres_gate::{Actor, Refusal};
use interpres_sso::scim::{ListRequest, MOST, Shown};
use interpres_types::RecordId;
use serde_json::Value;

/// A directory with its token.
pub(crate) struct Directory(pub(super) Actor);

impl FromRequestParts<App> for Directory {
    type Rejection = Wrong;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Wrong> {
        let no = || {
            Wrong::new(
                StatusCode::UNAUTHORIZED,
                None,
                "Send the directory's token as Authorization: Bearer.",
            )
        };
        let token = bearer(&parts.headers).ok_or_else(no)?.to_owned();
        app.gate
            .admit_directory(&token, origin(parts))
            .await?
            .map(Self)
            .ok_or_else(no)
    }
}

pub(crate) fn body(bytes: &Bytes) -> Result<Value, Wrong> {
    serde_json::from_slice(bytes).map_err(|_| {
        Wrong::new(
            StatusCode::BAD_REQUEST,
            Some("invalidSyntax"),
            "The body is no JSON.",
        )
    })
}

pub(crate) fn id(text: &str) -> Result<RecordId, Wrong> {
    text.parse().map_err(|_| Wrong::from(Refusal::NotFound))
}

/// The version that a caller saw, where they say.
pub(crate) fn seen(headers: &HeaderMap) -> Result<Option<i64>, Wrong> {
    let Some(tag) = headers
        .get(header::IF_MATCH)
        .and_then(|v| v.to_str().ok())
        .filter(|tag| *tag != "*")
    else {
        return Ok(None);
    };
    let version = tag
        .trim()
        .trim_start_matches("W/")
        .trim_matches('"')
        .parse()
        .ok();
    version.map(Some).ok_or_else(|| {
        Wrong::new(
            StatusCode::PRECONDITION_FAILED,
            None,
            "This If-Match is no version of ours.",
        )
    })
}

fn names(text: &str) -> Vec<String> {
    text.split(',')
        .filter(|name| !name.trim().is_empty())
        .map(str::to_owned)
        .collect()
}

pub(crate) fn asked(raw: Option<String>) -> ListRequest {
    let mut asked = ListRequest {
        start: 1,
        count: MOST,
        ..ListRequest::default()
    };
    let (mut only, mut but) = (Vec::new(), Vec::new());
    for (name, value) in form_urlencoded::parse(raw.unwrap_or_default().as_bytes()) {
        match name.to_ascii_lowercase().as_str() {
            "filter" => asked.filter = value.into_owned(),
            "startindex" => asked.start = value.parse().unwrap_or(1),
            "count" => {
                asked.count = value
                    .parse::<i64>()
                    .map_or(MOST, |n| usize::try_from(n).unwrap_or(0))
            }
            "attributes" => only = names(&value),
            "excludedattributes" => but = names(&value),
            _ => {}
        }
    }
    asked.shown = Shown::of(&only, &but);
    asked
}

/// The same in the body of a search (RFC 7644 section 3.4.3).
pub(crate) fn asked_by_body(bytes: &Bytes) -> Result<ListRequest, Wrong> {
    let body = body(bytes)?;
    let number = |name: &str, else_: usize| {
        body[name]
            .as_i64()
            .map_or(else_, |n| usize::try_from(n).unwrap_or(0))
    };
    let names = |name: &str| match &body[name] {
        Value::Array(all) => all
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        one => names(one.as_str().unwrap_or_default()),
    };
    let shown = Shown::of(&names("attributes"), &names("excludedAttributes"));
    Ok(ListRequest {
        filter: body["filter"].as_str().unwrap_or_default().to_owned(),
        start: number("startIndex", 1),
        count: number("count", MOST),
        shown,
    })
}
