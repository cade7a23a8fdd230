//! Choosing one customer of many: a list of some, and a search that finds the others. It needs no script, and whatever else
//! is typed in the form stays.
use crate::{
    App,
    shared::{
        answer::{Refused, answered},
        fields::Pairs,
    },
};
use interpres_directory::{CustomerView, ListCustomers, ShowCustomer};
use interpres_gate::{Actor, Refusal};

/// How many stand in the list at once.
const AT_ONCE: &str = "50";

/// What a form with a picker holds beside what it is about.
pub(crate) const FIELDS: [&str; 3] = ["find_customer", "after_customer", "found_customer"];

/// Customers to choose from.
#[derive(Clone, Default)]
pub(crate) struct Picker {
    /// The one that is chosen, or the only one that was found.
    pub(crate) chosen: String,
    pub(crate) choices: Pairs,
    pub(crate) find: String,
    /// Whether there are more than the list holds, so that they are looked for.
    pub(crate) searched: bool,
    /// Where the list goes on.
    pub(crate) more: Option<String>,
    /// What came of the search, in words.
    pub(crate) told: String,
}

impl Picker {
    /// The same list for another field, where this one is chosen.
    pub(crate) fn with(&self, chosen: &str) -> Self {
        let mut this = Self {
            chosen: chosen.to_owned(),
            ..self.clone()
        };
        if !chosen.is_empty() && !this.choices.iter().any(|(id, _)| id == chosen) {
            this.choices
                .insert(0, (chosen.to_owned(), "The one chosen before".to_owned()));
        }
        this
    }
}

/// What was typed to find somebody.
#[derive(Default)]
pub(crate) struct Search {
    pub(crate) find: String,
    pub(crate) after: String,
}

impl Search {
    /// From a form's fields.
    pub(crate) fn of(typed: &[(String, String)]) -> Self {
        let last = |name: &str| {
            typed
                .iter()
                .rfind(|(n, _)| n == name)
                .map(|(_, value)| value.trim().to_owned())
                .unwrap_or_default()
        };
        Self {
            find: last(FIELDS[0]),
            after: last(FIELDS[1]),
        }
    }
    /// Whether somebody pressed Enter in the search field: what stands there was not looked for yet.
    pub(crate) fn is_new(typed: &[(String, String)]) -> bool {
        let found = typed
            .iter()
            .rfind(|(name, _)| name == FIELDS[2])
            .map_or("", |(_, value)| value.trim());
        let find = Self::of(typed).find;
        !find.is_empty() && find != found
    }
}

/// The customers that a search finds, and the one that is chosen in any case.
pub(crate) async fn customers(
    app: &App,
    actor: &Actor,
    chosen: &str,
    search: Search,
) -> Result<Picker, Refused> {
    let asked = ListCustomers {
        q: search.find.as_str().into(),
        cursor: search.after.as_str().into(),
        limit: AT_ONCE.into(),
        ..ListCustomers::default()
    };
    let (found, problem) = answered(app.gate.view(actor, asked).await)?;
    let found = found.unwrap_or_default();
    let whole = search.find.is_empty() && search.after.is_empty();
    let told = match found.items.len() {
        _ if !problem.is_empty() => problem,
        0 => format!(
            "No customer matches “{}”. Try a shorter part of the name.",
            search.find
        ),
        _ if whole => {
            "The first by name. Type part of a name, city or email to find another.".to_owned()
        }
        many => format!(
            "{many}{} found.",
            if found.next.is_some() {
                " and more"
            } else {
                ""
            }
        ),
    };
    let mut choices: Pairs = found
        .items
        .iter()
        .map(|c| (c.id.to_string(), told_apart(c)))
        .collect();
    let mut chosen = chosen.trim().to_owned();
    if chosen.is_empty() && choices.len() == 1 && !whole {
        chosen.clone_from(&choices[0].0);
    }
    if !chosen.is_empty() && !choices.iter().any(|(id, _)| *id == chosen) {
        choices.insert(0, (chosen.clone(), named(app, actor, &chosen).await?));
    }
    Ok(Picker {
        chosen,
        choices,
        searched: !whole || found.next.is_some(),
        more: found.next,
        find: search.find,
        told,
    })
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

async fn named(app: &App, actor: &Actor, id: &str) -> Result<String, Refused> {
    let Ok(id) = id.parse() else {
        return Ok(id.to_owned());
    };
    match app.gate.view(actor, ShowCustomer(id)).await {
        Ok(view) => Ok(told_apart(&view.into_inner())),
        Err(Refusal::NotFound) => Ok("A deleted customer".to_owned()),
        Err(other) => Err(other.into()),
    }
}
