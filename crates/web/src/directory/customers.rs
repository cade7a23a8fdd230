//! The list of customers.
use crate::shared::filters;
use crate::{
    App,
    directory::{agenda::Booked, teams::teams},
    door::{Posted, Signed},
    shared::{
        Answer, Frame, Pairs, answered, go,
        listing::{Filtered, Listing, filtered},
        many::{Picked, may_export},
        own_list::{Choice, OwnList, choice},
        page,
        paper::spreadsheet,
        parts::{Column, Pager, Tab},
    },
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_accounts::ListName;
use interpres_directory::{CountCustomers, CustomerView, ExportCustomers, ListCustomers};
use interpres_gate::{Action, Page, Permission as P};
use interpres_scheduling::AgendaOwner;

const PATH: &str = "/customers";

fn filters_of() -> [Filtered; 3] {
    [
        filtered("team", say::field_team()),
        filtered("state", say::state()),
        filtered("health_care", say::customer_type()),
    ]
}

#[derive(Template)]
#[template(path = "customers.html")]
struct CustomersPage {
    frame: Frame,
    list: Listing,
    page: Page<CustomerView>,
    columns: Vec<Column>,
    pager: Pager,
    /// The views saved of it.
    tabs: Vec<Tab>,
    booked: Option<Booked>,
    own: OwnList,
    exports: Option<String>,
    teams: Pairs,
    problem: String,
    may_edit: bool,
    may_import: bool,
}

/// The columns that can be left out.
const CHOICES: [Choice; 5] = [
    choice("city", "c-city"),
    choice("team", "c-team"),
    choice("phone", "c-phone"),
    choice("email", "c-email"),
    choice("booked", "c-booked"),
];

fn told(field: &str, value: &str) -> String {
    match (field, value) {
        ("health_care", "yes") => say::health_care().to_owned(),
        ("health_care", "no") => say::customer_other().to_owned(),
        ("state", _) => value.to_uppercase(),
        _ => value.to_owned(),
    }
}

pub(crate) async fn customers(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let own = OwnList::of(&app, &actor, ListName::Customers, PATH, &CHOICES).await?;
    if let Some(first) = own.first(&raw) {
        return go(first);
    }
    let list = Listing::of(PATH, &raw, &filters_of(), told).bare_at(own.bare());
    let mut own = own.asked(list.hidden_fields(""));
    let asked: ListCustomers = list.query();
    let (found, problem) = answered(app.gate.view(&actor, asked.clone()).await)?;
    let found = found.unwrap_or_default();
    let counted = CountCustomers { lists: vec![asked] };
    let (counts, _) = answered(app.gate.view(&actor, counted).await)?;
    let total = counts.unwrap_or_default().first().copied();
    let whose = found
        .items
        .iter()
        .map(|c| AgendaOwner::Customer(c.id))
        .collect();
    let booked = Booked::count(&app, &actor, whose).await?;
    page(&CustomersPage {
        frame: Frame::of(&actor, PATH),
        columns: own.columns(columns(&list, booked.is_some())),
        pager: list.pager(found.items.len(), total.unwrap_or_default()),
        booked,
        tabs: own.tabs(Vec::new()),
        own,
        exports: may_export(&actor, Action::CustomersExport).then(|| list.export()),
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
        head(say::name(), "c-name", "name"),
        head(say::city(), "c-city", "city"),
        head(say::field_team(), "c-team", "team"),
        Column::plain(say::phone(), "c-phone"),
        Column::plain(say::email(), "c-email"),
    ];
    if booked {
        all.push(Column::plain(say::next_seven_days(), "c-booked end"));
    }
    all.push(Column::plain(say::customer_type(), "c-state"));
    all
}

pub(crate) async fn export(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let list = Listing::of(PATH, &raw.unwrap_or_default(), &filters_of(), told);
    let found = app.gate.view(&actor, ExportCustomers(list.query())).await?;
    let lines = found.into_inner().into_iter().map(line);
    let today = actor.today(app.gate.now());
    Ok(spreadsheet("customers", today, &HEADS, lines)?)
}

pub(crate) async fn export_selected(Posted(_, picked): Posted<Picked>) -> Answer {
    picked.export(PATH)
}

const HEADS: [&str; 12] = [
    "Name",
    "Team",
    "Email",
    "Phone",
    "Fax",
    "Website",
    "Address",
    "City",
    "State",
    "ZIP code",
    "Time zone",
    "Type",
];

fn line(c: CustomerView) -> Vec<String> {
    let kind = if c.health_care {
        "Health care"
    } else {
        "Other"
    };
    vec![
        c.name,
        c.team,
        c.email,
        c.phone.unwrap_or_default(),
        c.fax.unwrap_or_default(),
        c.website.unwrap_or_default(),
        c.address.unwrap_or_default(),
        c.city.unwrap_or_default(),
        c.state.unwrap_or_default(),
        c.zip.unwrap_or_default(),
        c.zone,
        kind.to_owned(),
    ]
}
