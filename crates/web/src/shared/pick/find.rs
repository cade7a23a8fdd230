//! What can be chosen, and how it is found.
use crate::{App, shared::problem_lines};
use interpres_accounts::ListPeople;
use interpres_directory::{
    CustomerView, InterpreterView, ListCustomers, ListInterpreters, ShowCustomer, ShowInterpreter,
};
use interpres_gate::{Actor, Refusal};
use interpres_types::{Email, Field, Language, Zone};
use serde::Serialize;

/// How many are shown at once.
const AT_ONCE: usize = 20;

/// What is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Of {
    Customers,
    Interpreters,
    Members,
    Languages,
    Zones,
}

/// One that can be chosen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Item {
    /// What the form sends for it.
    pub(crate) value: String,
    /// What tells it from the others.
    pub(crate) words: String,
    /// What else it is called.
    pub(crate) note: String,
    /// Its name alone.
    #[serde(skip)]
    pub(super) name: String,
}

/// What a search found: some, and where the others begin.
#[derive(Clone, Default, Debug, Serialize)]
pub(crate) struct Found {
    pub(crate) items: Vec<Item>,
    pub(crate) next: Option<String>,
    /// What came of it, in words.
    pub(crate) told: String,
}

impl Of {
    /// Where it is searched.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Customers => "/pick/customers",
            Self::Interpreters => "/pick/interpreters",
            Self::Members => "/pick/members",
            Self::Languages => "/pick/languages",
            Self::Zones => "/pick/zones",
        }
    }
    /// What so many of them are called.
    fn called(self, many: usize) -> String {
        match self {
            Self::Customers => say::pick_customers(many),
            Self::Interpreters => say::pick_interpreters(many),
            Self::Members => say::pick_members(many),
            Self::Languages => say::pick_languages(many),
            Self::Zones => say::pick_zones(many),
        }
    }
    /// What was typed or kept, where it says by itself which one it is.
    pub(super) fn plain(self, text: &str) -> Option<String> {
        match self {
            Self::Customers | Self::Interpreters => is_id(text).then(|| text.to_owned()),
            Self::Members => text.parse::<Email>().ok().map(|email| email.to_string()),
            Self::Languages => text
                .parse::<Language>()
                .ok()
                .map(|language| language.name().to_owned()),
            Self::Zones => text.parse::<Zone>().ok().map(|zone| zone.to_string()),
        }
    }
    /// What a value is called; itself where that is not known.
    pub(super) async fn words(
        self,
        app: &App,
        actor: &Actor,
        value: &str,
    ) -> Result<String, Refusal> {
        match self {
            Self::Zones => Ok(value
                .parse::<Zone>()
                .map_or_else(|_| value.to_owned(), |zone| zone.words())),
            Self::Customers if is_id(value) => {
                let id = value.parse().map_err(|_| Refusal::NotFound)?;
                let found = app.gate.view(actor, ShowCustomer(id)).await;
                or_gone(found.map(|c| told_apart(&c)), say::pick_customer_gone())
            }
            Self::Interpreters if is_id(value) => {
                let id = value.parse().map_err(|_| Refusal::NotFound)?;
                let found = app.gate.view(actor, ShowInterpreter(id)).await;
                or_gone(
                    found.map(|i| interpreter(&i).words),
                    say::pick_interpreter_gone(),
                )
            }
            _ => Ok(value.to_owned()),
        }
    }
}

/// The name of a record, or words for one that is not there for whoever asks.
fn or_gone(found: Result<String, Refusal>, gone: &str) -> Result<String, Refusal> {
    match found {
        Err(Refusal::NotFound | Refusal::Forbidden) => Ok(gone.to_owned()),
        other => other,
    }
}

fn is_id(text: &str) -> bool {
    text.parse::<interpres_types::CustomerId>().is_ok()
}

/// A customer by name and place: several may have one name.
pub(crate) fn told_apart(c: &CustomerView) -> String {
    let place: Vec<&str> = [&c.city, &c.address]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .collect();
    format!(
        "{} – {}",
        c.name,
        if place.is_empty() {
            c.email.clone()
        } else {
            place.join(", ")
        }
    )
}

fn interpreter(i: &InterpreterView) -> Item {
    let name = format!("{} {}", i.first_name, i.last_name);
    let languages = i.languages.join(", ");
    // Who isn't shown the address tells two of one name apart by what they speak.
    let (words, note) = if i.email.is_empty() {
        (format!("{name} – {languages}"), String::new())
    } else {
        (format!("{name} – {}", i.email), languages)
    };
    Item {
        value: i.id.to_string(),
        words,
        note,
        name,
    }
}

