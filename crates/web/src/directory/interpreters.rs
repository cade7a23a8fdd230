//! The list of interpreters.
use crate::shared::filters;
use crate::{
    App,
    directory::teams::teams,
    door::Signed,
    shared::{
        Answer, Frame, Pairs, Refused, answered,
        listing::{Filtered, Listing},
        page,
        parts::{Column, Pager, Tab},
    },
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_directory::{
    CountInterpreters, InterpreterView, ListInterpreters, MOST_LISTED, ServiceType, SignUp,
};
use interpres_gate::{Actor, Page, Permission as P};
use interpres_scheduling::{CountBooked, Whose};
use std::collections::BTreeMap;

const PATH: &str = "/interpreters";

const FILTERS: [Filtered; 5] = [
    filtered("language", "Language"),
    filtered("service_type", "Service"),
    filtered("team", "Team"),
    filtered("state", "State"),
    filtered("sign_up", "Sign-up"),
];

const fn filtered(field: &'static str, label: &'static str) -> Filtered {
    Filtered { field, label }
}

#[derive(Template)]
#[template(path = "interpreters.html")]
struct InterpretersPage {
    frame: Frame,
    list: Listing,
    page: Page<InterpreterView>,
    tabs: Vec<Tab>,
    columns: Vec<Column>,
    pager: Pager,
    /// How many appointments each has in the next seven days, by id; nothing for those who see none.
    booked: Option<BTreeMap<String, i64>>,
    services: &'static [ServiceType],
    teams: Pairs,
    problem: String,
    may_edit: bool,
    may_import: bool,
    personal: bool,
}

impl InterpretersPage {
    /// What the search looks through.
    fn sought(&self) -> &'static str {
        if self.personal {
            "Name, city or email"
        } else {
            "Name"
        }
    }
    fn booked_of(&self, i: &InterpreterView) -> i64 {
        self.booked
            .as_ref()
            .and_then(|booked| booked.get(&i.id.to_string()))
            .copied()
            .unwrap_or_default()
    }
}

fn told(field: &str, value: &str) -> String {
    match field {
        "service_type" => value
            .parse::<ServiceType>()
            .map_or_else(|_| value.to_owned(), |service| service.label().to_owned()),
        "sign_up" => value
            .parse::<SignUp>()
            .map_or_else(|_| value.to_owned(), |sign_up| sign_up.label().to_owned()),
        "state" => value.to_uppercase(),
        _ => value.to_owned(),
    }
}

pub(crate) async fn interpreters(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let list = Listing::of(PATH, &raw.unwrap_or_default(), &FILTERS, told);
    let asked: ListInterpreters = list.query();
    let (found, problem) = answered(app.gate.view(&actor, asked.clone()).await)?;
    let found = found.unwrap_or_default();
    let counts = counts(&app, &actor, &asked).await?;
    let personal = actor.rights().role.sees_personal_data();
    let booked = booked(&app, &actor, &found.items).await?;
    page(&InterpretersPage {
        frame: Frame::of(&actor, PATH),
        tabs: tabs(&list, &counts),
        columns: columns(&list, personal, booked.is_some()),
        pager: list.pager(
            found.items.len(),
            counts.last().copied().unwrap_or_default(),
        ),
        booked,
        services: ServiceType::ALL,
        teams: teams(&app, &actor).await?,
        problem,
        may_edit: actor.may(P::EditInterpreters),
        may_import: actor.may(P::Import),
        personal,
        page: found,
        list,
    })
}

/// The ways to stand with signing up that have a tab; the first is all.
const TABS: [Option<SignUp>; 4] = [
    None,
    Some(SignUp::Accepted),
    Some(SignUp::Invited),
    Some(SignUp::None),
];

/// How many each tab holds, and the list itself.
async fn counts(app: &App, actor: &Actor, asked: &ListInterpreters) -> Result<Vec<i64>, Refused> {
    let of_tab = |sign_up: &Option<SignUp>| ListInterpreters {
        sign_up: sign_up.map_or("", SignUp::word).into(),
        ..asked.clone()
    };
    let mut lists: Vec<ListInterpreters> = TABS.iter().map(of_tab).collect();
    lists.push(asked.clone());
    let (counts, _) = answered(app.gate.view(actor, CountInterpreters { lists }).await)?;
    Ok(counts.unwrap_or_default())
}

fn tabs(list: &Listing, counts: &[i64]) -> Vec<Tab> {
    let tab = |(sign_up, count): (&Option<SignUp>, &i64)| {
        let word = sign_up.map_or("", SignUp::word);
        Tab {
            name: sign_up.map_or("All", SignUp::label).to_owned(),
            path: if word.is_empty() {
                list.address(&["sign_up"], &[])
            } else {
                list.address(&["sign_up"], &[("sign_up", word)])
            },
            current: list.value("sign_up") == word,
            count: (*count <= MOST_LISTED).then_some(*count),
        }
    };
    TABS.iter().zip(counts).map(tab).collect()
}

fn columns(list: &Listing, personal: bool, booked: bool) -> Vec<Column> {
    let head = |name, class, word| list.head(name, class, word, "name");
    let mut all = vec![
        head("Name", "c-name", "name"),
        Column::plain("Languages", "c-langs"),
        Column::plain("Services", "c-services"),
        head("Team", "c-team", "team"),
    ];
    if personal {
        all.push(head("City", "c-city", "city"));
        all.push(Column::plain("Phone", "c-phone"));
    }
    if booked {
        all.push(Column::plain("Next 7 days", "c-booked end"));
    }
    all.push(Column::plain("Sign-up", "c-state"));
    all
}

async fn booked(
    app: &App,
    actor: &Actor,
    items: &[InterpreterView],
) -> Result<Option<BTreeMap<String, i64>>, Refused> {
    if !actor.may(P::ViewAppointments) {
        return Ok(None);
    }
    let of = items.iter().map(|i| Whose::Interpreter(i.id)).collect();
    let booked = app.gate.view(actor, CountBooked { of }).await?;
    Ok(Some(booked.into_inner()))
}
