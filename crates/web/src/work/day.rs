//! The interpreter's days: today, and what comes.
use crate::shared::filters;
use crate::{
    App,
    door::Signed,
    shared::{Answer, Frame, Refused, page},
};
use askama::Template;
use axum::extract::State;
use interpres_accounts::OWN_INTERPRETER;
use interpres_gate::{Actor, WeekStart};
use interpres_scheduling::{AppointmentView, FormerView, ListAppointments, ListFormerAssignments};
use interpres_types::LocalDate;

#[derive(Template)]
#[template(path = "today.html")]
struct TodayPage {
    frame: Frame,
    heading: &'static str,
    /// Appointments, each with the week that begins with it where weeks are told apart.
    items: Vec<(Option<String>, AppointmentView)>,
    former: Vec<FormerView>,
}

/// What was taken away from the one who is asking, the latest first.
async fn former(app: &App, actor: &Actor, limit: &str) -> Result<Vec<FormerView>, Refused> {
    Ok(app
        .gate
        .view(
            actor,
            ListFormerAssignments {
                limit: limit.into(),
                ..ListFormerAssignments::default()
            },
        )
        .await?
        .into_inner()
        .items)
}

async fn own(
    app: &App,
    actor: &Actor,
    filter: ListAppointments,
) -> Result<Vec<AppointmentView>, Refused> {
    let interpreter = actor
        .rights()
        .own(&OWN_INTERPRETER)
        .map(|i| i.to_string())
        .unwrap_or_default();
    Ok(app
        .gate
        .view(
            actor,
            ListAppointments {
                interpreter: interpreter.into(),
                ..filter
            },
        )
        .await?
        .into_inner()
        .items)
}

/// Today and what is not finished yet, from two days back.
pub(crate) async fn today(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let day = |days: i64| actor.today(app.gate.now()).plus_days(days).to_string();
    let items = own(
        &app,
        &actor,
        ListAppointments {
            from: day(-2).into(),
            to: day(1).into(),
            limit: "100".into(),
            ..ListAppointments::default()
        },
    )
    .await?;
    let former = former(&app, &actor, "5").await?;
    page(&TodayPage {
        frame: Frame::of(&actor, "/today"),
        heading: "Today",
        items: items.into_iter().map(|a| (None, a)).collect(),
        former,
    })
}

pub(crate) async fn schedule(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let today = actor.today(app.gate.now()).to_string();
    let items = own(
        &app,
        &actor,
        ListAppointments {
            from: today.into(),
            limit: "200".into(),
            ..ListAppointments::default()
        },
    )
    .await?;
    let items = by_week(items, actor.office().week_start);
    let former = former(&app, &actor, "50").await?;
    page(&TodayPage {
        frame: Frame::of(&actor, "/schedule"),
        heading: "Schedule",
        items,
        former,
    })
}

/// The first appointment of each week tells which week it is.
fn by_week(
    items: Vec<AppointmentView>,
    first: WeekStart,
) -> Vec<(Option<String>, AppointmentView)> {
    let mut before = None;
    let mut told = |a: AppointmentView| {
        let week = a
            .date
            .parse::<LocalDate>()
            .ok()
            .map(|date| date.week_start(first.label()));
        let new = week.filter(|week| before.replace(*week) != Some(*week));
        (new.map(|week| format!("Week of {}", week.long())), a)
    };
    items.into_iter().map(&mut told).collect()
}
