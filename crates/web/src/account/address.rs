//! Signing in with another address.
use crate::shared::filters;
use crate::{
    App,
    account::profile::account,
    door::{Path, Posted},
    shared::{Answer, page, problems_of, with_status},
    sign_in::Unsigned,
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{AddressStep, ask_for_address, prove_address};
use interpres_gate::Refusal;
use interpres_types::{Field, Problems};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "address.html")]
struct AddressPage {
    link: String,
    message: String,
    step: Option<AddressStep>,
}

#[derive(Deserialize)]
pub(crate) struct AddressForm {
    address: Field,
}

pub(crate) async fn ask(
    State(app): State<App>,
    Posted(actor, asked): Posted<AddressForm>,
) -> Answer {
    match ask_for_address(&app.gate, &actor, &asked.address).await {
        Ok(()) => {
            account(
                &app,
                &actor,
                String::new(),
                say::email_link_sent(),
                Problems::none(),
            )
            .await
        }
        Err(refusal) => account(&app, &actor, String::new(), "", problems_of(refusal)?).await,
    }
}

/// A page with a button: programs that look into mail follow links too.
pub(crate) async fn by_link(Path(link): Path<String>) -> Answer {
    page(&AddressPage {
        link,
        message: String::new(),
        step: None,
    })
}

#[derive(Deserialize)]
pub(crate) struct Followed {
    link: String,
}

pub(crate) async fn follow(
    State(app): State<App>,
    Unsigned(origin, followed): Unsigned<Followed>,
) -> Answer {
    let wrong = |status, message: &str| {
        with_status(
            status,
            &AddressPage {
                link: String::new(),
                message: message.to_owned(),
                step: None,
            },
        )
    };
    match prove_address(&app.gate, &followed.link, &origin).await {
        Ok(step) => page(&AddressPage {
            link: String::new(),
            message: String::new(),
            step: Some(step),
        }),
        Err(Refusal::NotFound) => wrong(StatusCode::NOT_FOUND, say::email_link_over()),
        Err(Refusal::Conflict(conflict)) => {
            wrong(StatusCode::CONFLICT, &say::overheard(&conflict.message))
        }
        Err(refusal) => Err(refusal.into()),
    }
}
