//! One team and what it is limited to.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    shared::{
        Answer, Frame,
        both::{self, Sent, fields_of},
        go, problems_of, with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_directory::{LimitInput, LimitTeam, ServiceType, ShowTeam, TeamView};
use interpres_gate::Actor;
use interpres_types::{Problems, TeamId};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "team.html")]
struct TeamPage {
    frame: Frame,
    team: TeamView,
    input: LimitInput,
    types: &'static [ServiceType],
    problems: Problems,
}

impl TeamPage {
    fn has(&self, way: &ServiceType) -> bool {
        self.input
            .service_types
            .raw()
            .split(';')
            .any(|word| word == way.word())
    }
}

/// What the team is limited to, as the form has it.
fn typed_limits(team: &TeamView) -> LimitInput {
    LimitInput {
        customers: team.customers.join("\n").into(),
        interpreters: team.interpreters.join("\n").into(),
        service_types: team.service_types.join(";").into(),
    }
}

async fn team_page(
    app: &App,
    actor: &Actor,
    id: TeamId,
    typed: Option<LimitInput>,
    problems: Problems,
) -> Answer {
    let team = app.gate.view(actor, ShowTeam(id)).await?.into_inner();
    let input = typed.unwrap_or_else(|| typed_limits(&team));
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    with_status(
        status,
        &TeamPage {
            frame: Frame::of(actor, "/people"),
            team,
            input,
            types: ServiceType::ALL,
            problems,
        },
    )
}

pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<TeamId>,
    Signed(actor): Signed,
) -> Answer {
    team_page(&app, &actor, id, None, Problems::none()).await
}

#[derive(Deserialize)]
pub(crate) struct LimitForm {
    version: i64,
    #[serde(default)]
    customers: String,
    #[serde(default)]
    interpreters: String,
    #[serde(default, rename = "type")]
    types: Vec<String>,
}

/// Limits as the form sends them.
fn as_sent(input: &LimitInput) -> Vec<(String, String)> {
    let ways = input
        .service_types
        .raw()
        .split(';')
        .filter(|way| !way.is_empty())
        .map(|way| ("type".to_owned(), way.to_owned()));
    fields_of!(input; customers, interpreters)
        .into_iter()
        .chain(ways)
        .collect()
}

pub(crate) async fn limit(
    State(app): State<App>,
    Path(id): Path<TeamId>,
    Posted(actor, form): Posted<LimitForm>,
) -> Answer {
    let input = LimitInput {
        customers: form.customers.into(),
        interpreters: form.interpreters.into(),
        service_types: form.types.join(";").into(),
    };
    match app
        .gate
        .perform(
            &actor,
            LimitTeam {
                id,
                version: Some(form.version),
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => go(format!("/people/teams/{id}")),
        Err(refusal) if both::is_late(&refusal) => {
            let team = app.gate.view(&actor, ShowTeam(id)).await?.into_inner();
            let back = format!("/people/teams/{id}");
            let sent = Sent {
                here: "/people",
                action: format!("{back}/limits"),
                back,
                yours: as_sent(&input),
                lists: &["type"],
                meaning: &|_, _| None,
            };
            both::page(&actor, refusal, sent, &as_sent(&typed_limits(&team)))
        }
        Err(refusal) => team_page(&app, &actor, id, Some(input), problems_of(refusal)?).await,
    }
}
