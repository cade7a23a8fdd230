//! The review of who has access, and glasses that were broken.
use super::{
    Answer, Frame, Nothing, audit::on_the_wall, filters, go, page, problems_of, with_status,
};
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{
    DecideInput, DecideReview, Decision, ListReviewLines, ListReviews, OpenReview, ReviewLineView,
    ReviewView, SignReview,
};
use interpres_compliance::{
    BreakGlassInput, BrokenView, ListBroken, OpenByBreakGlass, ReviewBroken, ShowUnderGlass,
};
use interpres_gate::{Actor, Page, Permission, Refusal};
use interpres_scheduling::AppointmentView;
use interpres_types::{AccessReviewId, AccessReviewLineId, BreakGlassId, Instant, Problems, Zone};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "access_review.html")]
struct ReviewPage {
    frame: Frame,
    tab: &'static str,
    /// The review that is looked at.
    review: Option<ReviewView>,
    lines: Page<ReviewLineView>,
    only: String,
    signed: Vec<ReviewView>,
    in_charge: bool,
    zone: Zone,
}

impl ReviewPage {
    fn when(&self, at: &Instant) -> String {
        on_the_wall(&self.zone, *at)
    }
    fn open(&self) -> Option<&ReviewView> {
        self.review.as_ref().filter(|r| r.signed_at.is_none())
    }
    fn decides(&self) -> bool {
        self.in_charge && self.open().is_some()
    }
}

/// Which review is looked at, and which of its lines.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Looked {
    review: String,
    only: Option<String>,
    cursor: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(looked): Query<Looked>,
) -> Answer {
    let mut signed = app.gate.view(&actor, ListReviews).await?.into_inner();
    let at = signed.iter().position(|r| {
        if looked.review.is_empty() {
            r.signed_at.is_none()
        } else {
            r.id.to_string() == looked.review
        }
    });
    let review = at.map(|at| signed.remove(at));
    signed.retain(|r| r.signed_at.is_some());
    // Whoever goes through it is shown what is left; what was signed off is shown whole.
    let left = review.as_ref().is_some_and(|r| r.undecided > 0);
    let only = looked
        .only
        .unwrap_or_else(|| if left { "left" } else { "" }.to_owned());
    let lines = match &review {
        Some(r) => {
            let asked = ListReviewLines {
                review: r.id.to_string().into(),
                only: only.clone().into(),
                cursor: looked.cursor.into(),
                limit: "100".into(),
            };
            app.gate.view(&actor, asked).await?.into_inner()
        }
        None => Page {
            items: Vec::new(),
            next: None,
        },
    };
    let in_charge = actor.may(Permission::EditMembers);
    page(&ReviewPage {
        frame: Frame::of(&actor, "/people"),
        tab: "/people/review",
        review,
        lines,
        only,
        signed,
        in_charge,
        zone: actor.zone(),
    })
}

pub(crate) async fn begin(State(app): State<App>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, OpenReview).await?;
    go("/people/review")
}

pub(crate) async fn decide(
    State(app): State<App>,
    Path(id): Path<AccessReviewId>,
    Posted(actor, pairs): Posted<Vec<(String, String)>>,
) -> Answer {
    let lines: Option<Vec<AccessReviewLineId>> = pairs
        .iter()
        .filter(|(name, _)| name == "line")
        .map(|(_, id)| id.parse().ok())
        .collect();
    let decision = pairs
        .iter()
        .find(|(name, _)| name == "decision")
        .map(|(_, d)| d.clone())
        .unwrap_or_default();
    let input = DecideInput {
        lines: lines.ok_or(Refusal::NotFound)?,
        decision: decision.into(),
    };
    app.gate.perform(&actor, DecideReview { id, input }).await?;
    go("/people/review")
}

pub(crate) async fn sign(
    State(app): State<App>,
    Path(id): Path<AccessReviewId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
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

async fn glass_page(
    app: &App,
    actor: &Actor,
    filter: ListBroken,
    input: BreakGlassInput,
    problems: Problems,
) -> Answer {
    let (broken, next) = if actor.may(Permission::ReviewFindings) {
        let found = app.gate.view(actor, filter).await?.into_inner();
        (Some(found.items), found.next)
    } else {
        app.gate.may_begin::<OpenByBreakGlass>(actor).await?;
        (None, None)
    };
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let me = actor.user().map(|u| u.to_string()).unwrap_or_default();
    with_status(
        status,
        &BreakGlassPage {
            frame: Frame::of(actor, ""),
            may_break: actor.may(Permission::BreakGlass),
            broken,
            next,
            input,
            problems,
            me,
            zone: actor.zone(),
        },
    )
}

pub(crate) async fn broken(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(filter): Query<ListBroken>,
) -> Answer {
    glass_page(
        &app,
        &actor,
        filter,
        BreakGlassInput::default(),
        Problems::none(),
    )
    .await
}

pub(crate) async fn break_it(
    State(app): State<App>,
    Posted(actor, input): Posted<BreakGlassInput>,
) -> Answer {
    match app
        .gate
        .perform(
            &actor,
            OpenByBreakGlass {
                input: input.clone(),
            },
        )
        .await
    {
        Ok(opened) => go(format!("/break-glass/{}", opened.id)),
        Err(Refusal::NotFound) => {
            glass_page(
                &app,
                &actor,
                ListBroken::default(),
                input,
                Problems::one("reference", "is that of no appointment"),
            )
            .await
        }
        Err(refusal) => {
            glass_page(
                &app,
                &actor,
                ListBroken::default(),
                input,
                problems_of(refusal)?,
            )
            .await
        }
    }
}

#[derive(Template)]
#[template(path = "under_glass.html")]
struct UnderGlassPage {
    frame: Frame,
    view: AppointmentView,
    ends_at: String,
}

pub(crate) async fn under(
    State(app): State<App>,
    Path(id): Path<BreakGlassId>,
    Signed(actor): Signed,
) -> Answer {
    let under = app
        .gate
        .view(&actor, ShowUnderGlass(id))
        .await?
        .into_inner();
    page(&UnderGlassPage {
        frame: Frame::of(&actor, ""),
        view: under.appointment,
        ends_at: on_the_wall(&actor.zone(), under.ends_at),
    })
}

pub(crate) async fn approve(
    State(app): State<App>,
    Path(id): Path<BreakGlassId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate
        .perform(
            &actor,
            ReviewBroken {
                id,
                justified: true,
            },
        )
        .await?;
    go("/break-glass")
}

pub(crate) async fn concern(
    State(app): State<App>,
    Path(id): Path<BreakGlassId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate
        .perform(
            &actor,
            ReviewBroken {
                id,
                justified: false,
            },
        )
        .await?;
    go("/break-glass")
}
