//! Certificates of erasure, and legal holds.
use crate::shared::filters;
use crate::{
    App,
    door::{Query, Signed},
    shared::{Answer, Frame, page},
};
use askama::Template;
use axum::extract::State;
use interpres_compliance::{ErasureView, LegalHoldView, ListErasures, ListLegalHolds};
use interpres_gate::Page;
use interpres_types::Field;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "erasures.html")]
struct ErasuresPage {
    frame: Frame,
    erasures: Vec<ErasureView>,
    next: Option<String>,
    holds: Page<LegalHoldView>,
    zone: String,
}

/// Where each of the page's two lists begins.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErasuresQuery {
    cursor: Field,
    holds: Field,
}

pub(crate) async fn list(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(asked): Query<ErasuresQuery>,
) -> Answer {
    let found = app
        .gate
        .view(
            &actor,
            ListErasures {
                cursor: asked.cursor,
                ..ListErasures::default()
            },
        )
        .await?
        .into_inner();
    let holds = app
        .gate
        .view(
            &actor,
            ListLegalHolds {
                cursor: asked.holds,
                ..ListLegalHolds::default()
            },
        )
        .await?
        .into_inner();
    page(&ErasuresPage {
        frame: Frame::of(&actor, "/audit"),
        erasures: found.items,
        next: found.next,
        holds,
        zone: actor.zone().to_string(),
    })
}
