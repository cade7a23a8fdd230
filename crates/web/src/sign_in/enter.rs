//! Signing in and out.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Query, cookie},
    shared,
    shared::{
        Answer, MessagePage, Nothing, OwnPath, go, page, rest, session_cookie, with_cookie,
        with_status,
    },
    sign_in::kept::{Kept, again as send_again},
    sign_in::unsigned::{may_try, too_many},
};
use askama::Template;
use axum::{
    Json,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use interpres_accounts::{
    Entry, Proof, SecondFactorChallenge, SignIn, SignInFailed, SignOut, Visitor,
    begin_passkey_sign_in, finish_sign_in, last_digits, sign_in, sign_in_with_passkey,
    text_code_at_the_door,
};
use interpres_gate::{Origin, Refusal};
use serde::Deserialize;

#[derive(Default, Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    message: String,
    email: String,
    next: OwnPath,
    kept: Kept,
}

#[derive(Template)]
#[template(path = "sign_in_proof.html")]
struct ProofPage {
    message: String,
    next: OwnPath,
    kept: Kept,
    asked: SecondFactorChallenge,
    passkey: String,
    /// To where a code was sent.
    sent: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Next {
    pub(crate) next: OwnPath,
}

pub(crate) async fn form(Query(next): Query<Next>) -> Answer {
    page(&SignInPage {
        next: next.next,
        ..SignInPage::default()
    })
}

/// The form once more, with what waits to be sent.
pub(crate) fn again(status: StatusCode, message: &str, kept: Kept) -> Answer {
    with_status(
        status,
        &SignInPage {
            message: message.to_owned(),
            kept,
            ..SignInPage::default()
        },
    )
}

/// Everything that is typed at the door.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    email: String,
    password: String,
    ticket: String,
    code: String,
    answer: String,
    /// The ways that were offered, so that they are offered again.
    app: String,
    text: String,
    codes: String,
    options: String,
    next: OwnPath,
    #[serde(flatten)]
    kept: Kept,
}

impl Typed {
    /// The ways that were offered before.
    fn asked(&self) -> SecondFactorChallenge {
        SecondFactorChallenge {
            ticket: self.ticket.clone(),
            passkey: serde_json::from_str(&self.options).ok(),
            app: !self.app.is_empty(),
            text: !self.text.is_empty(),
            codes: !self.codes.is_empty(),
        }
    }
}

/// Somebody at the door with what they typed, unless too many came from there.
pub(crate) struct AtTheDoor {
    pub(crate) visitor: Visitor,
    pub(crate) typed: Typed,
}

impl FromRequest<App> for AtTheDoor {
    type Rejection = Response;
    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let visitor = visitor(app, &parts.headers, crate::door::origin(&parts));
        if !may_try(app, &visitor.origin) {
            return Err(too_many());
        }
        let bytes = axum::body::to_bytes(body, 4 * 1024 * 1024)
            .await
            .map_err(|_| MessagePage::too_large())?;
        let typed = serde_html_form::from_bytes(&bytes).map_err(|_| MessagePage::not_ours())?;
        Ok(Self { visitor, typed })
    }
}

fn visitor(app: &App, headers: &HeaderMap, origin: Origin) -> Visitor {
    Visitor {
        origin,
        device: cookie(headers, &app.cookies.device).map(str::to_owned),
    }
}

pub(crate) async fn submit(
    State(app): State<App>,
    AtTheDoor { visitor, typed }: AtTheDoor,
) -> Answer {
    match sign_in(
        &app.gate,
        &app.options.doors,
        &typed.email,
        &typed.password,
        &visitor,
    )
    .await
    {
        Ok(SignIn::Open(entry)) => entered(&app, entry, &typed, visitor.origin).await,
        Ok(SignIn::Asked(asked)) => ask(
            &app,
            StatusCode::OK,
            String::new(),
            String::new(),
            asked,
            &typed,
        ),
        Err(failed) => refused(failed, &typed, say::sign_in_wrong()),
    }
}

fn ask(
    app: &App,
    status: StatusCode,
    message: String,
    sent: String,
    mut asked: SecondFactorChallenge,
    typed: &Typed,
) -> Answer {
    asked.text &= app.options.texts.is_some();
    let passkey = asked
        .passkey
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    with_status(
        status,
        &ProofPage {
            message,
            next: typed.next.clone(),
            kept: typed.kept.clone(),
            asked,
            passkey,
            sent,
        },
    )
}

fn refused(failed: SignInFailed, typed: &Typed, wrong: &str) -> Answer {
    let (status, message) = match failed {
        SignInFailed::Wrong => (StatusCode::UNAUTHORIZED, wrong.to_owned()),
        SignInFailed::Locked(seconds) => {
            (StatusCode::TOO_MANY_REQUESTS, say::sign_in_locked(seconds))
        }
        SignInFailed::Closed => (
            StatusCode::TOO_MANY_REQUESTS,
            say::sign_in_closed().to_owned(),
        ),
        SignInFailed::Expired => (StatusCode::UNAUTHORIZED, say::sign_in_expired().to_owned()),
        SignInFailed::Refused(refusal) => return Err(refusal.into()),
    };
    with_status(
        status,
        &SignInPage {
            message,
            email: typed.email.clone(),
            next: typed.next.clone(),
            kept: typed.kept.clone(),
        },
    )
}

