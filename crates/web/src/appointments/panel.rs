//! One appointment beside the list: what is asked most, and a way to its page.
use super::show::title;
use crate::shared::filters;
use crate::{
    App,
    shared::{Answer, page, time},
};
use askama::Template;
use interpres_dispatch::{AppointmentOffer, OfferState, OffersOfAppointment};
use interpres_gate::{Actor, Permission as P};
use interpres_scheduling::{AppointmentView, Move, ShowAppointment, Status};
use interpres_types::{AppointmentId, Instant};

#[derive(Template)]
#[template(path = "appointment_panel.html")]
struct Panel {
    a: AppointmentView,
    offers: Vec<AppointmentOffer>,
    now: Instant,
    may_edit: bool,
    /// Whether the reader may find somebody for it.
    finds: bool,
}

impl Panel {
    fn title(&self) -> String {
        title(&self.a)
    }
    fn range(&self) -> String {
        time::range(self.a.starts_at, self.a.ends_at, &self.a.zone)
    }
    fn open_offers(&self) -> usize {
        self.offers
            .iter()
            .filter(|o| o.state == OfferState::Open)
            .count()
    }
}

pub(super) async fn panel(app: &App, actor: &Actor, id: AppointmentId) -> Answer {
    let a = app
        .gate
        .view(actor, ShowAppointment(id))
        .await?
        .into_inner();
    let assigns = actor.may(P::AssignInterpreters);
    let offers = if assigns {
        app.gate
            .view(actor, OffersOfAppointment(id))
            .await?
            .into_inner()
    } else {
        Vec::new()
    };
    page(&Panel {
        may_edit: actor.may(P::EditAppointments) && a.status != Status::Completed,
        finds: assigns && a.moves.contains(&Move::Offer),
        now: app.gate.now(),
        a,
        offers,
    })
}
