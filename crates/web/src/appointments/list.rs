//! The appointments of a view or a filter, and looking for one.
use super::filter::{AppointmentQuery, View, views};
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Signed},
    shared::{
        Answer, Frame, OwnPath, Refused, answered, go,
        many::{Doing, Picked},
        own_list::{Choice, OwnList, choice},
        page,
        paper::spreadsheet,
        parts::{Column, ON_A_PAGE, Pager, Tab},
        time,
    },
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_accounts::{ListName, ListTeams, OWN_CUSTOMER, TeamCard};
use interpres_gate::{Actor, Page, Permission as P};
use interpres_scheduling::{
    AppointmentView, CancelAppointment, CancelInput, CountAppointments, EndReason,
    ExportAppointments, ListAppointments, SearchAppointments, SearchInput, Status,
};
use interpres_types::{Field, LocalDate};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "appointments.html")]
struct AppointmentsPage {
    frame: Frame,
    page: Page<AppointmentView>,
    asked: AppointmentQuery,
    tabs: Vec<Tab>,
    columns: Vec<Column>,
    pager: Pager,
    statuses: &'static [Status],
    teams: Vec<TeamCard>,
    problem: String,
    may_book: bool,
    may_import: bool,
    may_search: bool,
    may_break_glass: bool,
    exports: Option<String>,
    own: OwnList,
    /// Why appointments are canceled, for those who may.
    reasons: Vec<EndReason>,
    /// What was looked for, where something was.
    sought: Option<Sought>,
    zone: String,
    today: LocalDate,
}

/// The columns that can be left out: the time and the status never are.
const CHOICES: [Choice; 5] = [
    choice("language", "c-lang"),
    choice("customer", "c-cust"),
    choice("interpreter", "c-int"),
    choice("client", "c-client"),
    choice("reference", "c-ref"),
];

impl AppointmentsPage {
    /// Whether rows can be ticked.
    fn picks(&self) -> bool {
        self.exports.is_some() || !self.reasons.is_empty()
    }
    /// Over how many columns a day's name stands: all but those that leave first when the list gets narrow.
    fn day_span(&self) -> usize {
        let leave = ["client", "reference"];
        let leave = leave.into_iter().filter(|word| self.own.shows(word));
        self.columns.len() + usize::from(self.picks()) - leave.count()
    }
    /// The appointments in their order, and a day's name with the first of each.
    fn by_day(&self) -> Vec<(Option<String>, &AppointmentView)> {
        let (mut before, by_time) = (None, self.asked.by_time() && self.sought.is_none());
        let mut days = Vec::with_capacity(self.page.items.len());
        for a in &self.page.items {
            let day: Option<LocalDate> = a.date.parse().ok();
            let new = by_time && day != before;
            before = day;
            days.push((day.filter(|_| new).map(|day| self.day(day)), a));
        }
        days
    }
    fn day(&self, day: LocalDate) -> String {
        let year = |day: LocalDate| day.to_string().get(..4).map(str::to_owned);
        match year(day) {
            Some(year_of) if Some(&year_of) != year(self.today).as_ref() => {
                say::day_of_year(time::in_words(day), year_of)
            }
            _ => time::in_words(day),
        }
    }
    fn range(&self, a: &AppointmentView) -> String {
        time::range(a.starts_at, a.ends_at, &a.zone)
    }
    /// What somebody who sees no tables is told of the row's link: which, and when.
    fn named(&self, a: &AppointmentView) -> String {
        format!("{} {}, {}", self.range(a), a.zone_short, a.reference)
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let now = app.gate.now();
    let views = views(&actor, now);
    let raw = raw.unwrap_or_default();
    let own = own(&app, &actor).await?;
    if let Some(first) = own.first(&raw) {
        return go(first);
    }
    let asked = AppointmentQuery::of(&raw, &views);
    let own = own.asked(asked.saved(&views));
    let own = own.always(asked.is_always_there(&views));
    let wanted = ListAppointments {
        limit: ON_A_PAGE.to_string().as_str().into(),
        ..asked.list.clone()
    };
    let (found, problem) = answered(app.gate.view(&actor, wanted).await)?;
    let found = found.unwrap_or_default();
    let mut shown = table(&app, &actor, &views, own, asked, found).await?;
    shown.problem = problem;
    page(&shown)
}

async fn own(app: &App, actor: &Actor) -> Result<OwnList, Refused> {
    OwnList::of(
        app,
        actor,
        ListName::Appointments,
        "/appointments",
        &CHOICES,
    )
    .await
}

/// The table of some appointments, with what stands around it.
async fn table(
    app: &App,
    actor: &Actor,
    views: &[View],
    mut own: OwnList,
    asked: AppointmentQuery,
    found: Page<AppointmentView>,
) -> Result<AppointmentsPage, Refused> {
    // Whoever files requests for a customer is not led through the agency's own order.
    let teams = match actor.rights().own(&OWN_CUSTOMER) {
        Some(_) => Vec::new(),
        None => app.gate.view(actor, ListTeams).await?.into_inner(),
    };
    let lists = views
        .iter()
        .map(View::list)
        .chain([&asked.list])
        .cloned()
        .collect();
    let (counts, _) = answered(app.gate.view(actor, CountAppointments { lists }).await)?;
    let counts = counts.unwrap_or_default();
    let total = counts.last().copied().unwrap_or_default();
    Ok(AppointmentsPage {
        frame: Frame::of(actor, "/appointments"),
        tabs: own.tabs(asked.tabs(views, &counts)),
        columns: own.columns(asked.columns()),
        own,
        reasons: reasons(actor),
        pager: asked.pager(found.items.len(), total),
        exports: actor.exports().then(|| asked.export()),
        page: found,
        asked,
        statuses: Status::ALL,
        teams,
        problem: String::new(),
        may_book: actor.may(P::BookAppointments),
        may_import: actor.may(P::Import),
        may_search: actor.may(P::SearchClients),
        may_break_glass: actor.may(P::BreakGlass),
        sought: None,
        zone: actor.zone().to_string(),
        today: actor.today(app.gate.now()),
    })
}

/// Why somebody may call appointments off; none for those who may not. That nobody came is said of one at a time.
fn reasons(actor: &Actor) -> Vec<EndReason> {
    let all = EndReason::ALL.iter().copied();
    all.filter(|reason| !reason.is_no_show() && actor.may(P::EditAppointments))
        .collect()
}

/// What somebody looks for: part of a reference or a name, or a client.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sought {
    pub(super) q: Field,
    pub(super) client: Field,
    cursor: Field,
}

