//! What the workspace asks of its people, and where else one is at home.
use super::{
    Answer, Frame, Nothing, filters, go, page, problems_of,
    sign_in::{session_cookie, with_cookie},
    with_status,
};
use crate::{
    App,
    door::{Posted, Signed},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use interpres_accounts::{AcceptOwnership, SecurityInput, SecurityView, SetSecurity, ShowSecurity, WorkspaceCard, my_workspaces, switch_workspace};
use interpres_gate::{Actor, Role};
use interpres_types::{Problems, WorkspaceId};

#[derive(Template)]
#[template(path = "security.html")]
struct SecurityPage {
    frame: Frame,
    tab: &'static str,
    rules: SecurityView,
    roles: Vec<String>,
    problems: Problems,
}

impl SecurityPage {
    fn asked(&self, role: &str) -> bool {
        self.rules.factor_roles.iter().any(|r| r == role)
    }
}

async fn security_page(app: &App, actor: &Actor, problems: Problems) -> Answer {
    let rules = app.gate.view(actor, ShowSecurity).await?.into_inner();
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let roles = Role::PEOPLE.iter().map(ToString::to_string).collect();
    with_status(status, &SecurityPage { frame: Frame::of(actor, "/people"), tab: "/settings/security", rules, roles, problems })
}

pub(crate) async fn security(State(app): State<App>, Signed(actor): Signed) -> Answer {
    security_page(&app, &actor, Problems::none()).await
}

pub(crate) async fn set_security(State(app): State<App>, Posted(actor, pairs): Posted<Vec<(String, String)>>) -> Answer {
    let all = |name: &str| pairs.iter().filter(|(n, _)| n == name).map(|(_, v)| v.clone()).collect::<Vec<_>>();
    let one = |name: &str| all(name).pop().unwrap_or_default();
    let input = SecurityInput {
        idle_minutes: one("idle_minutes").into(),
        session_hours: one("session_hours").into(),
        factor_roles: all("factor_roles"),
        character_classes: one("character_classes").into(),
        text_messages: if one("text_messages") == "yes" { "yes" } else { "no" }.into(),
    };
    match app.gate.perform(&actor, SetSecurity { version: one("version").parse().ok(), input }).await {
        Ok(_) => go("/settings/security"),
        Err(refusal) => security_page(&app, &actor, problems_of(refusal)?).await,
    }
}

#[derive(Template)]
#[template(path = "workspaces.html")]
struct WorkspacesPage {
    frame: Frame,
    workspaces: Vec<WorkspaceCard>,
    here: WorkspaceId,
}

pub(crate) async fn workspaces(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let workspaces = my_workspaces(&app.gate, &actor).await?;
    page(&WorkspacesPage { frame: Frame::of(&actor, ""), workspaces, here: actor.workspace() })
}

pub(crate) async fn switch(State(app): State<App>, Path(to): Path<WorkspaceId>, Posted(actor, _): Posted<Nothing>) -> Answer {
    let token = switch_workspace(&app.gate, &actor, to).await?;
    Ok(with_cookie(go("/")?, &session_cookie(&app, &token)))
}

pub(crate) async fn accept_ownership(State(app): State<App>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, AcceptOwnership).await?;
    go("/account")
}
