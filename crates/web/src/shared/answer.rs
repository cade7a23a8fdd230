//! What a page's handler gives: a page, another place to go, or a refusal that becomes a page.
use super::{filters::in_words, labels::as_labeled, told::MessagePage, wanted::Wanted};
use crate::{App, door::by_session, early::Early, problem};
use askama::Template;
use axum::{
    Extension,
    extract::{Request, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use interpres_gate::{Refusal, Released};

/// A form that holds nothing but its token.
#[derive(serde::Deserialize)]
pub(crate) struct Nothing {}

/// What a handler gives: a page, or a refusal that becomes one.
pub(crate) type Answer = Result<Response, Refused>;

/// A refusal on its way to a page.
pub(crate) struct Refused(Refusal);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        refused(&self.0)
    }
}

/// A template as an answer.
pub(crate) fn page(template: &impl Template) -> Answer {
    with_status(StatusCode::OK, template)
}

/// A template as an answer with a status, for forms that must be looked at again.
pub(crate) fn with_status(status: StatusCode, template: &impl Template) -> Answer {
    let html = as_labeled(template.render().map_err(Refusal::fault)?);
    Ok((status, Html(html)).into_response())
}

/// Elsewhere, after something was done.
pub(crate) fn go(path: impl AsRef<str>) -> Answer {
    Ok(Redirect::to(path.as_ref()).into_response())
}

/// A form's answer: what is wrong is shown on the form, anything else is a page of its own.
pub(crate) fn problems_of(refusal: Refusal) -> Result<interpres_types::Problems, Refused> {
    match refusal {
        Refusal::Invalid(problems) => Ok(problems),
        other => Err(Refused(other)),
    }
}

/// What is wrong, in words. A rule that is a sentence stands by itself.
pub(crate) fn problem_lines(problems: &interpres_types::Problems) -> Vec<String> {
    let line = |p: &interpres_types::Problem| {
        let rule = p.rule.to_string();
        let said = say::overheard(&rule);
        match rule.chars().next() {
            Some(first) if first.is_uppercase() => said.into_owned(),
            _ => say::problem_line(say::overheard(&in_words(&p.field)), said),
        }
    };
    problems.list().iter().map(line).collect()
}

/// What a page shows that is asked by its address: the view, or else nothing and what is wrong with the question.
pub(crate) fn answered<T>(
    answer: Result<Released<T>, Refusal>,
) -> Result<(Option<T>, String), Refused> {
    match answer {
        Ok(view) => Ok((Some(view.into_inner()), String::new())),
        Err(Refusal::Invalid(problems)) => Ok((None, problem_lines(&problems).join("; "))),
        Err(other) => Err(Refused(other)),
    }
}

/// A refusal as a page.
pub(crate) fn refused(refusal: &Refusal) -> Response {
    if let Refusal::Ask(ask) = refusal {
        return (
            problem::status(refusal),
            Extension(Wanted::Asked(*ask)),
            refusal.to_string(),
        )
            .into_response();
    }
    let (text, list) = match refusal {
        Refusal::Invalid(problems) => {
            (say::invalid_explained().to_owned(), problem_lines(problems))
        }
        other => (say::overheard(&other.to_string()).into_owned(), Vec::new()),
    };
    let title = match refusal {
        Refusal::NotFound => say::not_found_title(),
        Refusal::Forbidden => say::forbidden_title(),
        Refusal::Invalid(_) => say::invalid_title(),
        Refusal::Conflict(_) => say::conflict_title(),
        Refusal::TooSoon(_) => say::too_soon_title(),
        Refusal::Full => say::full_title(),
        Refusal::Ask(_) | Refusal::Fault(_) => say::fault_title(),
    };
    MessagePage { title, text, list }.with(problem::status(refusal))
}

/// What is said before a handler, as a page.
pub(crate) fn told_early(early: Early) -> Response {
    MessagePage {
        title: early.title,
        text: early.words,
        list: early.look_at,
    }
    .with(early.status)
}

/// There is no such address. Whoever asks is recognized, for the language that they are told in.
pub(crate) async fn not_found(State(app): State<App>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let _ = by_session(&app, &parts).await;
    refused(&Refusal::NotFound)
}
