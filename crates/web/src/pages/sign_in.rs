use super::{Answer, Nothing, filters, go, page, with_status};
use crate::{
    App,
    door::{Posted, cookie_name},
};
use askama::Template;
use axum::{
    Form,
    extract::{FromRequestParts, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use interpres_accounts::{SignInFailed, SignOut, sign_in};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    message: String,
    email: String,
    next: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Next {
    next: String,
}

pub(crate) async fn form(Query(next): Query<Next>) -> Answer {
    page(&SignInPage { message: String::new(), email: String::new(), next: local(&next.next) })
}

/// Only places of ours: a path, never an address elsewhere.
fn local(next: &str) -> String {
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', ':']);
    if ours { next.to_owned() } else { "/".to_owned() }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Credentials {
    email: String,
    password: String,
    next: String,
}

pub(crate) async fn submit(State(app): State<App>, request: Request) -> Answer {
    let (mut parts, body) = request.into_parts();
    let origin = crate::door::origin(&parts);
    let _ = Query::<Next>::from_request_parts(&mut parts, &app).await;
    let Ok(Form(typed)) = <Form<Credentials> as axum::extract::FromRequest<App>>::from_request(Request::from_parts(parts, body), &app).await else {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    };
    let again = |status, message: String| with_status(status, &SignInPage { message, email: typed.email.clone(), next: local(&typed.next) });
    if app.sign_ins.check_key(&origin.address.clone().unwrap_or_default()).is_err() {
        return again(StatusCode::TOO_MANY_REQUESTS, "Too many tries from this address. Wait a minute, then try again.".to_owned());
    }
    match sign_in(&app.gate, &typed.email, &typed.password, origin).await {
        Ok(session) => Ok(signed_in(&app, session.token.expose(), &local(&typed.next))),
        Err(SignInFailed::Wrong) => again(StatusCode::UNAUTHORIZED, "Address or password is not right. Check both, then try again.".to_owned()),
        Err(SignInFailed::Locked(seconds)) => {
            again(StatusCode::TOO_MANY_REQUESTS, format!("Too many wrong passwords. Wait {seconds} seconds, then try again."))
        }
        Err(SignInFailed::Refused(refusal)) => Err(refusal.into()),
    }
}

fn signed_in(app: &App, token: &str, next: &str) -> Response {
    let secure = if app.options.secure { "; Secure" } else { "" };
    let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie_name(app.options.secure));
    with_cookie(Redirect::to(next).into_response(), &cookie)
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

pub(crate) async fn end(State(app): State<App>, Posted(actor, _): Posted<Nothing>) -> Answer {
    if let Some(session) = actor.session() {
        app.gate.perform(&actor, SignOut { session: session.to_owned() }).await?;
    }
    let mut response = with_cookie(go("/sign-in")?, &format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0", cookie_name(app.options.secure)));
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}