/// The second factor after the password.
pub(crate) async fn prove(
    State(app): State<App>,
    AtTheDoor { visitor, typed }: AtTheDoor,
) -> Answer {
    let proof = if typed.answer.is_empty() {
        Proof::Code(typed.code.clone())
    } else {
        Proof::Passkey(typed.answer.clone())
    };
    match finish_sign_in(
        &app.gate,
        &app.options.doors,
        &typed.ticket,
        proof,
        &visitor,
    )
    .await
    {
        Ok(entry) => entered(&app, entry, &typed, visitor.origin).await,
        Err(SignInFailed::Wrong) => {
            let message = say::code_wrong().to_owned();
            ask(
                &app,
                StatusCode::UNAUTHORIZED,
                message,
                String::new(),
                typed.asked(),
                &typed,
            )
        }
        Err(failed) => refused(failed, &typed, ""),
    }
}

/// Sends a code to the person's telephone, and asks for it.
pub(crate) async fn text(
    State(app): State<App>,
    AtTheDoor { visitor, typed }: AtTheDoor,
) -> Answer {
    let Some(texts) = &app.options.texts else {
        return Err(Refusal::NotFound.into());
    };
    let (status, message, sent) =
        match text_code_at_the_door(&app.gate, &typed.ticket, visitor.origin).await {
            Ok(code) if texts.send(&code).await => {
                (StatusCode::OK, String::new(), last_digits(&code.to))
            }
            Ok(_) => (
                StatusCode::BAD_GATEWAY,
                say::text_not_sent().to_owned(),
                String::new(),
            ),
            Err(Refusal::NotFound) => return refused(SignInFailed::Expired, &typed, ""),
            Err(Refusal::TooSoon(seconds)) => (
                StatusCode::TOO_MANY_REQUESTS,
                say::texts_too_soon(seconds),
                String::new(),
            ),
            Err(refusal) => return Err(refusal.into()),
        };
    ask(&app, status, message, sent, typed.asked(), &typed)
}

/// Asks the browser for any passkey of ours.
pub(crate) async fn find_passkey(
    State(app): State<App>,
    request: Request,
) -> Result<Response, Response> {
    let (parts, _) = request.into_parts();
    let origin = crate::door::origin(&parts);
    if !may_try(&app, &origin) {
        return Err(too_many());
    }
    let begun = begin_passkey_sign_in(&app.gate, &app.options.doors, origin).await;
    let (ticket, options) = begun.map_err(|refusal| shared::refused(&refusal))?;
    Ok(Json(serde_json::json!({ "ticket": ticket, "options": options })).into_response())
}

pub(crate) async fn by_passkey(
    State(app): State<App>,
    AtTheDoor { visitor, typed }: AtTheDoor,
) -> Answer {
    match sign_in_with_passkey(
        &app.gate,
        &app.options.doors,
        &typed.ticket,
        &typed.answer,
        &visitor,
    )
    .await
    {
        Ok(entry) => entered(&app, entry, &typed, visitor.origin).await,
        Err(failed) => refused(failed, &typed, say::passkey_unknown()),
    }
}

async fn entered(app: &App, entry: Entry, typed: &Typed, origin: Origin) -> Answer {
    let actor = if typed.kept.is_empty() {
        None
    } else {
        app.gate.admit_session(&entry.token, origin).await?
    };
    let waits = match actor {
        Some(actor) => send_again(app, &actor, &typed.kept).await?,
        None => None,
    };
    let to = if entry.workspaces > 1 && typed.next.is_first_page() {
        "/workspaces"
    } else {
        typed.next.as_ref()
    };
    let response = waits.unwrap_or_else(|| Redirect::to(to).into_response());
    let response = with_cookie(response, &session_cookie(app, &entry.token));
    Ok(match entry.device {
        Some(device) => with_cookie(
            response,
            &format!(
                "{}={device}; Max-Age=34560000{}",
                app.cookies.device,
                rest(app)
            ),
        ),
        None => response,
    })
}

pub(crate) async fn end(State(app): State<App>, Posted(actor, _): Posted<Nothing>) -> Answer {
    if let Some(session) = actor.session() {
        app.gate
            .perform(
                &actor,
                SignOut {
                    session: session.to_owned(),
                },
            )
            .await?;
    }
    let mut response = with_cookie(
        go("/sign-in")?,
        &format!("{}=; Max-Age=0{}", app.cookies.session, rest(&app)),
    );
    response.headers_mut().insert(
        "clear-site-data",
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    Ok(response)
}
