//! Offers as the interpreter sees and answers them; withdrawing one.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    shared::{Answer, Frame, Nothing, go, page, time},
    work::own,
};
use askama::Template;
use axum::extract::State;
use interpres_directory::ServiceType;
use interpres_dispatch::{AcceptOffer, MyOffer, MyOffers, OfferState, ShowMyOffer, WithdrawOffer};
use interpres_gate::Permission as P;
use interpres_scheduling::{AppointmentView, ListAppointments};
use interpres_types::{Instant, OfferId};

#[derive(Template)]
#[template(path = "offers.html")]
struct OffersPage {
    frame: Frame,
    now: Instant,
    offers: Vec<MyOffer>,
}

pub(crate) async fn offers(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let offers = app.gate.view(&actor, MyOffers).await?.into_inner();
    page(&OffersPage {
        frame: Frame::of(&actor, "/offers"),
        now: app.gate.now(),
        offers,
    })
}

#[derive(Template)]
#[template(path = "offer.html")]
struct OfferPage {
    frame: Frame,
    now: Instant,
    o: MyOffer,
    /// What else they have on that day, by start; nothing once the offer is over.
    day: Option<Vec<AppointmentView>>,
}

impl OffersPage {
    fn left(&self, until: &Instant) -> String {
        left(self.now, *until)
    }
}

/// How long there is to answer: "28 min left".
fn left(now: Instant, until: Instant) -> String {
    say::time_left(time::long(until.minutes_since(now).max(0)))
}

impl OfferPage {
    fn left(&self, until: &Instant) -> String {
        left(self.now, *until)
    }
    /// Whether an appointment of theirs takes the same time.
    fn overlaps(&self, a: &AppointmentView) -> bool {
        a.starts_at < self.o.ends_at && self.o.starts_at < a.ends_at
    }
    fn fits(&self) -> bool {
        self.day
            .iter()
            .flatten()
            .all(|a| a.status.is_final() || !self.overlaps(a))
    }
}

pub(crate) async fn offer(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<OfferId>,
) -> Answer {
    let o = app.gate.view(&actor, ShowMyOffer(id)).await?.into_inner();
    let day = if o.state == OfferState::Open && actor.may(P::ViewAppointments) {
        let date = o.day.to_string();
        let that_day = ListAppointments {
            from: date.as_str().into(),
            to: date.into(),
            ..ListAppointments::default()
        };
        Some(own(&app, &actor, that_day).await?)
    } else {
        None
    };
    page(&OfferPage {
        frame: Frame::of(&actor, "/offers"),
        now: app.gate.now(),
        o,
        day,
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

/// Takes back one offer of those that wait for an answer.
pub(crate) async fn withdraw(
    State(app): State<App>,
    Path(offer): Path<OfferId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    let withdrawn = app.gate.perform(&actor, WithdrawOffer(offer)).await?;
    go(format!("/appointments/{}", withdrawn.appointment))
}
