use super::{Answer, Frame, audit::on_the_wall, filters, page};
use crate::{
    App,
    door::{Query, Signed},
};
use askama::Template;
use axum::extract::State;
use interpres_compliance::{ErasureView, HoldView, ListErasures, ListHolds};
use interpres_types::{Instant, Zone};

#[derive(Template)]
#[template(path = "erasures.html")]
struct ErasuresPage {
    frame: Frame,
    erasures: Vec<ErasureView>,
    next: Option<String>,
    holds: Vec<HoldView>,
    zone: Zone,
}

impl ErasuresPage {
    fn when(&self, at: &Instant) -> String {
        on_the_wall(&self.zone, *at)
    }
}

pub(crate) async fn list(State(app): State<App>, Signed(actor): Signed, Query(asked): Query<ListErasures>) -> Answer {
    let found = app.gate.view(&actor, asked).await?.into_inner();
    let holds = app.gate.view(&actor, ListHolds).await?.into_inner();
    page(&ErasuresPage { frame: Frame::of(&actor, "/audit"), erasures: found.items, next: found.next, holds, zone: actor.zone() })
}
