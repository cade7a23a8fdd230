//! One of thousands.
use super::{
    AFTER, SAID, VALUE,
    find::{Found, Item, Of, find},
};
use crate::{App, shared::Pairs};
use interpres_gate::{Actor, Refusal};
use interpres_types::{Problems, Rule};

/// A field in which one is chosen.
#[derive(Clone)]
pub(crate) struct Pick {
    /// What the form calls it.
    pub(crate) name: String,
    pub(crate) of: Of,
    /// What stands in it.
    pub(crate) text: String,
    /// Which one that is; nothing while that is open.
    pub(crate) value: String,
    /// What may be meant, where it is open.
    pub(crate) found: Found,
}

impl Pick {
    pub(crate) fn blank(name: impl Into<String>, of: Of) -> Self {
        Self {
            name: name.into(),
            of,
            text: String::new(),
            value: String::new(),
            found: Found::default(),
        }
    }
    /// With what is kept: a value, and what it is called.
    pub(crate) async fn from_stored(
        app: &App,
        actor: &Actor,
        name: impl Into<String>,
        of: Of,
        value: &str,
    ) -> Result<Self, Refusal> {
        let blank = Self::blank(name, of);
        let value = value.trim();
        if value.is_empty() {
            return Ok(blank);
        }
        Ok(match of.plain(value) {
            Some(value) => Self {
                text: of.words(app, actor, &value).await?,
                value,
                ..blank
            },
            None => Self {
                text: value.to_owned(),
                ..blank
            },
        })
    }
    /// By which it is linked to on its page.
    pub(crate) fn id(&self) -> String {
        id(&self.name)
    }
    fn takes(&mut self, item: &Item) {
        item.words.clone_into(&mut self.text);
        item.value.clone_into(&mut self.value);
    }
}

/// A field's name without what no id may hold.
fn id(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    name.chars()
        .map(|c| if plain(c) { c } else { '-' })
        .collect()
}

/// Takes a field out of a form with all that goes along, puts in what it means, and tells what is open.
pub(crate) async fn one(
    app: &App,
    actor: &Actor,
    pairs: &mut Pairs,
    name: &str,
    of: Of,
    problems: &mut Problems,
) -> Result<Pick, Refusal> {
    let mut take = |end: &str| {
        let field = format!("{name}{end}");
        let last = pairs
            .iter()
            .rfind(|(n, _)| *n == field)
            .map(|(_, value)| value.trim().to_owned());
        pairs.retain(|(n, _)| *n != field);
        last.unwrap_or_default()
    };
    let (text, value, said, after) = (take(""), take(VALUE), take(SAID), take(AFTER));
    let mut pick = Pick {
        text,
        ..Pick::blank(name, of)
    };
    let is_open = !pick.text.is_empty();
    if is_open && !value.is_empty() && said == pick.text && after.is_empty() {
        pick.value = value;
    } else if let Some(value) = of.plain(&pick.text).filter(|_| is_open && after.is_empty()) {
        pick.text = of.words(app, actor, &value).await?;
        pick.value = value;
    } else if is_open {
        pick.found = find(app, actor, of, &pick.text, &after).await?;
        match only(&pick, &after).cloned() {
            Some(item) => {
                pick.takes(&item);
                pick.found = Found::default();
            }
            None => problems.add(id(name), rule(&pick, &after)),
        }
    }
    pairs.push((name.to_owned(), pick.value.clone()));
    Ok(pick)
}

/// The only one that can be meant: the only one found, or the only one that is called just so.
fn only<'p>(pick: &'p Pick, after: &str) -> Option<&'p Item> {
    let found = &pick.found;
    if !after.is_empty() {
        return None;
    }
    if let ([one], None) = (found.items.as_slice(), &found.next) {
        return Some(one);
    }
    let typed = interpres_types::searchable(&pick.text);
    let same = |item: &&Item| {
        [&item.name, &item.words]
            .map(|name| interpres_types::searchable(name))
            .contains(&typed)
    };
    let mut all = found.items.iter().filter(same);
    let one = all.next().filter(|_| all.next().is_none())?;
    // Another of the name may stand on the next page.
    let is_last = found.items.last() == Some(one);
    (found.next.is_none() || !is_last).then_some(one)
}

fn rule(pick: &Pick, after: &str) -> Rule {
    if !pick.found.items.is_empty() {
        return Rule::new("could be several. Choose one below, or type more of the name");
    }
    if !after.is_empty() {
        return Rule::new("has no more matches");
    }
    match pick.of {
        Of::Languages => pick
            .text
            .parse::<interpres_types::Language>()
            .err()
            .unwrap_or_else(|| Rule::new("is not a language we know")),
        Of::Zones => Rule::new("is not a time zone we know. Try a city, like Denver"),
        _ => Rule::new("matches nothing on file. Try a shorter part of the name"),
    }
}
