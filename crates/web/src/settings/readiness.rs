//! The readiness report.
use crate::shared::filters;
use crate::{
    App,
    door::{Keyed, Signed},
    problem::Problem,
    shared::{Answer, Frame, Refused, page, paper::printed},
};
use askama::Template;
use axum::{extract::State, response::Response};
use interpres_compliance::{Readiness, Safeguard, ShowReadiness, Stand};
use interpres_gate::{Action, Actor, Refusal};

#[derive(Template)]
#[template(path = "readiness.html")]
struct ReadinessPage {
    frame: Frame,
    tab: &'static str,
    report: Readiness,
    zone: String,
}

impl ReadinessPage {
    /// How many pieces of a safeguard's evidence ask for attention.
    fn attention(&self, of: &Safeguard) -> usize {
        of.evidence.iter().filter(|e| !self.good(&e.stand)).count()
    }
    /// How many safeguards are in place.
    fn in_place(&self) -> usize {
        let all = self.report.safeguards.iter();
        all.filter(|safeguard| self.attention(safeguard) == 0)
            .count()
    }
    fn good(&self, stand: &Stand) -> bool {
        *stand == Stand::Good
    }
}

pub(crate) async fn readiness(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let report = app
        .gate
        .view(&actor, ShowReadiness(app.serving.clone()))
        .await?
        .into_inner();
    page(&ReadinessPage {
        frame: Frame::of(&actor, "/settings/readiness"),
        tab: "/settings/readiness",
        report,
        zone: actor.zone().to_string(),
    })
}

pub(crate) async fn readiness_as_pdf(
    State(app): State<App>,
    Signed(actor): Signed,
) -> Result<Response, Refused> {
    Ok(readiness_pdf(&app, &actor).await?)
}

/// The readiness report on paper.
pub(crate) async fn readiness_pdf(app: &App, actor: &Actor) -> Result<Response, Refusal> {
    let report = app
        .gate
        .view(actor, ShowReadiness(app.serving.clone()))
        .await?
        .into_inner();
    printed(&report, interpres_paper::readiness, "readiness.pdf").await
}

pub(super) async fn readiness_on_paper(
    State(app): State<App>,
    Keyed(actor): Keyed,
) -> Result<Response, Problem> {
    Ok(readiness_pdf(&app, &actor).await?)
}
