//! HIPAA mode and the agreements under it.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    shared::{Answer, Frame, Nothing, go, paper::attachment, paragraphs, problems_of, with_status},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_compliance::{
    AgreementView, AnswerDisable, Check, DisableHipaa, DisableInput, EnableHipaa, EnableInput,
    HipaaView, ListAgreements, NameExporters, ShowHipaa, SignAgreement, SignInput,
};
use interpres_gate::{Action, Actor, Permission, Refusal};
use interpres_types::{AgreementOfferId, MemberId, ModeChangeId, Problems};

#[derive(Template)]
#[template(path = "hipaa.html")]
struct HipaaPage {
    frame: Frame,
    tab: &'static str,
    view: HipaaView,
    agreements: Vec<AgreementView>,
    owner: bool,
    me: String,
    problems: Problems,
    zone: String,
}

impl HipaaPage {
    fn ready(&self) -> bool {
        self.view.checks.iter().all(|c| c.good)
    }
    /// How many requirements are met.
    fn met(&self) -> usize {
        self.view.checks.iter().filter(|c| c.good).count()
    }
    fn unmet(&self) -> usize {
        self.view.checks.len() - self.met()
    }
    /// What is met in hundredths, for the meter.
    fn share(&self) -> usize {
        self.met() * 100 / self.view.checks.len().max(1)
    }
    /// The requirements, those that are not met first.
    fn checks(&self) -> Vec<&Check> {
        let mut checks: Vec<&Check> = self.view.checks.iter().collect();
        checks.sort_by_key(|check| check.good);
        checks
    }
    fn terms(&self) -> Vec<(String, String)> {
        paragraphs(&self.view.terms)
    }
    fn mine(&self) -> bool {
        self.view
            .waiting
            .as_ref()
            .is_some_and(|w| w.1.to_string() == self.me)
    }
}

async fn hipaa_page(app: &App, actor: &Actor, problems: Problems) -> Answer {
    let view = app
        .gate
        .view(actor, ShowHipaa(app.serving.clone()))
        .await?
        .into_inner();
    let agreements = app.gate.view(actor, ListAgreements).await?.into_inner();
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = HipaaPage {
        frame: Frame::of(actor, "/settings/workspace"),
        tab: "/settings/hipaa",
        view,
        agreements,
        owner: actor.may(Permission::SetHipaa),
        me: actor.user().map(|u| u.to_string()).unwrap_or_default(),
        problems,
        zone: actor.zone().to_string(),
    };
    with_status(status, &page)
}

pub(crate) async fn show(State(app): State<App>, Signed(actor): Signed) -> Answer {
    hipaa_page(&app, &actor, Problems::none()).await
}

async fn done<T>(app: &App, actor: &Actor, outcome: Result<T, Refusal>) -> Answer {
    match outcome {
        Ok(_) => go("/settings/hipaa"),
        Err(refusal) => hipaa_page(app, actor, problems_of(refusal)?).await,
    }
}

pub(crate) async fn enable(
    State(app): State<App>,
    Posted(actor, input): Posted<EnableInput>,
) -> Answer {
    let outcome = app
        .gate
        .perform(
            &actor,
            EnableHipaa {
                serving: app.serving.clone(),
                input,
            },
        )
        .await;
    done(&app, &actor, outcome).await
}

pub(crate) async fn disable(
    State(app): State<App>,
    Posted(actor, input): Posted<DisableInput>,
) -> Answer {
    let outcome = app.gate.perform(&actor, DisableHipaa { input }).await;
    done(&app, &actor, outcome).await
}

pub(crate) async fn confirm(
    State(app): State<App>,
    Path(id): Path<ModeChangeId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    let outcome = app
        .gate
        .perform(&actor, AnswerDisable { id, confirm: true })
        .await;
    done(&app, &actor, outcome).await
}

pub(crate) async fn drop(
    State(app): State<App>,
    Path(id): Path<ModeChangeId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    let outcome = app
        .gate
        .perform(&actor, AnswerDisable { id, confirm: false })
        .await;
    done(&app, &actor, outcome).await
}

pub(crate) async fn name_exporters(
    State(app): State<App>,
    Posted(actor, pairs): Posted<Vec<(String, String)>>,
) -> Answer {
    let members: Option<Vec<MemberId>> = pairs
        .iter()
        .filter(|(name, _)| name == "member")
        .map(|(_, id)| id.parse().ok())
        .collect();
    let outcome = app
        .gate
        .perform(
            &actor,
            NameExporters {
                members: members.ok_or(Refusal::NotFound)?,
            },
        )
        .await;
    done(&app, &actor, outcome).await
}

pub(crate) async fn sign(
    State(app): State<App>,
    Path(id): Path<AgreementOfferId>,
    Posted(actor, input): Posted<SignInput>,
) -> Answer {
    let outcome = app.gate.perform(&actor, SignAgreement { id, input }).await;
    done(&app, &actor, outcome).await
}

/// The text of an agreement, to keep.
pub(crate) async fn text(
    State(app): State<App>,
    Path(id): Path<AgreementOfferId>,
    Signed(actor): Signed,
) -> Answer {
    let all = app.gate.view(&actor, ListAgreements).await?.into_inner();
    let found = all
        .into_iter()
        .find(|a| a.offer == Some(id))
        .and_then(|a| a.body)
        .ok_or(Refusal::NotFound)?;
    Ok(attachment(
        "text/plain; charset=utf-8",
        "agreement.txt",
        found.into_bytes(),
    ))
}
