//! Accepting the user terms.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Query, Signed},
    shared::{Answer, Frame, OwnPath, go, paragraphs, problems_of, with_status},
    sign_in::{
        enter::Next,
        kept::{Kept, again},
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{AcceptTerms, TERMS, TERMS_VERSION, TermsInput};
use interpres_gate::Actor;
use interpres_types::{Field, Problems};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    frame: Frame,
    terms: Vec<(String, String)>,
    version: &'static str,
    typed: String,
    problems: Problems,
    next: OwnPath,
    kept: Kept,
}

fn asked(
    status: StatusCode,
    actor: &Actor,
    typed: String,
    problems: Problems,
    next: OwnPath,
    kept: Kept,
) -> Answer {
    with_status(
        status,
        &TermsPage {
            frame: Frame::of(actor, ""),
            terms: paragraphs(TERMS),
            version: TERMS_VERSION,
            typed,
            problems,
            next,
            kept,
        },
    )
}

/// The page that asks for it, with a form that waits.
pub(super) fn ask(actor: &Actor, next: OwnPath, kept: Kept) -> Answer {
    asked(
        StatusCode::FORBIDDEN,
        actor,
        String::new(),
        Problems::none(),
        next,
        kept,
    )
}

pub(crate) async fn form(Signed(actor): Signed, Query(next): Query<Next>) -> Answer {
    asked(
        StatusCode::OK,
        &actor,
        String::new(),
        Problems::none(),
        next.next,
        Kept::default(),
    )
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Accepted {
    name: Field,
    terms: Field,
    next: OwnPath,
    #[serde(flatten)]
    kept: Kept,
}

pub(crate) async fn accept(
    State(app): State<App>,
    Posted(actor, form): Posted<Accepted>,
) -> Answer {
    let input = TermsInput {
        name: form.name.clone(),
        terms: form.terms,
    };
    match app.gate.perform(&actor, AcceptTerms(input)).await {
        Ok(_) => again(&app, &actor, &form.kept)
            .await?
            .map_or_else(|| go(form.next), Ok),
        Err(refusal) => {
            let (problems, typed) = (problems_of(refusal)?, form.name.raw().to_owned());
            asked(
                StatusCode::UNPROCESSABLE_ENTITY,
                &actor,
                typed,
                problems,
                form.next,
                form.kept,
            )
        }
    }
}
