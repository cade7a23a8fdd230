//! The list of customers.
use crate::shared::filters;
use crate::{
    App,
    directory::teams::teams,
    door::Signed,
    shared::{
        Answer, Frame, Pairs, Refused, answered,
        listing::{Filtered, Listing},
        page,
        parts::{Column, Pager},
    },
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_directory::{CountCustomers, CustomerView, ListCustomers};
use interpres_gate::{Actor, Page, Permission as P};
use interpres_scheduling::{CountBooked, Whose};
use std::collections::BTreeMap;

const PATH: &str = "/customers";

const FILTERS: [Filtered; 3] = [
    Filtered {
        field: "team",
        label: "Team",
    },
    Filtered {
        field: "state",
        label: "State",
    },
    Filtered {
        field: "health_care",
        label: "Type",
    },
];

#[derive(Template)]
#[template(path = "customers.html")]
struct CustomersPage {
    frame: Frame,
    list: Listing,
    page: Page<CustomerView>,
    columns: Vec<Column>,
    pager: Pager,
    /// How many appointments each has in the next seven days, by id; nothing for those who see none.
    booked: Option<BTreeMap<String, i64>>,
    teams: Pairs,
    problem: String,
    may_edit: bool,
    may_import: bool,
}

impl CustomersPage {
    fn booked_of(&self, c: &CustomerView) -> i64 {
        self.booked
            .as_ref()
            .and_then(|booked| booked.get(&c.id.to_string()))
            .copied()
            .unwrap_or_default()
    }
}

fn told(field: &str, value: &str) -> String {
    match (field, value) {
        ("health_care", "yes") => "Health care".to_owned(),
        ("health_care", "no") => "Other".to_owned(),
        ("state", _) => value.to_uppercase(),
        _ => value.to_owned(),
    }
}

pub(crate) async fn customers(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let list = Listing::of(PATH, &raw.unwrap_or_default(), &FILTERS, told);
    let asked: ListCustomers = list.query();
    let (found, problem) = answered(app.gate.view(&actor, asked.clone()).await)?;
    let found = found.unwrap_or_default();
    let counted = CountCustomers { lists: vec![asked] };
    let (counts, _) = answered(app.gate.view(&actor, counted).await)?;
    let total = counts.unwrap_or_default().first().copied();
    let booked = booked(&app, &actor, &found.items).await?;
    page(&CustomersPage {
        frame: Frame::of(&actor, PATH),
        columns: columns(&list, booked.is_some()),
        pager: list.pager(found.items.len(), total.unwrap_or_default()),
        booked,
        teams: teams(&app, &actor).await?,
        problem,
        may_edit: actor.may(P::EditCustomers),
        may_import: actor.may(P::Import),
        page: found,
        list,
    })
}

fn columns(list: &Listing, booked: bool) -> Vec<Column> {
    let head = |name, class, word| list.head(name, class, word, "name");
    let mut all = vec![
        head("Name", "c-name", "name"),
        head("City", "c-city", "city"),
        head("Team", "c-team", "team"),
        Column::plain("Phone", "c-phone"),
        Column::plain("Email", "c-email"),
    ];
    if booked {
        all.push(Column::plain("Next 7 days", "c-booked end"));
    }
    all.push(Column::plain("Type", "c-state"));
    all
}

async fn booked(
    app: &App,
    actor: &Actor,
    items: &[CustomerView],
) -> Result<Option<BTreeMap<String, i64>>, Refused> {
    if !actor.may(P::ViewAppointments) {
        return Ok(None);
    }
    let of = items.iter().map(|c| Whose::Customer(c.id)).collect();
    let booked = app.gate.view(actor, CountBooked { of }).await?;
    Ok(Some(booked.into_inner()))
}
