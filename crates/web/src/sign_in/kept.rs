//! Nothing typed is lost: where a form meets an ended session or is asked for proof, what was typed goes along, sealed for
//! the person who typed it, and is sent once they have signed in or proved who they are.
use crate::shared::filters;
use crate::{
    App,
    door::{origin, signed_in_by},
    shared::{Answer, MessagePage, OwnPath, Pairs, Refused, Wanted, with_status},
    sign_in::{enter, proof, terms},
};
use askama::Template;
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use interpres_gate::{Actor, Ask, Origin, Refusal};
use serde::Deserialize;

const LARGEST_FORM: usize = 2 * 1024 * 1024;

/// A form that waits, sealed for the person who typed it.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    pub(crate) again: String,
}

impl Kept {
    pub(crate) const fn is_empty(&self) -> bool {
        self.again.is_empty()
    }
}

/// Where a form goes and what was typed, as it is sealed.
fn as_kept(path: &str, body: &[u8]) -> String {
    format!("{path}\n{}", String::from_utf8_lossy(body))
}

/// The token among a form's fields.
fn token(pairs: &[(String, String)]) -> &str {
    pairs
        .iter()
        .find(|(name, _)| name == "csrf")
        .map(|(_, token)| token.as_str())
        .unwrap_or_default()
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

impl AgainPage {
    /// What was typed, for reading: without what pages carry along, drawings, and what opens doors.
    fn readable(&self) -> impl Iterator<Item = &(String, String)> {
        const UNREAD: [&str; 8] = [
            "version", "draft", "password", "old", "new", "code", "answer", "ticket",
        ];
        let is_read = |value: &str| {
            !value.trim().is_empty() && !value.starts_with("data:") && uuid(value).is_none()
        };
        self.pairs
            .iter()
            .filter(move |(name, value)| !UNREAD.contains(&name.as_str()) && is_read(value))
    }
}

fn uuid(value: &str) -> Option<interpres_types::AppointmentId> {
    value.parse().ok()
}

/// The page that sends a kept form, now that it may be sent; nothing where it waits for somebody else.
pub(crate) async fn again(
    app: &App,
    actor: &Actor,
    kept: &Kept,
) -> Result<Option<Response>, Refused> {
    let Some(form) = app.gate.kept_form(actor, &kept.again).await? else {
        return Ok(None);
    };
    let (path, body) = form.split_once('\n').unwrap_or(("/", ""));
    let mut pairs: Pairs = form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    let csrf = actor.form_tokens().renewed(token(&pairs));
    pairs.retain(|(name, _)| name != "csrf");
    let page = AgainPage {
        name: actor.name().to_owned(),
        workspace: actor.workspace_name().to_owned(),
        csrf,
        path: OwnPath::from(path.to_owned()),
        pairs,
    };
    with_status(StatusCode::OK, &page).map(Some)
}

/// Turns an answer that wants something first into the page that asks for it.
pub(crate) async fn ask_first(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let here = parts
        .uri
        .path_and_query()
        .map_or("/", |p| p.as_str())
        .to_owned();
    let is_form = parts.headers.get(header::CONTENT_TYPE).is_some_and(|t| {
        t.as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    });
    if parts.method != Method::POST || !is_form {
        let get = parts.method == Method::GET;
        let response = next.run(Request::from_parts(parts, body)).await;
        return match response.extensions().get::<Wanted>() {
            None => response,
            Some(Wanted::Renewal) => from_another_session(),
            Some(Wanted::SignIn) if !get => enter::again(
                StatusCode::UNAUTHORIZED,
                say::signed_out_file(),
                Kept::default(),
            )
            .unwrap_or_else(IntoResponse::into_response),
            Some(wanted) => Redirect::to(&format!(
                "{}?next={}",
                place(*wanted),
                if get { encoded(&here) } else { "/".to_owned() }
            ))
            .into_response(),
        };
    }
    let Ok(bytes) = to_bytes(body, LARGEST_FORM).await else {
        return MessagePage::too_large();
    };
    let (headers, from) = (parts.headers.clone(), origin(&parts));
    let response = next
        .run(Request::from_parts(parts, Body::from(bytes.clone())))
        .await;
    let Some(wanted) = response.extensions().get::<Wanted>().copied() else {
        return response;
    };
    if here == "/session/end" && matches!(wanted, Wanted::SignIn) {
        return Redirect::to("/sign-in?next=/").into_response();
    }
    let page = first(&app, wanted, &headers, from, &as_kept(&here, &bytes)).await;
    page.unwrap_or_else(IntoResponse::into_response)
}

/// The page that asks for what is wanted, with the form that waits.
async fn first(app: &App, wanted: Wanted, headers: &HeaderMap, from: Origin, form: &str) -> Answer {
    let actor = signed_in_by(app, headers, from).await?;
    let kept = match (wanted, &actor) {
        (Wanted::Asked(_), Some(actor)) => Kept {
            again: app.gate.keep_form(actor, form).await?,
        },
        _ => Kept {
            again: late(app, form).await?.unwrap_or_default(),
        },
    };
    match (wanted, actor) {
        (Wanted::Asked(Ask::Proof), Some(actor)) => {
            proof::ask(app, &actor, String::new(), OwnPath::default(), kept).await
        }
        (Wanted::Asked(Ask::Terms), Some(actor)) => terms::ask(&actor, OwnPath::default(), kept),
        (Wanted::Asked(Ask::Factor), Some(_)) => {
            Ok(Redirect::to("/account/factors").into_response())
        }
        (Wanted::Renewal, Some(actor)) => Ok(again(app, &actor, &kept)
            .await?
            .map_or_else(from_another_session, |page| {
                (StatusCode::CONFLICT, page).into_response()
            })),
        _ if kept.is_empty() => {
            enter::again(StatusCode::UNAUTHORIZED, say::signed_out_lost(), kept)
        }
        _ => enter::again(StatusCode::UNAUTHORIZED, say::signed_out_kept(), kept),
    }
}

/// A form whose session has ended, sealed for the person whose page it is from.
async fn late(app: &App, form: &str) -> Result<Option<String>, Refusal> {
    let pairs: Pairs = form
        .split_once('\n')
        .map(|(_, body)| {
            form_urlencoded::parse(body.as_bytes())
                .into_owned()
                .collect()
        })
        .unwrap_or_default();
    app.gate.keep_late_form(token(&pairs), form).await
}

/// A page of somebody else's, or of another workspace, or a form that is not ours.
fn from_another_session() -> Response {
    MessagePage {
        title: say::other_sign_in_title(),
        text: say::other_sign_in_explained().to_owned(),
        list: Vec::new(),
    }
    .with(StatusCode::FORBIDDEN)
}

fn place(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::SignIn | Wanted::Renewal => "/sign-in",
        Wanted::Asked(Ask::Proof) => "/proof",
        Wanted::Asked(Ask::Factor) => "/account/factors",
        Wanted::Asked(Ask::Terms) => "/terms",
    }
}

/// An address within an address: only what would be taken for the outer one's is escaped.
fn encoded(here: &str) -> String {
    here.replace('%', "%25")
        .replace('?', "%3F")
        .replace('&', "%26")
        .replace('#', "%23")
        .replace('+', "%2B")
}
