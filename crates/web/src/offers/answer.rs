//! Offers as the interpreter sees and answers them; withdrawing one.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    shared::{Answer, Frame, Nothing, go, page},
};
use askama::Template;
use axum::extract::State;
use interpres_dispatch::{AcceptOffer, MyOffer, MyOffers, OfferState, ShowMyOffer, WithdrawOffer};
use interpres_types::OfferId;

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

/// Takes back one offer of those that wait for an answer.
pub(crate) async fn withdraw(
    State(app): State<App>,
    Path(offer): Path<OfferId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    let withdrawn = app.gate.perform(&actor, WithdrawOffer(offer)).await?;
    go(format!("/appointments/{}", withdrawn.appointment))
}
