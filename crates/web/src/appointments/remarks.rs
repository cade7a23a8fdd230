//! What staff remarked on an appointment.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Query, Signed},
    routes::PageInput,
    shared::{Answer, Frame, page},
};
use askama::Template;
use axum::extract::State;
use interpres_gate::{Action, Page};
use interpres_scheduling::{ListRemarks, RemarkView};
use interpres_types::AppointmentId;

#[derive(Template)]
#[template(path = "remarks.html")]
struct RemarksPage {
    frame: Frame,
    id: AppointmentId,
    remarks: Page<RemarkView>,
    zone: String,
}

pub(crate) async fn remarks(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(appointment): Path<AppointmentId>,
    Query(asked): Query<PageInput>,
) -> Answer {
    let list = ListRemarks {
        appointment,
        cursor: asked.cursor,
        limit: asked.limit,
    };
    page(&RemarksPage {
        frame: Frame::of(&actor, ""),
        id: appointment,
        remarks: app.gate.view(&actor, list).await?.into_inner(),
        zone: actor.zone().to_string(),
    })
}
