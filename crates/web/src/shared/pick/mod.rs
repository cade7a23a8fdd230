//! Choosing one of thousands, or several: one part for every form. The field is a text; with a script it suggests what is
//! found by any part of a name, without one the answer to the form holds what was found, to choose from. What is chosen
//! goes along beside the text, and counts as long as the text is the one it was shown with.
mod find;
mod many;
mod one;

pub(crate) use find::{Of, find, told_apart};
pub(crate) use many::{Picks, many};
pub(crate) use one::{Pick, one};

use interpres_types::Problems;

/// What a form holds of a field beside its text.
const VALUE: &str = ".id";
const SAID: &str = ".said";
const AFTER: &str = ".after";
/// And of one that takes several.
const ADD: &str = ".add";
const WORDS: &str = ".words";
const MORE: &str = ".more";

/// Whether a form's field is only there to choose another.
pub(crate) fn is_beside(name: &str) -> bool {
    [VALUE, SAID, AFTER, ADD, WORDS, MORE]
        .iter()
        .any(|end| name.ends_with(end))
}

/// What is open, and what else is wrong with the same form.
pub(crate) fn and(open: Problems, else_wrong: Option<Problems>) -> Problems {
    let mut all = open.clone();
    for problem in else_wrong.iter().flat_map(|p| p.list()) {
        if open.of(&problem.field).is_none() {
            all.add(problem.field.clone(), problem.rule.clone());
        }
    }
    all
}
