//! `Idempotency-Key`: what a program sends twice under one key has one effect and one answer.
use crate::problem::Problem;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use interpres_gate::Once;

const LARGEST_BODY: usize = 9 * 1024 * 1024;
const LONGEST_KEY: usize = 200;

/// Reads the key of a request that changes something; whoever admits the request's credential gives it to the actor
/// ([`crate::door::Keyed`]), so that no route can leave it out.
pub(crate) async fn by_key(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut keys = parts.headers.get_all("idempotency-key").iter();
    let (key, another) = (keys.next(), keys.next());
    let Some(key) = key.filter(|_| !parts.method.is_safe()) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let Some(key) = key
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|key| another.is_none() && !key.is_empty() && key.len() <= LONGEST_KEY)
    else {
        return unreadable().into_response();
    };
    let Ok(bytes) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let place = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    let mut asked = vec![parts.method.as_str().as_bytes(), place.as_bytes()];
    match boundary(&parts.headers) {
        Some(mark) => asked.extend(between(&bytes, mark.as_bytes())),
        None => asked.push(&bytes),
    }
    let once = Once::new(key, &asked);
    parts.extensions.insert(once);
    next.run(Request::from_parts(parts, Body::from(bytes)))
        .await
}

fn unreadable() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "idempotency-key",
        "Not a key",
        "Send one Idempotency-Key of 1 to 200 printable ASCII characters, or none.",
    )
}

/// What stands between the parts of a form with files (RFC 7578): it is another each time the same form is sent.
fn boundary(headers: &HeaderMap) -> Option<&str> {
    let kind = headers
        .get(header::CONTENT_TYPE)?
        .to_str()
        .ok()
        .filter(|kind| kind.starts_with("multipart/"))?;
    Some(
        kind.split_once("boundary=")?
            .1
            .split(';')
            .next()?
            .trim_matches('"'),
    )
    .filter(|mark| !mark.is_empty())
}

/// The pieces of a body without the mark between them.
fn between<'b>(mut rest: &'b [u8], mark: &[u8]) -> Vec<&'b [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = rest.windows(mark.len()).position(|window| window == mark) {
        pieces.push(&rest[..at]);
        rest = &rest[at + mark.len()..];
    }
    pieces.push(rest);
    pieces
}
