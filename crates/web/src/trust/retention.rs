//! How long appointments are kept, and what leaves as a file.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Query, Signed},
    shared::{Answer, Frame, go, page, problems_of, with_status},
    trust::export_workspace::{self, PassphraseInput},
};
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use interpres_compliance::{
    ConfirmFile, ConfirmInput, RetentionInput, RetentionView, SetRetention, ShowRetention,
};
use interpres_gate::{Actor, Permission, Refusal};
use interpres_types::Problems;

#[derive(Template)]
#[template(path = "retention.html")]
struct RetentionPage {
    frame: Frame,
    view: RetentionView,
    years: String,
    preview_years: String,
    file_first: bool,
    problems: Problems,
    may_set: bool,
    may_export: bool,
    zone: String,
}

impl RetentionPage {
    async fn of(app: &App, actor: &Actor, asked: ShowRetention) -> Result<Self, Refusal> {
        let (view, problems) = match app.gate.view(actor, asked).await {
            Ok(view) => (view.into_inner(), Problems::none()),
            Err(Refusal::Invalid(problems)) => (
                app.gate
                    .view(actor, ShowRetention::default())
                    .await?
                    .into_inner(),
                problems,
            ),
            Err(other) => return Err(other),
        };
        let words = |years: Option<i64>| years.map(|y| y.to_string()).unwrap_or_default();
        Ok(Self {
            frame: Frame::of(actor, "/audit"),
            years: words(view.years),
            preview_years: words(view.preview_years),
            file_first: view.file_first,
            problems,
            may_set: actor.may(Permission::SetRetention),
            may_export: actor.may(Permission::ExportWorkspace),
            zone: actor.zone().to_string(),
            view,
        })
    }
    /// How many of those that the preview counts stay under a legal hold.
    fn preview_held(&self) -> i64 {
        self.view.preview_held.unwrap_or_default()
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(asked): Query<ShowRetention>,
) -> Answer {
    page(&RetentionPage::of(&app, &actor, asked).await?)
}

pub(crate) async fn set(
    State(app): State<App>,
    Posted(actor, input): Posted<RetentionInput>,
) -> Answer {
    let typed = input.clone();
    let Err(refusal) = app.gate.perform(&actor, SetRetention { input }).await else {
        return go("/retention");
    };
    let problems = problems_of(refusal)?;
    let shown = RetentionPage::of(&app, &actor, ShowRetention::default()).await?;
    let file_first = typed.file_first.raw() == "yes";
    with_status(
        StatusCode::UNPROCESSABLE_ENTITY,
        &RetentionPage {
            problems,
            years: typed.years.raw().to_owned(),
            file_first,
            ..shown
        },
    )
}

/// Everything of the workspace as a file; what is wrong with the passphrase is shown on the page.
pub(crate) async fn export(
    State(app): State<App>,
    Posted(actor, input): Posted<PassphraseInput>,
) -> Answer {
    answer(
        &app,
        &actor,
        export_workspace::send(&app.gate, &actor, &input).await,
    )
    .await
}

pub(crate) async fn file(
    State(app): State<App>,
    Posted(actor, input): Posted<PassphraseInput>,
) -> Answer {
    answer(
        &app,
        &actor,
        export_workspace::send_waiting(&app.gate, &actor, &input).await,
    )
    .await
}

pub(crate) async fn confirm(
    State(app): State<App>,
    Posted(actor, input): Posted<ConfirmInput>,
) -> Answer {
    match app.gate.perform(&actor, ConfirmFile { input }).await {
        Ok(_) => go("/retention"),
        Err(refusal) => answer(&app, &actor, Err(refusal)).await,
    }
}

async fn answer(app: &App, actor: &Actor, done: Result<Response, Refusal>) -> Answer {
    let Err(refusal) = done else { return Ok(done?) };
    let problems = problems_of(refusal)?;
    let shown = RetentionPage::of(app, actor, ShowRetention::default()).await?;
    with_status(
        StatusCode::UNPROCESSABLE_ENTITY,
        &RetentionPage { problems, ..shown },
    )
}
