//! OAuth 2.0 for services: client credentials and nothing else (RFC 6749 section 4.4), with its own
//! form of answers and errors, and the document that says where (RFC 8414).
use crate::{
    App,
    door::{basic, origin},
    sign_in::may_try,
};
use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use interpres_accounts::{NoToken, TOKEN_MINUTES, access_token};
use interpres_gate::Permission;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const LARGEST: usize = 16 * 1024;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/oauth/token", post(token))
        .route("/.well-known/oauth-authorization-server", get(metadata))
}

/// Every permission that a service can have, by name: the scopes there are.
pub(crate) fn scopes() -> impl Iterator<Item = String> {
    Permission::ALL
        .iter()
        .filter(|p| p.is_for_services())
        .map(ToString::to_string)
}

async fn metadata(State(app): State<App>) -> Response {
    let issuer = app.options.public_url.trim_end_matches('/');
    let about = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/oauth/token"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": scopes().collect::<Vec<_>>(),
    });
    axum::Json(about).into_response()
}

fn told(status: StatusCode, body: &Value) -> Response {
    let mut response = (
        status,
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic realm=\"interpres\", charset=\"UTF-8\""),
        );
    }
    response
}

pub(crate) fn wrong(status: StatusCode, error: &str, words: &str) -> Response {
    told(
        status,
        &json!({ "error": error, "error_description": words }),
    )
}

fn invalid(words: &str) -> Response {
    wrong(StatusCode::BAD_REQUEST, "invalid_request", words)
}

/// The form's parameters; none may come twice (RFC 6749 section 3.2).
fn form(bytes: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut form = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(bytes).into_owned() {
        if form.insert(name, value).is_some() {
            return None;
        }
    }
    Some(form)
}

async fn token(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let origin = origin(&parts);
    if !may_try(&app, &origin) {
        return wrong(
            StatusCode::TOO_MANY_REQUESTS,
            "temporarily_unavailable",
            "Too many tries from here. Wait a minute.",
        );
    }
    let is_form = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let Some(mut form) = to_bytes(body, LARGEST)
        .await
        .ok()
        .filter(|_| is_form)
        .and_then(|bytes| form(&bytes))
    else {
        return invalid("Send a form (application/x-www-form-urlencoded), each parameter once.");
    };
    let in_form = form.remove("client_id").zip(form.remove("client_secret"));
    let (client, secret) = match (basic(&parts.headers), in_form) {
        (Some(_), Some(_)) => {
            return invalid("Send the client's id and secret in one way, not in two.");
        }
        (Some(pair), None) | (None, Some(pair)) => pair,
        (None, None) => {
            return wrong(
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "Send the client's id and secret as Authorization: Basic, or in the form.",
            );
        }
    };
    match form.remove("grant_type").as_deref() {
        Some("client_credentials") => {}
        Some(_) => {
            return wrong(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "Only client_credentials is served here.",
            );
        }
        None => return invalid("Say grant_type=client_credentials."),
    }
    match access_token(
        &app.gate,
        &client,
        &secret,
        form.get("scope").map_or("", String::as_str),
        origin,
    )
    .await
    {
        Ok(made) => told(
            StatusCode::OK,
            &json!({ "access_token": made.token, "token_type": "Bearer", "expires_in": TOKEN_MINUTES * 60, "scope": made.scope }),
        ),
        Err(NoToken::Client) => wrong(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "This client's id and secret open nothing.",
        ),
        Err(NoToken::Scope) => wrong(
            StatusCode::BAD_REQUEST,
            "invalid_scope",
            "The scope holds a permission that this key does not have.",
        ),
        Err(NoToken::Refused(refusal)) => wrong(
            crate::problem::status(&refusal),
            "server_error",
            &refusal.to_string(),
        ),
    }
}
