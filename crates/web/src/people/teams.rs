//! The workspace's teams.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    people::members::teams,
    shared::{Answer, Frame, go, problems_of, with_status},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{SaveTeam, TeamCard, TeamInput};
use interpres_gate::{Actor, Permission};
use interpres_types::{Problems, TeamId};

#[derive(Template)]
#[template(path = "teams.html")]
struct TeamsPage {
    frame: Frame,
    tab: &'static str,
    teams: Vec<TeamCard>,
    problems: Problems,
    /// Whether they add teams, and rename and limit them.
    may_edit: bool,
}

async fn teams_page(app: &App, actor: &Actor, problems: Problems) -> Answer {
    let teams = teams(app, actor).await?;
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    with_status(
        status,
        &TeamsPage {
            frame: Frame::of(actor, "/people"),
            tab: "/people/teams",
            teams,
            problems,
            may_edit: actor.may(Permission::EditMembers),
        },
    )
}

pub(crate) async fn list_teams(State(app): State<App>, Signed(actor): Signed) -> Answer {
    teams_page(&app, &actor, Problems::none()).await
}

pub(crate) async fn add_team(
    State(app): State<App>,
    Posted(actor, input): Posted<TeamInput>,
) -> Answer {
    match app.gate.perform(&actor, SaveTeam { id: None, input }).await {
        Ok(_) => go("/people/teams"),
        Err(refusal) => teams_page(&app, &actor, problems_of(refusal)?).await,
    }
}

pub(crate) async fn rename_team(
    State(app): State<App>,
    Path(id): Path<TeamId>,
    Posted(actor, input): Posted<TeamInput>,
) -> Answer {
    match app
        .gate
        .perform(
            &actor,
            SaveTeam {
                id: Some(id),
                input,
            },
        )
        .await
    {
        Ok(_) => go("/people/teams"),
        Err(refusal) => teams_page(&app, &actor, problems_of(refusal)?).await,
    }
}
