//! What comes over plain HTTP where HTTPS is served (EN1): pages are sent on, the API is refused,
//! and a key that was seen in clear is worth nothing any more.
use crate::problem::Problem;
use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use interpres_gate::{Gate, Origin};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
};

/// Answers to the questions of a certificate authority (RFC 8555 section 8.3), by token.
#[derive(Clone, Default)]
pub struct Challenges(Arc<RwLock<BTreeMap<String, String>>>);

impl Challenges {
    /// What to answer from now on; nothing clears it.
    pub fn set(&self, answers: BTreeMap<String, String>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = answers;
    }
    fn answer(&self, token: &str) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }
}

#[derive(Clone)]
struct Plain {
    gate: Gate,
    challenges: Challenges,
    port: u16,
}

/// What is served over plain HTTP beside the HTTPS port.
pub fn plain_router(gate: Gate, challenges: Challenges, https_port: u16) -> Router {
    Router::new().fallback(answer).with_state(Plain { gate, challenges, port: https_port })
}

async fn answer(State(plain): State<Plain>, ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request) -> Response {
    if let Some(token) = request.uri().path().strip_prefix("/.well-known/acme-challenge/") {
        return plain.challenges.answer(token).map_or_else(|| StatusCode::NOT_FOUND.into_response(), IntoResponse::into_response);
    }
    let origin = Origin { address: Some(peer.ip().to_string()), ..Origin::default() };
    refuse(&plain.gate, origin, request.method(), request.uri().path_and_query().map_or("/", |p| p.as_str()), request.headers(), plain.port).await
}

/// Sends a page's reader to HTTPS; refuses everything else, and revokes the key that came along.
pub(crate) async fn refuse(gate: &Gate, origin: Origin, method: &Method, path: &str, headers: &HeaderMap, port: u16) -> Response {
    let secret = crate::door::bearer(headers).map(str::to_owned).or_else(|| crate::door::basic(headers).map(|(_, secret)| secret));
    if let Some(token) = secret
        && let Err(refusal) = gate.revoke_key_seen_in_clear(&token, origin).await
    {
        tracing::error!(reason = refusal.logged("revoking a key").word(), "a key that was seen in clear could not be revoked");
    }
    if ["/api", "/scim", "/oauth"].iter().any(|of_programs| path.starts_with(of_programs)) {
        return Problem::new(
            StatusCode::FORBIDDEN,
            "https",
            "HTTPS only",
            "The API is served over HTTPS only. A key that was sent here is revoked: mint another.",
        )
        .into_response();
    }
    let to = host(headers).filter(|_| matches!(*method, Method::GET | Method::HEAD)).and_then(|host| {
        let port = if port == 443 { String::new() } else { format!(":{port}") };
        HeaderValue::from_str(&format!("https://{host}{port}{path}")).ok()
    });
    match to {
        Some(to) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response(),
        None => (StatusCode::FORBIDDEN, "This is served over HTTPS only.\n").into_response(),
    }
}

/// The name the request was sent to, without its port.
fn host(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let ours = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'[' | b']' | b':');
    (!name.is_empty() && name.bytes().all(ours)).then(|| name.to_owned())
}
