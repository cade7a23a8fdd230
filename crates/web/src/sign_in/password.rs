//! A password that was forgotten, and the link to choose another.
use crate::shared::filters;
use crate::{
    App,
    door::Path,
    shared::{Answer, page, with_status},
    sign_in::unsigned::Unsigned,
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{KeysLeft, end_keys_after_reset, forget_password, reset_password};
use interpres_gate::Refusal;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "password_forgotten.html")]
struct ForgottenPage {
    sent: bool,
}

pub(crate) async fn forgotten() -> Answer {
    page(&ForgottenPage { sent: false })
}

#[derive(Deserialize)]
pub(crate) struct Address {
    email: String,
}

pub(crate) async fn forget(
    State(app): State<App>,
    Unsigned(origin, typed): Unsigned<Address>,
) -> Answer {
    forget_password(&app.gate, &typed.email, origin).await?;
    page(&ForgottenPage { sent: true })
}

#[derive(Template)]
#[template(path = "password_new.html")]
struct NewPage {
    link: String,
    message: String,
    done: bool,
    /// What programs go on coming in with.
    left: KeysLeft,
}

impl NewPage {
    fn asks(link: String, message: String) -> Self {
        Self {
            link,
            message,
            done: false,
            left: KeysLeft::default(),
        }
    }
    fn done(message: String, left: KeysLeft) -> Self {
        Self {
            link: String::new(),
            message,
            done: true,
            left,
        }
    }
}

pub(crate) async fn by_link(Path(link): Path<String>) -> Answer {
    page(&NewPage::asks(link, String::new()))
}

#[derive(Deserialize)]
pub(crate) struct Chosen {
    link: String,
    new: String,
}

pub(crate) async fn choose(
    State(app): State<App>,
    Unsigned(origin, typed): Unsigned<Chosen>,
) -> Answer {
    match reset_password(
        &app.gate,
        &app.options.doors,
        &typed.link,
        &typed.new,
        origin,
    )
    .await
    {
        Ok(left) => page(&NewPage::done(String::new(), left)),
        Err(Refusal::Invalid(problems)) => {
            let message = problems
                .list()
                .first()
                .map(|p| say::password_is_wrong(say::overheard(&p.rule.to_string())))
                .unwrap_or_default();
            with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &NewPage::asks(typed.link, message),
            )
        }
        Err(Refusal::NotFound) => {
            let message = say::reset_over().to_owned();
            with_status(
                StatusCode::NOT_FOUND,
                &NewPage::asks(String::new(), message),
            )
        }
        Err(refusal) => Err(refusal.into()),
    }
}

#[derive(Deserialize)]
pub(crate) struct Ticket {
    ticket: String,
}

/// Ends the keys that were left.
pub(crate) async fn end_keys(
    State(app): State<App>,
    Unsigned(origin, typed): Unsigned<Ticket>,
) -> Answer {
    match end_keys_after_reset(&app.gate, &typed.ticket, &origin).await {
        Ok(_) => page(&NewPage::done(
            say::keys_revoked().to_owned(),
            KeysLeft::default(),
        )),
        Err(Refusal::NotFound) => {
            let message = say::keys_over().to_owned();
            with_status(
                StatusCode::NOT_FOUND,
                &NewPage::done(message, KeysLeft::default()),
            )
        }
        Err(refusal) => Err(refusal.into()),
    }
}
