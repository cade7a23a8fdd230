//! Texts of ours that people accept: the user terms, before anything else opens.
use super::{
    Answer, Frame, OwnPath, filters, go, problems_of,
    sign_in::Next,
    typed::{Kept, again},
    with_status,
};
use crate::{
    App,
    door::{Posted, Query, Signed},
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

/// The paragraphs of a text, each as its strong first words and the rest.
pub(super) fn paragraphs(text: &str) -> Vec<(String, String)> {
    let (mut all, mut after_a_gap): (Vec<String>, bool) = (Vec::new(), true);
    for line in text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#') && !line.starts_with("Version "))
    {
        if line.is_empty() {
            after_a_gap = true;
            continue;
        }
        let numbered = line
            .split_once(". ")
            .is_some_and(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()));
        match all.last_mut() {
            Some(last) if !numbered && !after_a_gap => {
                last.push(' ');
                last.push_str(line);
            }
            _ => all.push(line.to_owned()),
        }
        after_a_gap = false;
    }
    let parts = |text: String| {
        let text = text
            .split_once(". ")
            .filter(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()))
            .map_or(text.clone(), |(_, rest)| rest.to_owned());
        let mut split = text.splitn(3, "**");
        match (split.next(), split.next(), split.next()) {
            (Some(""), Some(strong), Some(rest)) => (strong.to_owned(), rest.to_owned()),
            _ => (String::new(), text.replace("**", "")),
        }
    };
    all.into_iter().map(parts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_numbered_paragraph_stands_alone_without_its_marks() {
        let all = paragraphs(interpres_accounts::TERMS);
        assert_eq!(all.len(), 7, "{all:?}");
        assert_eq!(all[0].0, "The account is yours alone.");
        assert!(all.iter().all(
            |(strong, rest)| !format!("{strong}{rest}").contains("**") && !rest.contains('\n')
        ));
        assert_eq!(paragraphs(interpres_compliance::MODE_TERMS).len(), 5);
    }
}
