//! Who learned what of a client: each time, and by person.
use super::sentence::{Doer, act, doer, fields_said};
use interpres_gate::Disclosure;
use interpres_types::Instant;
use std::collections::BTreeMap;

/// The account of a client's protected fields.
pub(crate) struct WhoSaw {
    pub(crate) people: Vec<Seer>,
    pub(crate) times: Vec<Time>,
    pub(crate) outside: usize,
}

/// Somebody who saw protected fields.
pub(crate) struct Seer {
    pub(crate) who: Doer,
    pub(crate) fields: String,
    pub(crate) times: usize,
    pub(crate) first: Instant,
    pub(crate) last: Instant,
}

/// One time that somebody saw them.
pub(crate) struct Time {
    pub(crate) at: Instant,
    pub(crate) who: Doer,
    pub(crate) did: String,
    pub(crate) fields: String,
    pub(crate) outside: bool,
}

/// What somebody saw all in all, as it is gone through.
struct So<'d> {
    fields: Vec<&'d String>,
    role: &'d str,
    first: Instant,
    last: Instant,
    times: usize,
    file: bool,
}

impl WhoSaw {
    pub(crate) fn of(items: &[Disclosure], names: &BTreeMap<String, String>) -> Self {
        let who = |id: &str, role: &str| doer(id, names.get(id).map(String::as_str), role);
        let mut people: BTreeMap<&str, So<'_>> = BTreeMap::new();
        let mut times = Vec::with_capacity(items.len());
        for d in items {
            let at: Instant = d.at.parse().unwrap_or_default();
            let so = people.entry(&d.to).or_insert_with(|| So {
                fields: Vec::new(),
                role: &d.role,
                first: at,
                last: at,
                times: 0,
                file: false,
            });
            so.fields.extend(&d.fields);
            so.role = &d.role;
            so.last = at;
            so.times += 1;
            so.file |= d.fields.is_empty();
            times.push(Time {
                at,
                who: who(&d.to, &d.role),
                did: sentence(&d.action),
                fields: seen(&d.fields.iter().collect::<Vec<_>>(), d.fields.is_empty()),
                outside: d.outside,
            });
        }
        let mut people: Vec<Seer> = people
            .into_iter()
            .map(|(id, so)| Seer {
                who: who(id, so.role),
                fields: seen(&so.fields, so.file),
                times: so.times,
                first: so.first,
                last: so.last,
            })
            .collect();
        people.sort_by_key(|seer| std::cmp::Reverse(seer.times));
        Self {
            people,
            outside: items.iter().filter(|d| d.outside).count(),
            times,
        }
    }
}

fn seen(fields: &[&String], file: bool) -> String {
    let told = fields_said(fields.iter().copied());
    match (told.is_empty(), file) {
        (true, _) => say::saw_whole_record().to_owned(),
        (false, true) => format!("{told}; {}", say::saw_whole_record()),
        (false, false) => told,
    }
}

/// An act on its own: "Viewed an appointment".
fn sentence(action: &str) -> String {
    let said = act(action, false);
    let mut letters = said.chars();
    let first = letters.next().map(char::to_uppercase);
    let words: String = first.into_iter().flatten().chain(letters).collect();
    say::overheard(&words).into_owned()
}
