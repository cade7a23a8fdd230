//! What comes over plain HTTP where HTTPS is served (EN1): pages are sent on, the API is refused,
//! and a key that was seen in clear is worth nothing any more.
use crate::{
    early::{Early, Form},
    headers, shared,
};
use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware,
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
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(token)
            .cloned()
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
    Router::new()
        .fallback(answer)
        .layer(middleware::map_response(headers::in_clear))
        .layer(middleware::from_fn(shared::as_asked))
        .with_state(Plain {
            gate,
            challenges,
            port: https_port,
        })
}

async fn answer(
    State(plain): State<Plain>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    if let Some(token) = request
        .uri()
        .path()
        .strip_prefix("/.well-known/acme-challenge/")
    {
        return plain.challenges.answer(token).map_or_else(
            || StatusCode::NOT_FOUND.into_response(),
            IntoResponse::into_response,
        );
    }
    let origin = Origin {
        address: Some(peer.ip().to_canonical().to_string()),
        ..Origin::default()
    };
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
    InClear {
        method: request.method(),
        path,
        headers: request.headers(),
        secure_at: SecureAt::Port(plain.port),
    }
    .refuse(&plain.gate, origin)
    .await
}

/// Where the same is served over HTTPS.
pub(crate) enum SecureAt {
    /// At this address.
    Url(String),
    /// At the host that was asked, on this port.
    Port(u16),
}

/// A request that came in clear.
pub(crate) struct InClear<'r> {
    pub(crate) method: &'r Method,
    /// The path with what is asked behind it.
    pub(crate) path: &'r str,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) secure_at: SecureAt,
}

impl InClear<'_> {
    /// Sends a page's reader to HTTPS; refuses everything else, and revokes the key that came along.
    pub(crate) async fn refuse(self, gate: &Gate, origin: Origin) -> Response {
        let secret = crate::door::bearer(self.headers)
            .map(str::to_owned)
            .or_else(|| crate::door::basic(self.headers).map(|(_, secret)| secret));
        if let Some(token) = secret
            && let Err(refusal) = gate.revoke_key_seen_in_clear(&token, origin).await
        {
            tracing::error!(
                reason = refusal.logged("revoking a key").word(),
                "a key that was seen in clear could not be revoked"
            );
        }
        let form = Form::of(self.path.split('?').next().unwrap_or_default());
        if let (Form::Page, &Method::GET | &Method::HEAD, Some(to)) =
            (form, self.method, self.secure_address())
        {
            return (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response();
        }
        let words = match form {
            Form::Page => say::https_only_explained(),
            _ => {
                "The API is served over HTTPS only. A key that was sent here is revoked: mint another."
            }
        };
        form.tell(Early {
            status: StatusCode::FORBIDDEN,
            kind: "https",
            title: say::https_only_title(),
            words: words.to_owned(),
            look_at: Vec::new(),
        })
    }

    fn secure_address(&self) -> Option<HeaderValue> {
        let address = match &self.secure_at {
            SecureAt::Url(url) => url.clone(),
            SecureAt::Port(443) => format!("https://{}{}", host(self.headers)?, self.path),
            SecureAt::Port(port) => format!("https://{}:{port}{}", host(self.headers)?, self.path),
        };
        HeaderValue::from_str(&address).ok()
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
