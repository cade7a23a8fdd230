//! The interpreter's pages, made for a phone.
use super::{
    Answer, Frame, Nothing, appointments::appointment_page, filters, go, page, problems_of,
    with_status,
};
use crate::{
    App,
    door::{Path, Posted, Signed},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::OWN_INTERPRETER;
use interpres_billing::{FileVoucher, VoucherInput};
use interpres_dispatch::{AcceptOffer, MyOffer, MyOffers, OfferState, RefuseOffer, ShowMyOffer};
use interpres_gate::{Actor, WeekStart};
use interpres_scheduling::{
    AppointmentView, CheckIn, EndSession, FormerView, ListAppointments, ListFormerAssignments,
    StartSession,
};
use interpres_types::{AppointmentId, Field, LocalDate, OfferId};
use serde::Deserialize;

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
async fn former(app: &App, actor: &Actor, limit: &str) -> Result<Vec<FormerView>, super::Refused> {
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
) -> Result<Vec<AppointmentView>, super::Refused> {
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

#[derive(Template)]
#[template(path = "offers.html")]
struct OffersPage {
    frame: Frame,
    offers: Vec<MyOffer>,
}

pub(crate) async fn offers(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let offers = app.gate.view(&actor, MyOffers).await?.into_inner();
    page(&OffersPage {
        frame: Frame::of(&actor, "/offers"),
        offers,
    })
}

#[derive(Template)]
#[template(path = "offer.html")]
struct OfferPage {
    frame: Frame,
    o: MyOffer,
}

pub(crate) async fn offer(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<OfferId>,
) -> Answer {
    let o = app.gate.view(&actor, ShowMyOffer(id)).await?.into_inner();
    page(&OfferPage {
        frame: Frame::of(&actor, "/offers"),
        o,
    })
}

pub(crate) async fn accept(
    State(app): State<App>,
    Path(id): Path<OfferId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    let answer = app.gate.perform(&actor, AcceptOffer(id)).await?;
    go(format!("/appointments/{}", answer.appointment))
}

#[derive(Deserialize)]
pub(crate) struct Reason {
    #[serde(default)]
    pub(crate) reason: Field,
}

pub(crate) async fn refuse(
    State(app): State<App>,
    Path(id): Path<OfferId>,
    Posted(actor, form): Posted<Reason>,
) -> Answer {
    app.gate
        .perform(
            &actor,
            RefuseOffer {
                id,
                reason: form.reason,
            },
        )
        .await?;
    go("/offers")
}

pub(crate) async fn check_in(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, CheckIn(id)).await?;
    go(format!("/appointments/{id}"))
}

pub(crate) async fn start(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, StartSession(id)).await?;
    go(format!("/appointments/{id}"))
}

pub(crate) async fn end(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, EndSession(id)).await?;
    go(format!("/appointments/{id}"))
}

pub(crate) async fn file_voucher(
    State(app): State<App>,
    Path(appointment): Path<AppointmentId>,
    Posted(actor, input): Posted<VoucherInput>,
) -> Answer {
    match app
        .gate
        .perform(
            &actor,
            FileVoucher {
                appointment,
                input: input.clone(),
            },
        )
        .await
    {
        Ok(filed) => go(format!("/vouchers/{}", filed.id)),
        Err(refusal) => with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &appointment_page(
                &app,
                &actor,
                appointment,
                Some(input),
                problems_of(refusal)?,
            )
            .await?,
        ),
    }
}