/// What has this in its reference, or in a customer's, an interpreter's or a client's name. What was typed may name a
/// client: it came in the form's body and goes back into the page, and stands in no address.
pub(crate) async fn search(
    State(app): State<App>,
    Posted(actor, sought): Posted<Sought>,
) -> Answer {
    if sought.q.is_blank() && sought.client.is_blank() {
        return go("/appointments");
    }
    let views = views(&actor, app.gate.now());
    let all = AppointmentQuery {
        list: ListAppointments {
            q: sought.q.clone(),
            ..ListAppointments::default()
        },
    };
    let found = if sought.client.is_blank() {
        let list = ListAppointments {
            cursor: sought.cursor.clone(),
            ..all.list.clone()
        };
        app.gate.view(&actor, list).await
    } else {
        let input = SearchInput {
            client: sought.client.clone(),
            cursor: sought.cursor.clone(),
            ..SearchInput::default()
        };
        app.gate.view(&actor, SearchAppointments { input }).await
    };
    let (found, problem) = answered(found)?;
    let mut shown = table(
        &app,
        &actor,
        &views,
        own(&app, &actor).await?,
        all,
        found.unwrap_or_default(),
    )
    .await?;
    for tab in &mut shown.tabs {
        tab.current = false;
    }
    shown.problem = problem;
    shown.exports = None;
    shown.sought = Some(sought);
    page(&shown)
}

/// What the list's filters say, as a file.
pub(crate) async fn export(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let views = views(&actor, app.gate.now());
    let list = AppointmentQuery::of(&raw.unwrap_or_default(), &views).list;
    let found = app
        .gate
        .view(&actor, ExportAppointments { list })
        .await?
        .into_inner();
    let lines = found.into_iter().map(line);
    let today = actor.today(app.gate.now());
    Ok(spreadsheet("appointments", today, &HEADS, lines)?)
}

pub(crate) async fn export_selected(Posted(_, picked): Posted<Picked>) -> Answer {
    picked.export("/appointments")
}

/// The appointments that were ticked, and why they are canceled.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ToCancel {
    pick: Vec<String>,
    back: OwnPath,
    reason: Field,
}

fn canceling() -> Doing {
    Doing {
        heading: say::appointments_canceling(),
        done: say::appointments_canceled(),
        here: "/appointments",
        page: Some("/appointments"),
    }
}

pub(crate) async fn cancel_selected(
    State(app): State<App>,
    Posted(actor, form): Posted<ToCancel>,
) -> Answer {
    let ToCancel { pick, back, reason } = form;
    let cancel = |id| CancelAppointment {
        id,
        version: None,
        input: CancelInput {
            reason: reason.clone(),
            ..CancelInput::default()
        },
    };
    Picked::new(pick, back)
        .each_told(&app, &actor, &canceling(), cancel, |canceled| {
            say::overheard(canceled.status.label()).into_owned()
        })
        .await
}

const HEADS: [&str; 13] = [
    "Reference",
    "Status",
    "Date",
    "Start",
    "End",
    "Time zone",
    "Minutes",
    "Language",
    "Service",
    "Customer",
    "Interpreter",
    "Client",
    "Team",
];

fn line(a: AppointmentView) -> Vec<String> {
    let client = match &a.lep_client {
        Some(name) => name.shown().to_owned(),
        None => a.client_label.unwrap_or_default(),
    };
    vec![
        a.reference,
        a.status.label().to_owned(),
        a.date,
        a.start,
        a.end,
        a.zone,
        a.minutes.to_string(),
        a.language,
        a.service_type.label().to_owned(),
        a.customer.name,
        a.interpreter.map(|i| i.name).unwrap_or_default(),
        client,
        a.team.name,
    ]
}
