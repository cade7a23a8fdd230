//! The review of who has access, and glasses that were broken.
use super::{Answer, Frame, Nothing, audit::on_the_wall, filters, go, page, problems_of, with_status};
use crate::{
    App,
    door::{Posted, Signed},
};
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use interpres_accounts::{DecideInput, DecideReview, Decision, ListReviews, OpenReview, ReviewView, SignReview};
use interpres_compliance::{BreakGlassInput, BrokenView, ListBroken, OpenByBreakGlass, ReviewBroken, ShowUnderGlass};
use interpres_gate::{Actor, Permission, Refusal};
use interpres_scheduling::AppointmentView;
use interpres_types::{AccessReviewId, BreakGlassId, Instant, MemberId, Problems, Zone};

#[derive(Template)]
#[template(path = "access_review.html")]
struct ReviewPage {
    frame: Frame,
    tab: &'static str,
    reviews: Vec<ReviewView>,
    in_charge: bool,
    zone: Zone,
}

impl ReviewPage {
    fn when(&self, at: &Instant) -> String {
        on_the_wall(&self.zone, *at)
    }
    fn any_signed(&self) -> bool {
        self.reviews.iter().any(|r| r.signed_at.is_some())
    }
    fn open(&self) -> Option<&ReviewView> {
        self.reviews.iter().find(|r| r.signed_at.is_none())
    }
}

pub(crate) async fn show(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let reviews = app.gate.view(&actor, ListReviews).await?.into_inner();
    page(&ReviewPage { frame: Frame::of(&actor, "/people"), tab: "/people/review", reviews, in_charge: actor.may(Permission::EditMembers), zone: actor.zone() })
}

pub(crate) async fn begin(State(app): State<App>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, OpenReview).await?;
    go("/people/review")
}

pub(crate) async fn decide(State(app): State<App>, Path(id): Path<AccessReviewId>, Posted(actor, pairs): Posted<Vec<(String, String)>>) -> Answer {
    let members: Option<Vec<MemberId>> = pairs.iter().filter(|(name, _)| name == "member").map(|(_, id)| id.parse().ok()).collect();
    let decision = pairs.iter().find(|(name, _)| name == "decision").map(|(_, d)| d.clone()).unwrap_or_default();
    let input = DecideInput { members: members.ok_or(Refusal::NotFound)?, decision: decision.into() };
    app.gate.perform(&actor, DecideReview { id, input }).await?;
    go("/people/review")
}

pub(crate) async fn sign(State(app): State<App>, Path(id): Path<AccessReviewId>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, SignReview(id)).await?;
    go("/people/review")
}

#[derive(Template)]
#[template(path = "break_glass.html")]
struct BreakGlassPage {
    frame: Frame,
    may_break: bool,
    broken: Option<Vec<BrokenView>>,
    next: Option<String>,
    input: BreakGlassInput,
    problems: Problems,
    me: String,
    zone: Zone,
}

impl BreakGlassPage {
    fn when(&self, at: &Instant) -> String {
        on_the_wall(&self.zone, *at)
    }
}

async fn glass_page(app: &App, actor: &Actor, filter: ListBroken, input: BreakGlassInput, problems: Problems) -> Answer {
    let (broken, next) = if actor.may(Permission::ReviewFindings) {
        let found = app.gate.view(actor, filter).await?.into_inner();
        (Some(found.items), found.next)
    } else {
        app.gate.may_begin::<OpenByBreakGlass>(actor).await?;
        (None, None)
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let me = actor.user().map(|u| u.to_string()).unwrap_or_default();
    with_status(
        status,
        &BreakGlassPage { frame: Frame::of(actor, ""), may_break: actor.may(Permission::BreakGlass), broken, next, input, problems, me, zone: actor.zone() },
    )
}

pub(crate) async fn broken(State(app): State<App>, Signed(actor): Signed, Query(filter): Query<ListBroken>) -> Answer {
    glass_page(&app, &actor, filter, BreakGlassInput::default(), Problems::none()).await
}

pub(crate) async fn break_it(State(app): State<App>, Posted(actor, input): Posted<BreakGlassInput>) -> Answer {
    match app.gate.perform(&actor, OpenByBreakGlass { input: input.clone() }).await {
        Ok(opened) => go(format!("/break-glass/{}", opened.id)),
        Err(Refusal::NotFound) => glass_page(&app, &actor, ListBroken::default(), input, Problems::one("reference", "is that of no appointment")).await,
        Err(refusal) => glass_page(&app, &actor, ListBroken::default(), input, problems_of(refusal)?).await,
    }
}

#[derive(Template)]
#[template(path = "under_glass.html")]
struct UnderGlassPage {
    frame: Frame,
    view: AppointmentView,
    ends_at: String,
}

pub(crate) async fn under(State(app): State<App>, Path(id): Path<BreakGlassId>, Signed(actor): Signed) -> Answer {
    let under = app.gate.view(&actor, ShowUnderGlass(id)).await?.into_inner();
    page(&UnderGlassPage { frame: Frame::of(&actor, ""), view: under.appointment, ends_at: on_the_wall(&actor.zone(), under.ends_at) })
}

pub(crate) async fn approve(State(app): State<App>, Path(id): Path<BreakGlassId>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, ReviewBroken { id, justified: true }).await?;
    go("/break-glass")
}

pub(crate) async fn concern(State(app): State<App>, Path(id): Path<BreakGlassId>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, ReviewBroken { id, justified: false }).await?;
    go("/break-glass")
}
