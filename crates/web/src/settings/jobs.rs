//! Work that failed, and having it tried again.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Query, Signed},
    shared::{Answer, Frame, go, page},
};
use askama::Template;
use axum::extract::State;
use interpres_gate::{FailedJobs, ListFailedJobs, TryJobAgain};

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    frame: Frame,
    tab: &'static str,
    view: FailedJobs,
    zone: String,
}

pub(crate) async fn failed(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(filter): Query<ListFailedJobs>,
) -> Answer {
    let view = app.gate.view(&actor, filter).await?.into_inner();
    page(&JobsPage {
        frame: Frame::of(&actor, "/settings/workspace"),
        tab: "/settings/jobs",
        view,
        zone: actor.zone().to_string(),
    })
}

pub(crate) async fn try_again(
    State(app): State<App>,
    Posted(actor, job): Posted<TryJobAgain>,
) -> Answer {
    app.gate.perform(&actor, job).await?;
    go("/settings/jobs")
}
