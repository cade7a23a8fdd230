//! Several of thousands: those that are chosen are ticked, and one more can be added at a time.
use super::{
    ADD, MORE, WORDS,
    find::{Item, Of},
    one::{Pick, one},
};
use crate::{App, shared::Pairs};
use interpres_gate::{Actor, Refusal};
use interpres_types::Problems;

/// A field in which several are chosen.
#[derive(Clone)]
pub(crate) struct Picks {
    /// What the form calls it.
    pub(crate) name: String,
    pub(crate) chosen: Vec<Item>,
    /// The next one.
    pub(crate) add: Pick,
    /// Whether only the list was to grow, and the form isn't done.
    pub(crate) again: bool,
}

impl Picks {
    /// With what is kept: each value, and what it is called.
    pub(crate) fn from_stored(
        name: &str,
        of: Of,
        all: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            chosen: all.into_iter().map(item).collect(),
            add: Pick::blank(format!("{name}{ADD}"), of),
            again: false,
        }
    }
    /// The values, as a form and the API have several in one field.
    pub(crate) fn values(&self) -> String {
        joined(self.chosen.iter().map(|item| item.value.as_str()))
    }
}

fn item((value, words): (String, String)) -> Item {
    Item {
        name: words.clone(),
        note: String::new(),
        value,
        words,
    }
}

/// Several values in one field.
fn joined<'v>(all: impl Iterator<Item = &'v str>) -> String {
    all.collect::<Vec<_>>().join("; ")
}

/// Takes a field out of a form with all that goes along, puts in what was chosen, each value by itself, and tells what is
/// open.
pub(crate) async fn many(
    app: &App,
    actor: &Actor,
    pairs: &mut Pairs,
    name: &str,
    of: Of,
    problems: &mut Problems,
) -> Result<Picks, Refusal> {
    let add = format!("{name}{ADD}");
    let mut added = one(app, actor, pairs, &add, of, problems).await?;
    let (words, more) = (format!("{name}{WORDS}"), format!("{name}{MORE}"));
    let told: Pairs = pairs
        .iter()
        .filter(|(n, _)| *n == words)
        .filter_map(|(_, pair)| {
            let (value, words) = pair.split_once('|')?;
            Some((value.to_owned(), words.to_owned()))
        })
        .collect();
    let again = pairs.iter().any(|(n, _)| *n == more);
    let mut chosen: Vec<Item> = Vec::new();
    // A program's form may have several in one field, as the API does.
    let sent = pairs.iter().filter(|(n, _)| n == name);
    for value in sent
        .flat_map(|(_, values)| values.split([';', '\n']))
        .map(str::trim)
        .filter(|value| !value.is_empty())
    {
        let value = of.plain(value).unwrap_or_else(|| value.to_owned());
        if chosen.iter().any(|item| item.value == value) {
            continue;
        }
        let words = match told.iter().find(|(of, _)| *of == value) {
            Some((_, words)) => words.clone(),
            None => of.words(app, actor, &value).await?,
        };
        chosen.push(item((value, words)));
    }
    pairs.retain(|(n, _)| {
        ![name, add.as_str(), words.as_str(), more.as_str()].contains(&n.as_str())
    });
    if !added.value.is_empty() {
        if chosen.iter().all(|item| item.value != added.value) {
            chosen.push(item((added.value, added.text)));
        }
        added = Pick::blank(add, of);
    }
    pairs.extend(
        chosen
            .iter()
            .map(|item| (name.to_owned(), item.value.clone())),
    );
    Ok(Picks {
        name: name.to_owned(),
        chosen,
        add: added,
        again,
    })
}
