//! Going through who has access, once a quarter.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
    shared::{
        Answer, Frame, Nothing, go,
        near::{near, on_day},
        page,
        parts::Tab,
        time,
    },
};
use askama::Template;
use axum::extract::State;
use interpres_accounts::{
    DecideInput, DecideReview, Decision, ListReviewLines, ListReviews, OpenReview, ReviewLineView,
    ReviewView, SignReview,
};
use interpres_gate::{Action, Page, Permission, Refusal};
use interpres_types::{AccessReviewId, AccessReviewLineId, Instant, Zone};
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
    now: Instant,
    zone: Zone,
}

impl ReviewPage {
    fn when(&self, at: &Instant) -> String {
        time::moment(*at, self.zone.name())
    }
    fn seen(&self, at: &Instant) -> String {
        near(*at, self.now, &self.zone)
    }
    fn day(&self, at: &Instant) -> String {
        on_day(*at, self.now, &self.zone)
    }
    fn tone(&self, decision: &Decision) -> &'static str {
        match decision {
            Decision::Keep => "good",
            Decision::Change => "warn",
            Decision::Revoke => "bad",
        }
    }
    /// The button that decides so about whoever is ticked.
    fn of_selected(&self, decision: &Decision) -> &'static str {
        match decision {
            Decision::Keep => say::keep_selected(),
            Decision::Change => say::change_selected(),
            Decision::Revoke => say::revoke_selected(),
        }
    }
    /// The filters of a review's lines.
    fn tabs(&self, review: &ReviewView) -> Vec<Tab> {
        let tab = |name: &str, only: &str, count| Tab {
            name: name.to_owned(),
            path: format!("/people/review?review={}&only={only}", review.id),
            current: self.only == only,
            count,
        };
        let left = tab(say::review_to_decide(), "left", Some(review.undecided));
        let open = review.signed_at.is_none().then_some(left);
        open.into_iter()
            .chain([
                tab(say::review_everyone(), "", Some(review.lines)),
                tab(say::review_to_change(), "change", None),
            ])
            .collect()
    }
    fn open(&self) -> Option<&ReviewView> {
        self.review.as_ref().filter(|r| r.signed_at.is_none())
    }
    /// The page of who is in the review, for those who may open it.
    fn page_of(&self, line: &ReviewLineView) -> Option<String> {
        let of_member = line.member.filter(|_| self.frame.may(Action::MemberShow));
        let of_service = line.service.filter(|_| self.frame.may(Action::ServiceShow));
        let member = of_member.map(|id| format!("/people/{id}"));
        member.or_else(|| of_service.map(|id| format!("/people/services/{id}")))
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
        now: app.gate.now(),
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
