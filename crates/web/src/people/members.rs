//! Members: the list, and those who were deactivated.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Signed},
    shared::{
        Answer, Destination, Frame, Refused, answered, go,
        listing::{Filtered, Listing, filtered},
        many::{Picked, may_export},
        near::near,
        own_list::{self, OwnList, choice},
        page,
        paper::spreadsheet,
        parts::{Column, Pager, Tab},
        rights::role_in_words,
        time,
    },
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_accounts::{
    CountPeople, ExportPeople, ListName, ListPeople, ListRoles, ListTeams, PersonCard, TeamCard,
};
use interpres_gate::{Action as A, Actor};
use interpres_types::{Instant, TeamId, Zone};

/// The pages around people, each for those who may see what is on it.
static TABS: [Destination; 7] = [
    Destination::new("/people", say::people_members, A::MembersList),
    Destination::new("/people/ended", say::people_deactivated, A::MemberShow),
    Destination::new(
        "/people/invitations",
        say::people_invitations,
        A::InvitationsList,
    ),
    Destination::new("/people/roles", say::people_roles, A::RolesList),
    Destination::new("/people/teams", say::member_teams, A::TeamsList),
    Destination::new("/people/services", say::service_accounts, A::ServicesList),
    Destination::new("/people/review", say::access_review, A::ReviewsList),
];

/// The tabs of the pages around people.
pub(crate) fn tabs(frame: &Frame, here: &str) -> Vec<Tab> {
    TABS.iter()
        .filter(|page| frame.may_go(page))
        .map(|page| Tab {
            name: page.name().to_owned(),
            path: page.path.to_owned(),
            current: page.path == here,
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
    tabs: Vec<Tab>,
    in_charge: bool,
    people: Vec<Row>,
    list: Listing,
    own: OwnList,
    columns: Vec<Column>,
    exports: Option<String>,
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
}

pub(crate) async fn teams(app: &App, actor: &Actor) -> Result<Vec<TeamCard>, Refused> {
    Ok(app.gate.view(actor, ListTeams).await?.into_inner())
}

pub(crate) fn names(teams: &[TeamCard], of: &[TeamId]) -> String {
    if of.len() == teams.len() && of.len() > 1 {
        return say::teams_all().to_owned();
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
            words: say::overheard(&role_in_words(&role.name)).into_owned(),
            value: role.id,
        })
        .collect())
}

fn narrowed_by() -> [Filtered; 2] {
    [
        filtered("role", say::member_role()),
        filtered("team", say::field_team()),
    ]
}

async fn list(app: &App, actor: &Actor, tab: &'static str, state: &str, raw: &str) -> Answer {
    let (teams, roles) = (teams(app, actor).await?, roles(app, actor).await?);
    let mut own = OwnList::of(app, actor, ListName::People, tab, &CHOICES).await?;
    if let Some(first) = own.first(raw) {
        return go(first);
    }
    let list = Listing::of(tab, raw, &narrowed_by(), |_, value| {
        let role = roles.iter().find(|role| role.value == value);
        role.map_or(value, |role| &role.words).to_owned()
    });
    let list = list.bare_at(own.bare());
    let wanted = ListPeople {
        state: state.into(),
        ..list.query()
    };
    let (found, problem) = answered(app.gate.view(actor, wanted.clone()).await)?;
    let (total, _) = answered(app.gate.view(actor, CountPeople(wanted)).await)?;
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
    page(&PeoplePage {
        tabs: tabs(&frame, tab),
        in_charge: frame.may(A::MemberShow),
        columns: own.columns(columns(&list, frame.may(A::MemberShow))),
        own: own.asked(list.hidden_fields("")),
        exports: may_export(actor, A::MembersExport).then(|| list.export()),
        pager: list.pager(people.len(), total.unwrap_or_default()),
        frame,
        people,
        list,
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

fn columns(list: &Listing, in_charge: bool) -> Vec<Column> {
    let mut all = vec![
        list.head(say::name(), "c-name", "name", "name"),
        Column::plain(say::member_role(), "c-role"),
        Column::plain(say::member_teams(), "c-teams"),
        Column::plain(say::phone(), "c-phone"),
    ];
    if in_charge {
        all.push(Column::plain(say::second_factor(), "c-factor"));
        all.push(Column::plain(say::last_signed_in(), "c-seen"));
    }
    all
}

/// The columns that can be left out.
const CHOICES: [own_list::Choice; 5] = [
    choice("role", "c-role"),
    choice("teams", "c-teams"),
    choice("phone", "c-phone"),
    choice("factor", "c-factor"),
    choice("seen", "c-seen"),
];

async fn file(app: &App, actor: &Actor, state: &str, raw: &str) -> Answer {
    let list = Listing::of("/people", raw, &narrowed_by(), |_, value| value.to_owned());
    let wanted = ListPeople {
        state: state.into(),
        ..list.query()
    };
    let found = app.gate.view(actor, ExportPeople(wanted)).await?;
    let teams = teams(app, actor).await?;
    let zone = actor.zone().to_string();
    let line = |p: PersonCard| {
        let seen = p.last_sign_in_at.map(|at| time::moment(at, &zone));
        let factor = match p.enrolled {
            Some(true) => "On",
            Some(false) => "Not set up",
            None => "",
        };
        vec![
            p.name,
            p.email,
            p.phone.unwrap_or_default(),
            role_in_words(&p.role),
            names(&teams, &p.teams),
            factor.to_owned(),
            seen.unwrap_or_default(),
        ]
    };
    let lines = found.into_inner().into_iter().map(line);
    let today = actor.today(app.gate.now());
    Ok(spreadsheet("people", today, &HEADS, lines)?)
}

const HEADS: [&str; 7] = [
    "Name",
    "Email",
    "Phone",
    "Role",
    "Teams",
    "Second factor",
    "Last sign-in",
];

pub(crate) async fn export(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    file(&app, &actor, "active", &raw.unwrap_or_default()).await
}

pub(crate) async fn export_ended(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    file(&app, &actor, "ended", &raw.unwrap_or_default()).await
}

pub(crate) async fn export_selected(Posted(_, picked): Posted<Picked>) -> Answer {
    picked.export("/people")
}

pub(crate) async fn export_ended_selected(Posted(_, picked): Posted<Picked>) -> Answer {
    picked.export("/people/ended")
}

pub(crate) async fn members(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    list(&app, &actor, "/people", "active", &raw.unwrap_or_default()).await
}

pub(crate) async fn ended(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    list(
        &app,
        &actor,
        "/people/ended",
        "ended",
        &raw.unwrap_or_default(),
    )
    .await
}
