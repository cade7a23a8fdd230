//! A small form that was refused, shown once more by itself: what is wrong beside its field, and everything else as it was
//! sent. For forms that stand on a page which is about something else.
use crate::shared::filters;
use crate::{
    problem,
    shared::{
        answer::{Answer, with_status},
        fields::Pairs,
        filters::in_words,
        frame::Frame,
    },
};
use askama::Template;
use interpres_gate::{Actor, Refusal};
use interpres_types::Problems;

#[derive(Template)]
#[template(path = "mend.html")]
struct Mend {
    frame: Frame,
    action: String,
    back: String,
    /// What was sent and is right.
    kept: Pairs,
    /// What was sent of the fields that are not.
    wrong: Vec<Wrong>,
    problems: Problems,
}

struct Wrong {
    name: String,
    label: String,
    value: String,
}

/// The page, where something that was typed is wrong; any other refusal as it is.
pub(crate) fn page(
    actor: &Actor,
    action: &str,
    back: String,
    pairs: Pairs,
    refusal: Refusal,
) -> Answer {
    let status = problem::status(&refusal);
    let Refusal::Invalid(problems) = refusal else {
        return Err(refusal.into());
    };
    let mut wrong: Vec<Wrong> = Vec::new();
    for problem in problems.list() {
        let name = problem.field.to_string();
        if wrong.iter().any(|w| w.name == name) {
            continue;
        }
        let sent = pairs.iter().rfind(|(n, _)| *n == name);
        wrong.push(Wrong {
            label: in_words(&name),
            value: sent.map(|(_, value)| value.clone()).unwrap_or_default(),
            name,
        });
    }
    let kept = pairs
        .into_iter()
        .filter(|(name, _)| wrong.iter().all(|w| w.name != *name))
        .collect();
    with_status(
        status,
        &Mend {
            frame: Frame::of(actor, ""),
            action: action.to_owned(),
            back,
            kept,
            wrong,
            problems,
        },
    )
}
