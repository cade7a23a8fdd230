//! Members: the list, and those who were deactivated.
use crate::shared::filters;
use crate::{
    App,
    door::{Query, Signed},
    shared::{Answer, Frame, Refused, page},
};
use askama::Template;
use axum::extract::State;
use interpres_accounts::{ListPeople, ListTeams, PersonCard, TeamCard};
use interpres_gate::{Actor, Permission};
use interpres_types::TeamId;
use serde::Deserialize;

/// The pages around people, for those in charge of them.
pub(crate) const TABS: [(&str, &str); 7] = [
    ("/people", "Members"),
    ("/people/ended", "Deactivated"),
    ("/people/invitations", "Invitations"),
    ("/people/roles", "Roles"),
    ("/people/teams", "Teams"),
    ("/people/services", "Services"),
    ("/people/review", "Access review"),
];

struct Line {
    card: PersonCard,
    teams: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    tab: &'static str,
    in_charge: bool,
    people: Vec<Line>,
    q: String,
    next: Option<String>,
}

/// What a list of people is narrowed to, and where its page begins.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Narrowed {
    q: String,
    cursor: String,
}

pub(crate) async fn teams(app: &App, actor: &Actor) -> Result<Vec<TeamCard>, Refused> {
    Ok(app.gate.view(actor, ListTeams).await?.into_inner())
}

pub(crate) fn names(teams: &[TeamCard], of: &[TeamId]) -> String {
    if of.len() == teams.len() && of.len() > 1 {
        return "All".to_owned();
    }
    teams
        .iter()
        .filter(|t| of.contains(&t.id))
        .map(|t| t.name.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

async fn list(
    app: &App,
    actor: &Actor,
    tab: &'static str,
    state: &str,
    narrowed: Narrowed,
) -> Answer {
    let q = narrowed.q.clone();
    let asked = ListPeople {
        state: state.into(),
        q: narrowed.q.into(),
        cursor: narrowed.cursor.into(),
        limit: "100".into(),
    };
    let found = app.gate.view(actor, asked).await?.into_inner();
    let teams = teams(app, actor).await?;
    let people = found
        .items
        .into_iter()
        .map(|card| Line {
            teams: names(&teams, &card.teams),
            card,
        })
        .collect();
    page(&PeoplePage {
        frame: Frame::of(actor, "/people"),
        tab,
        in_charge: actor.may(Permission::EditMembers),
        people,
        q,
        next: found.next,
    })
}

pub(crate) async fn members(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(narrowed): Query<Narrowed>,
) -> Answer {
    list(&app, &actor, "/people", "active", narrowed).await
}

pub(crate) async fn ended(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(narrowed): Query<Narrowed>,
) -> Answer {
    list(&app, &actor, "/people/ended", "ended", narrowed).await
}
