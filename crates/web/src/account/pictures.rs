//! Photos and logos.
use crate::{
    App,
    account::profile,
    door::{Path, PostedFile, Signed},
    posted::Sent,
    settings::workspace_page,
    shared::{Answer, Refused, go},
};
use axum::{extract::State, http::header, response::IntoResponse};
use interpres_accounts::{Drawn, SetLogo, SetPhoto, ShowPicture};
use interpres_gate::{Command, Refusal};
use interpres_types::{PictureId, Problems, Rule};
use tokio::sync::Semaphore;

/// A picture never changes under its address, so browsers keep it for a day; no cache between does.
pub(crate) async fn show(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<PictureId>,
) -> Answer {
    let shown = app.gate.view(&actor, ShowPicture(id)).await?.into_inner();
    Ok((
        [
            (header::CONTENT_TYPE, shown.media.word()),
            (header::CACHE_CONTROL, "private, max-age=86400"),
        ],
        shown.bytes,
    )
        .into_response())
}

/// Pictures drawn at once: a large one takes as much memory as a hundred requests.
static DRAWING: Semaphore = Semaphore::const_new(2);

/// The picture of a form, drawn anew; nothing where it is to be taken away.
async fn drawn(
    sent: &Sent,
    draw: fn(&[u8]) -> Result<Drawn, Rule>,
) -> Result<Option<Drawn>, Refusal> {
    if !sent.field("away").is_blank() {
        return Ok(None);
    }
    if sent.bytes.is_empty() {
        return Err(Refusal::invalid("file", "is required"));
    }
    let _turn = DRAWING.acquire().await.map_err(Refusal::fault)?;
    let bytes = sent.bytes.clone();
    let drawn = tokio::task::spawn_blocking(move || draw(&bytes))
        .await
        .map_err(Refusal::fault)?;
    drawn
        .map(Some)
        .map_err(|rule| Refusal::invalid("file", rule))
}

/// Does what a form with a picture asks for; gives what is wrong with it.
async fn take<C: Command>(
    app: &App,
    actor: &interpres_gate::Actor,
    sent: &Sent,
    draw: fn(&[u8]) -> Result<Drawn, Rule>,
    make: fn(Option<Drawn>) -> C,
) -> Result<Problems, Refused> {
    let done = match drawn(sent, draw).await {
        Ok(picture) => app.gate.perform(actor, make(picture)).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => Ok(Problems::none()),
        Err(Refusal::Invalid(problems)) => Ok(problems),
        Err(refusal) => Err(refusal.into()),
    }
}

pub(crate) async fn set_photo(
    State(app): State<App>,
    PostedFile(actor, sent): PostedFile,
) -> Answer {
    let problems = take(&app, &actor, &sent, Drawn::photo, SetPhoto).await?;
    if problems.is_empty() {
        go("/account")
    } else {
        profile::with_wrong_photo(&app, &actor, problems).await
    }
}

pub(crate) async fn set_logo(
    State(app): State<App>,
    PostedFile(actor, sent): PostedFile,
) -> Answer {
    let problems = take(&app, &actor, &sent, Drawn::logo, SetLogo).await?;
    if problems.is_empty() {
        go("/settings/workspace")
    } else {
        workspace_page(&app, &actor, None, problems).await
    }
}
