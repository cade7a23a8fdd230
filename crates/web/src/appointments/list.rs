//! The appointments of a day or a filter, and looking for one.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Signed},
    shared::{Answer, Frame, answered, go, languages, page},
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_accounts::{ListTeams, TeamCard};
use interpres_directory::ServiceType;
use interpres_gate::{Actor, Page, Permission as P};
use interpres_scheduling::{
    AppointmentView, ListAppointments, SearchAppointments, SearchInput, Status,
};
use interpres_types::Field;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "appointments.html")]
struct AppointmentsPage {
    frame: Frame,
    page: Page<AppointmentView>,
    filter: ListAppointments,
    statuses: &'static [Status],
    languages: Vec<String>,
    teams: Vec<TeamCard>,
    problem: String,
    may_book: bool,
    may_search: bool,
    client: String,
    searched: bool,
    today: String,
    more: String,
}

impl AppointmentsPage {
    /// The appointments in their order, and a day's name with the first of each.
    fn by_day(&self) -> impl Iterator<Item = (Option<&str>, &AppointmentView)> {
        let mut before = "";
        self.page.items.iter().map(move |a| {
            let new = a.long_date != before;
            before = &a.long_date;
            (new.then_some(a.long_date.as_str()), a)
        })
    }
    /// The sign of how the interpreter is there.
    fn sign_of(&self, a: &AppointmentView) -> &'static str {
        match a.service_type {
            ServiceType::InPerson => "pin",
            ServiceType::Video => "video",
            ServiceType::Phone => "phone",
        }
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let raw = if raw.is_empty() {
        format!("from={}", actor.today(app.gate.now()))
    } else {
        raw
    };
    let filter: ListAppointments = serde_html_form::from_str(&raw).unwrap_or_default();
    let teams = app.gate.view(&actor, ListTeams).await?.into_inner();
    let (page_of, problem) = answered(app.gate.view(&actor, filter.clone()).await)?;
    let page_of = page_of.unwrap_or_default();
    let kept = form_urlencoded::parse(raw.as_bytes()).filter(|(k, _)| k != "cursor");
    let mut more = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish();
    if !more.is_empty() {
        more.push('&');
    }
    page(&AppointmentsPage {
        more,
        problem,
        ..table(&actor, &app, page_of, filter, teams)
    })
}

/// The table of some appointments, with its filters.
fn table(
    actor: &Actor,
    app: &App,
    page: Page<AppointmentView>,
    filter: ListAppointments,
    teams: Vec<TeamCard>,
) -> AppointmentsPage {
    AppointmentsPage {
        frame: Frame::of(actor, "/appointments"),
        page,
        filter,
        statuses: Status::ALL,
        languages: languages(actor),
        teams,
        problem: String::new(),
        may_book: actor.may(P::BookAppointments),
        may_search: actor.may(P::SearchClients),
        client: String::new(),
        searched: false,
        today: actor.today(app.gate.now()).to_string(),
        more: String::new(),
    }
}

/// What somebody looks for: part of a reference, or a client.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sought {
    q: Field,
    client: Field,
    cursor: Field,
}

/// The appointments of a reference or of a client. What was typed may name a client: it came in the form's
/// body and goes back into the page, and stands in no address.
pub(crate) async fn search(
    State(app): State<App>,
    Posted(actor, sought): Posted<Sought>,
) -> Answer {
    if sought.q.is_blank() && sought.client.is_blank() {
        return go("/appointments");
    }
    let teams = app.gate.view(&actor, ListTeams).await?.into_inner();
    let client = sought.client.raw().trim().to_owned();
    let by_reference = ListAppointments {
        q: sought.q,
        cursor: sought.cursor.clone(),
        ..ListAppointments::default()
    };
    let found = if client.is_empty() {
        app.gate.view(&actor, by_reference.clone()).await
    } else {
        let input = SearchInput {
            client: sought.client,
            cursor: sought.cursor,
            ..SearchInput::default()
        };
        app.gate.view(&actor, SearchAppointments { input }).await
    };
    let (found, problem) = answered(found)?;
    let searched = problem.is_empty();
    page(&AppointmentsPage {
        client,
        problem,
        searched,
        ..table(&actor, &app, found.unwrap_or_default(), by_reference, teams)
    })
}
