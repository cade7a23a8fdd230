//! Members: the list, and those who were deactivated.
use crate::shared::filters;
use crate::{
    App,
    door::{Query, Signed},
    shared::{
        Answer, Frame, Refused, answered,
        near::near,
        page,
        parts::{Chip, Pager, Tab},
        rights::role_in_words,
    },
};
use askama::Template;
use axum::extract::State;
use interpres_accounts::{CountPeople, ListPeople, ListRoles, ListTeams, PersonCard, TeamCard};
use interpres_gate::{Action as A, Actor};
use interpres_types::{Field, Instant, TeamId, Zone};
use serde::Deserialize;

const ON_A_PAGE: i64 = 50;

/// The pages around people, each for those who may see what is on it.
const TABS: [(&str, &str, A); 7] = [
    ("/people", "Members", A::MembersList),
    ("/people/ended", "Deactivated", A::MemberShow),
    ("/people/invitations", "Invitations", A::InvitationsList),
    ("/people/roles", "Roles", A::RolesList),
    ("/people/teams", "Teams", A::TeamsList),
    ("/people/services", "Service accounts", A::ServicesList),
    ("/people/review", "Access review", A::ReviewsList),
];

/// The tabs of the pages around people.
pub(crate) fn tabs(frame: &Frame, here: &str) -> Vec<Tab> {
    TABS.iter()
        .filter(|(_, _, action)| frame.may(*action))
        .map(|(path, name, _)| Tab {
            name: (*name).to_owned(),
            path: (*path).to_owned(),
            current: *path == here,
            count: None,
        })
        .collect()
}

struct Row {
    card: PersonCard,
    teams: String,
}

/// A choice of a filter: its value, and its words.
struct Choice {
    value: String,
    words: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    tab: &'static str,
    tabs: Vec<Tab>,
    in_charge: bool,
    people: Vec<Row>,
    asked: Narrowed,
    chips: Vec<Chip>,
    roles: Vec<Choice>,
    teams: Vec<Choice>,
    pager: Pager,
    problem: String,
    now: Instant,
    zone: Zone,
}

impl PeoplePage {
    fn seen(&self, at: &Instant) -> String {
        near(*at, self.now, &self.zone)
    }
    fn chip(&self, label: &str) -> Option<&Chip> {
        self.chips.iter().find(|chip| chip.label == label)
    }
    fn is_narrowed(&self) -> bool {
        !self.chips.is_empty() || !self.asked.q.trim().is_empty()
    }
}

/// What a list of people is narrowed to, and where its page begins.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Narrowed {
    q: String,
    role: String,
    team: String,
    past: String,
}

impl Narrowed {
    fn list(&self, state: &str) -> ListPeople {
        ListPeople {
            state: state.into(),
            q: self.q.as_str().into(),
            role: self.role.as_str().into(),
            team: self.team.as_str().into(),
            past: self.past.as_str().into(),
            limit: ON_A_PAGE.to_string().as_str().into(),
            cursor: Field::default(),
        }
    }
    /// The filters as a form keeps them, except its own.
    fn kept(&self, own: &str) -> Vec<(&'static str, &str)> {
        [("q", &self.q), ("role", &self.role), ("team", &self.team)]
            .into_iter()
            .filter(|(name, value)| *name != own && !value.trim().is_empty())
            .map(|(name, value)| (name, value.trim()))
            .collect()
    }
    /// The address of the same list without one filter, from a place on.
    fn address(&self, tab: &str, without: &str, past: i64) -> String {
        let past = (past > 0).then(|| ("past", past.to_string()));
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.kept(without))
            .extend_pairs(past)
            .finish();
        if query.is_empty() {
            tab.to_owned()
        } else {
            format!("{tab}?{query}")
        }
    }
    fn pager(&self, tab: &str, here: i64, total: i64) -> Pager {
        let past: i64 = self.past.trim().parse().unwrap_or_default();
        let at = |past| self.address(tab, "", past);
        Pager {
            past,
            here,
            total,
            before: (past > 0).then(|| at((past - ON_A_PAGE).max(0))),
            next: (past + here < total).then(|| at(past + ON_A_PAGE)),
        }
    }
    /// The filters that are set, each with the address of the list without it.
    fn chips(&self, tab: &str, roles: &[Choice]) -> Vec<Chip> {
        let role = roles
            .iter()
            .find(|choice| choice.value == self.role)
            .map_or(self.role.as_str(), |choice| &choice.words);
        [("Role", "role", role), ("Team", "team", &self.team)]
            .into_iter()
            .filter(|(_, _, value)| !value.trim().is_empty())
            .map(|(label, field, value)| Chip {
                label,
                value: value.to_owned(),
                without: self.address(tab, field, 0),
            })
            .collect()
    }
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

async fn roles(app: &App, actor: &Actor) -> Result<Vec<Choice>, Refused> {
    let roles = app.gate.view(actor, ListRoles).await?.into_inner();
    Ok(roles
        .into_iter()
        .map(|role| Choice {
            words: role_in_words(&role.name),
            value: role.id,
        })
        .collect())
}

async fn list(app: &App, actor: &Actor, tab: &'static str, state: &str, asked: Narrowed) -> Answer {
    let wanted = asked.list(state);
    let counted = CountPeople(vec![wanted.clone()]);
    let (found, problem) = answered(app.gate.view(actor, wanted).await)?;
    let (counts, _) = answered(app.gate.view(actor, counted).await)?;
    let total = counts.and_then(|n| n.first().copied()).unwrap_or_default();
    let (teams, roles) = (teams(app, actor).await?, roles(app, actor).await?);
    let people: Vec<Row> = found
        .map(|page| page.items)
        .unwrap_or_default()
        .into_iter()
        .map(|card| Row {
            teams: names(&teams, &card.teams),
            card,
        })
        .collect();
    let frame = Frame::of(actor, "/people");
    let here = i64::try_from(people.len()).unwrap_or_default();
    page(&PeoplePage {
        tab,
        tabs: tabs(&frame, tab),
        in_charge: frame.may(A::MemberShow),
        chips: asked.chips(tab, &roles),
        pager: asked.pager(tab, here, total),
        frame,
        people,
        asked,
        roles,
        teams: teams
            .into_iter()
            .map(|team| Choice {
                value: team.name.clone(),
                words: team.name,
            })
            .collect(),
        problem,
        now: app.gate.now(),
        zone: actor.zone(),
    })
}

pub(crate) async fn members(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(asked): Query<Narrowed>,
) -> Answer {
    list(&app, &actor, "/people", "active", asked).await
}

pub(crate) async fn ended(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(asked): Query<Narrowed>,
) -> Answer {
    list(&app, &actor, "/people/ended", "ended", asked).await
}
