//! Where else one is at home.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    shared::{Answer, Frame, Nothing, go, page, session_cookie, with_cookie},
};
use askama::Template;
use axum::extract::State;
use interpres_accounts::{AcceptOwnership, WorkspaceCard, my_workspaces, switch_workspace};
use interpres_types::WorkspaceId;

#[derive(Template)]
#[template(path = "workspaces.html")]
struct WorkspacesPage {
    frame: Frame,
    workspaces: Vec<WorkspaceCard>,
    here: WorkspaceId,
}

pub(crate) async fn workspaces(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let workspaces = my_workspaces(&app.gate, &actor).await?;
    page(&WorkspacesPage {
        frame: Frame::of(&actor, ""),
        workspaces,
        here: actor.workspace(),
    })
}

pub(crate) async fn switch(
    State(app): State<App>,
    Path(to): Path<WorkspaceId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    let token = switch_workspace(&app.gate, &actor, to).await?;
    Ok(with_cookie(go("/")?, &session_cookie(&app, &token)))
}

pub(crate) async fn accept_ownership(
    State(app): State<App>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, AcceptOwnership).await?;
    go("/account")
}
