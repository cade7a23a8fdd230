//! Proving once more who one is.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Query, Signed},
    shared::{Answer, Frame, OwnPath, go, session_cookie, with_cookie, with_status},
    sign_in::{
        enter::Next,
        kept::{Kept, again},
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{
    Again, Proof, SecondFactorChallenge, SendOwnText, begin_proof, last_digits, prove_again,
};
use interpres_gate::{Actor, Refusal};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "proof.html")]
struct ProofPage {
    frame: Frame,
    message: String,
    next: OwnPath,
    kept: Kept,
    asked: Option<SecondFactorChallenge>,
    passkey: String,
    /// To where a code was sent.
    sent: String,
    /// Whether the session came by an identity provider, which is asked then.
    provided: bool,
}

/// The page that asks for it.
pub(crate) async fn ask(
    app: &App,
    actor: &Actor,
    message: String,
    next: OwnPath,
    kept: Kept,
) -> Answer {
    ask_with(app, actor, message, String::new(), next, kept).await
}

async fn ask_with(
    app: &App,
    actor: &Actor,
    message: String,
    sent: String,
    next: OwnPath,
    kept: Kept,
) -> Answer {
    let provided = actor.via().is_some();
    let mut asked = begin_proof(&app.gate, &app.options.doors, actor).await?;
    if let Some(asked) = &mut asked {
        asked.text &= app.options.texts.is_some() && !provided;
    }
    let passkey = asked
        .as_ref()
        .and_then(|a| a.passkey.as_ref())
        .map(ToString::to_string)
        .unwrap_or_default();
    with_status(
        StatusCode::FORBIDDEN,
        &ProofPage {
            frame: Frame::of(actor, ""),
            message,
            next,
            kept,
            asked,
            passkey,
            sent,
            provided,
        },
    )
}

pub(crate) async fn form(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(next): Query<Next>,
) -> Answer {
    let mut page = ask(&app, &actor, String::new(), next.next, Kept::default()).await?;
    *page.status_mut() = StatusCode::OK;
    Ok(page)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Shown {
    ticket: String,
    code: String,
    password: String,
    answer: String,
    next: OwnPath,
    #[serde(flatten)]
    kept: Kept,
}

/// Sends a code to one's own telephone, and asks for it.
pub(crate) async fn text(State(app): State<App>, Posted(actor, shown): Posted<Shown>) -> Answer {
    let Some(texts) = &app.options.texts else {
        return Err(Refusal::NotFound.into());
    };
    let home = app.gate.at_home(&actor).ok_or(Refusal::Forbidden)?;
    let (message, sent) = match app.gate.perform(&home, SendOwnText).await {
        Ok(code) if texts.send(&code).await => (String::new(), last_digits(&code.to)),
        Ok(_) => (say::text_not_sent().to_owned(), String::new()),
        Err(Refusal::TooSoon(seconds)) => (say::texts_too_soon(seconds), String::new()),
        Err(refusal) => return Err(refusal.into()),
    };
    ask_with(&app, &actor, message, sent, shown.next, shown.kept).await
}

pub(crate) async fn submit(State(app): State<App>, Posted(actor, shown): Posted<Shown>) -> Answer {
    let what = match (shown.ticket.is_empty(), shown.answer.is_empty()) {
        (true, _) => Again::Password(shown.password),
        (false, true) => Again::Factor(shown.ticket, Proof::Code(shown.code)),
        (false, false) => Again::Factor(shown.ticket, Proof::Passkey(shown.answer)),
    };
    let next = shown.next;
    match prove_again(&app.gate, &app.options.doors, &actor, what).await {
        Ok(token) => {
            let waits = match app
                .gate
                .admit_session(&token, actor.origin().clone())
                .await?
            {
                Some(actor) if !shown.kept.is_empty() => again(&app, &actor, &shown.kept).await?,
                _ => None,
            };
            let response = waits.map_or_else(|| go(&next), Ok)?;
            Ok(with_cookie(response, &session_cookie(&app, &token)))
        }
        Err(Refusal::Invalid(problems)) => {
            let message = problems
                .list()
                .first()
                .map(|p| say::that_is_wrong(say::overheard(&p.rule.to_string())))
                .unwrap_or_default();
            ask(&app, &actor, message, next, shown.kept).await
        }
        Err(Refusal::TooSoon(seconds)) => {
            ask(&app, &actor, say::sign_in_locked(seconds), next, shown.kept).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
