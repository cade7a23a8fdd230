//! Nothing typed is lost: where a form meets an ended session or is asked for proof, what was typed
//! goes along, and is sent once the person has signed in or proved who they are.
use super::{Answer, OwnPath, filters, proof, sign_in, terms, with_status};
use crate::{App, door::signed_in_by};
use askama::Template;
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use interpres_gate::{Actor, Ask};
use serde::Deserialize;

const LARGEST_FORM: usize = 2 * 1024 * 1024;

/// What a page that can't be answered wants first.
#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    SignIn,
    Asked(Ask),
}

/// A form that waits: where it goes and what was typed, as it came.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    pub(crate) again_path: String,
    pub(crate) again_body: String,
}

impl Kept {
    pub(crate) const fn is_empty(&self) -> bool {
        self.again_path.is_empty()
    }
    fn pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.again_body.as_bytes()).into_owned().filter(|(name, _)| name != "csrf").collect()
    }
}

#[derive(Template)]
#[template(path = "again.html")]
struct AgainPage {
    name: String,
    workspace: String,
    csrf: String,
    path: OwnPath,
    pairs: Vec<(String, String)>,
}

/// The page that sends a kept form, now that it may be sent.
pub(crate) fn again(actor: &Actor, kept: &Kept) -> Answer {
    let page = AgainPage {
        name: actor.name().to_owned(),
        workspace: actor.workspace_name().to_owned(),
        csrf: actor.csrf().to_owned(),
        path: kept.again_path.clone().into(),
        pairs: kept.pairs(),
    };
    with_status(StatusCode::OK, &page)
}

/// Turns an answer that wants something first into the page that asks for it.
pub(crate) async fn ask_first(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let here = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
    let is_form = parts.headers.get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if parts.method != Method::POST || !is_form {
        let get = parts.method == Method::GET;
        let response = next.run(Request::from_parts(parts, body)).await;
        return match response.extensions().get::<Wanted>() {
            None => response,
            Some(wanted) => Redirect::to(&format!("{}?next={}", place(*wanted), if get { encoded(&here) } else { "/".to_owned() })).into_response(),
        };
    }
    let Ok(bytes) = to_bytes(body, LARGEST_FORM).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let headers = parts.headers.clone();
    let response = next.run(Request::from_parts(parts, Body::from(bytes.clone()))).await;
    let Some(wanted) = response.extensions().get::<Wanted>().copied() else { return response };
    let kept = Kept { again_path: here, again_body: String::from_utf8_lossy(&bytes).into_owned() };
    let page = match (wanted, signed_in_by(&app, &headers).await) {
        (Wanted::Asked(Ask::Proof), Ok(Some(actor))) => proof::ask(&app, &actor, String::new(), OwnPath::default(), kept).await,
        (Wanted::Asked(Ask::Terms), Ok(Some(actor))) => terms::ask(&actor, OwnPath::default(), kept),
        (Wanted::Asked(Ask::Factor), Ok(Some(_))) => Ok(Redirect::to("/account/factors").into_response()),
        _ => sign_in::again(StatusCode::UNAUTHORIZED, "Your session has ended. Sign in, and what you typed will be sent.", kept),
    };
    page.unwrap_or_else(IntoResponse::into_response)
}

fn place(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::SignIn => "/sign-in",
        Wanted::Asked(Ask::Proof) => "/proof",
        Wanted::Asked(Ask::Factor) => "/account/factors",
        Wanted::Asked(Ask::Terms) => "/terms",
    }
}

/// An address within an address: only what would be taken for the outer one's is escaped.
fn encoded(here: &str) -> String {
    here.replace('%', "%25").replace('?', "%3F").replace('&', "%26").replace('#', "%23").replace('+', "%2B")
}
