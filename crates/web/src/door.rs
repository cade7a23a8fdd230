//! Who is asking: a session's cookie for pages, a key for the API. And what for: the parts of a page's address.
use crate::{
    App, Options,
    problem::Problem,
    proxy::CameFrom,
    shared::{Refused, Wanted},
};
use axum::{
    Extension,
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_gate::{Actor, Once, Origin, Refusal};
use serde::de::DeserializeOwned;
use url::Url;

pub(crate) use crate::posted::{Posted, PostedFile};

/// What our cookies are called. Over HTTPS they carry the `__Host-` prefix, which binds them to this host. A browser sends
/// a host's cookies to all its ports (RFC 6265 section 8.5), so a port of our own is part of their names.
pub(crate) struct CookieNames {
    /// Of the session.
    pub(crate) session: String,
    /// By which a browser is known that was used before.
    pub(crate) device: String,
    /// Which binds a way to an identity provider to the browser that began it.
    pub(crate) flow: String,
    /// What a form did, for the page it leads to.
    pub(crate) done: String,
}

impl CookieNames {
    pub(crate) fn of(options: &Options) -> Self {
        let prefix = if options.secure { "__Host-" } else { "" };
        let port = Url::parse(&options.public_url)
            .ok()
            .and_then(|url| url.port())
            .map(|port| format!("-{port}"))
            .unwrap_or_default();
        let name = |what: &str| format!("{prefix}{what}{port}");
        Self {
            session: name("session"),
            device: name("device"),
            flow: name("flow"),
            done: name("done"),
        }
    }
}

pub(crate) fn origin(parts: &Parts) -> Origin {
    let address = parts
        .extensions
        .get::<CameFrom>()
        .map(|from| from.0.to_string());
    let agent = parts
        .headers
        .get(header::USER_AGENT)
        .and_then(|v| v.to_str().ok());
    Origin {
        address,
        agent: agent.map(|a| a.chars().take(200).collect()),
        session: None,
    }
}

pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok());
    all.flat_map(|v| v.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Parts of a page's address: where one is not of its kind there is no such page. The rejections of axum's own
/// repeat what was sent, and are no pages.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Refused;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let found = axum::extract::Path::from_request_parts(parts, app).await;
        found
            .map(|axum::extract::Path(found)| Self(found))
            .map_err(|_| Refusal::NotFound.into())
    }
}

/// What a page is asked behind the question mark of its address.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Query<T> {
    type Rejection = Refused;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let found = axum::extract::Query::from_request_parts(parts, app).await;
        found
            .map(|axum::extract::Query(found)| Self(found))
            .map_err(|_| {
                Refusal::invalid("address", "can't be read behind its question mark").into()
            })
    }
}

/// A person with an open session who looks at something; others are sent to sign in and come back afterwards. What
/// changes something comes by [`Posted`].
pub(crate) struct Signed(pub(crate) Actor);

pub(crate) async fn by_session(app: &App, parts: &Parts) -> Result<Option<Actor>, Refusal> {
    let Some(token) = cookie(&parts.headers, &app.cookies.session) else {
        return Ok(None);
    };
    admitted(app, token, origin(parts)).await
}

/// Whoever a session's token is of. From here on the request speaks the language that they have chosen.
async fn admitted(app: &App, token: &str, origin: Origin) -> Result<Option<Actor>, Refusal> {
    let actor = app.gate.admit_session(token, origin).await?;
    if let Some(language) = actor.as_ref().and_then(Actor::language) {
        say::speech::hears(language);
    }
    Ok(actor)
}

/// The person whose session's cookie is among these headers, who comes from there.
pub(crate) async fn signed_in_by(
    app: &App,
    headers: &HeaderMap,
    origin: Origin,
) -> Result<Option<Actor>, Refusal> {
    let Some(token) = cookie(headers, &app.cookies.session) else {
        return Ok(None);
    };
    admitted(app, token, origin).await
}

/// An answer that becomes the page to sign in on; what was typed goes along.
pub(crate) fn to_sign_in() -> Response {
    (
        StatusCode::UNAUTHORIZED,
        Extension(Wanted::SignIn),
        "Sign in first.\n",
    )
        .into_response()
}

impl FromRequestParts<App> for Signed {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        if !parts.method.is_safe() {
            return Err(StatusCode::METHOD_NOT_ALLOWED.into_response());
        }
        match by_session(app, parts).await {
            Ok(Some(actor)) => Ok(Self(actor)),
            Ok(None) => Err(to_sign_in()),
            Err(refusal) => Err(crate::shared::refused(&refusal)),
        }
    }
}

/// The key in a request's header, if there is one.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The id and the secret that a client shows by `Authorization: Basic` (RFC 6749 section 2.3.1).
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, encoded) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    let text = STANDARD
        .decode(encoded.trim())
        .ok()
        .filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (id, secret) = std::str::from_utf8(&text).ok()?.split_once(':')?;
    let plain = |part: &str| {
        form_urlencoded::parse(part.as_bytes())
            .next()
            .map(|(text, _)| text.into_owned())
            .unwrap_or_default()
    };
    Some((plain(id), plain(secret)))
}

/// A program with an API key.
pub(crate) struct Keyed(pub(crate) Actor);

impl FromRequestParts<App> for Keyed {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Some(token) = bearer(&parts.headers) else {
            return Err(Problem::unauthenticated());
        };
        let actor = app
            .gate
            .admit_key(token, origin(parts))
            .await?
            .ok_or_else(Problem::unauthenticated)?;
        Ok(Self(actor.once(parts.extensions.get::<Once>().cloned())))
    }
}