/// What is found by parts of a name, whatever their case and accents; everything where nothing is asked.
pub(crate) async fn find(
    app: &App,
    actor: &Actor,
    of: Of,
    q: &str,
    after: &str,
) -> Result<Found, Refusal> {
    let answer = match of {
        Of::Languages => Ok(listed(languages(actor, q), after, |l| Item {
            value: l.name().to_owned(),
            words: l.name().to_owned(),
            note: l.also().join(", "),
            name: l.name().to_owned(),
        })),
        Of::Zones => Ok(listed(Zone::search(q), after, |zone| Item {
            value: zone.to_string(),
            words: zone.words(),
            note: zone.to_string(),
            name: zone.words(),
        })),
        Of::Customers => customers(app, actor, q, after).await,
        Of::Interpreters => interpreters(app, actor, q, after).await,
        Of::Members => members(app, actor, q, after).await,
    };
    match answer {
        Ok(found) => Ok(said(of, q, after, found)),
        Err(Refusal::Invalid(problems)) => Ok(Found {
            told: problem_lines(&problems).join("; "),
            ..Found::default()
        }),
        Err(other) => Err(other),
    }
}

/// Languages: where nothing is asked, first those that the workspace is asked for most.
fn languages(actor: &Actor, q: &str) -> Vec<Language> {
    let all = Language::search(q);
    if !q.trim().is_empty() {
        return all;
    }
    let often = &actor.office().languages;
    let rest = all.into_iter().filter(|l| !often.contains(l));
    often.iter().copied().chain(rest).collect()
}

/// A part of a list that is known as a whole.
fn listed<T>(all: Vec<T>, after: &str, item: impl Fn(T) -> Item) -> Found {
    let from: usize = after.parse().unwrap_or_default();
    let next = from.saturating_add(AT_ONCE);
    Found {
        next: (next < all.len()).then(|| next.to_string()),
        items: all.into_iter().skip(from).take(AT_ONCE).map(item).collect(),
        told: String::new(),
    }
}

async fn customers(app: &App, actor: &Actor, q: &str, after: &str) -> Result<Found, Refusal> {
    let asked = ListCustomers {
        q: q.into(),
        cursor: after.into(),
        limit: AT_ONCE.to_string().into(),
        ..ListCustomers::default()
    };
    let page = app.gate.view(actor, asked).await?.into_inner();
    let item = |c: &CustomerView| Item {
        value: c.id.to_string(),
        words: told_apart(c),
        note: String::new(),
        name: c.name.clone(),
    };
    Ok(Found {
        items: page.items.iter().map(item).collect(),
        next: page.next,
        told: String::new(),
    })
}

async fn interpreters(app: &App, actor: &Actor, q: &str, after: &str) -> Result<Found, Refusal> {
    let asked = ListInterpreters {
        q: q.into(),
        cursor: after.into(),
        limit: AT_ONCE.to_string().into(),
        ..ListInterpreters::default()
    };
    let page = app.gate.view(actor, asked).await?.into_inner();
    Ok(Found {
        items: page.items.iter().map(interpreter).collect(),
        next: page.next,
        told: String::new(),
    })
}

async fn members(app: &App, actor: &Actor, q: &str, after: &str) -> Result<Found, Refusal> {
    let asked = ListPeople {
        q: q.into(),
        cursor: after.into(),
        limit: Field::from(AT_ONCE.to_string()),
        ..ListPeople::default()
    };
    let page = app.gate.view(actor, asked).await?.into_inner();
    let item = |p: &interpres_accounts::PersonCard| Item {
        value: p.email.clone(),
        words: format!("{} – {}", p.name, p.email),
        note: String::new(),
        name: p.name.clone(),
    };
    Ok(Found {
        items: page.items.iter().map(item).collect(),
        next: page.next,
        told: String::new(),
    })
}

/// The same with what came of it, in words: a list that goes on says so.
fn said(of: Of, q: &str, after: &str, found: Found) -> Found {
    let many = found.items.len();
    let told = match (many, found.next.is_some(), after.is_empty()) {
        (0, ..) => say::pick_none(q.trim(), of.called(1)),
        (_, true, true) => say::pick_first(many, of.called(many)),
        (_, true, false) => say::pick_more(many),
        (_, false, true) => say::pick_found(many, of.called(many)),
        (_, false, false) => say::pick_last(many),
    };
    Found { told, ..found }
}
