//! People: members, invitations, roles, teams.
use super::{
    Answer, Frame, Nothing,
    audit::on_the_wall,
    both::{self, Sent},
    filters, go, page, problems_of, with_status,
};
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{
    AnswerRecovery, AskRecovery, ChangeMember, EndMember, InvitationCard, InvitationState,
    InviteInput, InvitePerson, ListInvitations, ListPeople, ListRoles, ListTeams, MemberInput,
    MemberView, PersonCard, RecoveryInput, ReinstateMember, ResendInvitation, RevokeInvitation,
    RoleCard, SaveTeam, ShowMember, SignMemberOut, TeamCard, TeamInput,
};
use interpres_gate::{Actor, Permission, Refusal, Strength};
use interpres_sso::UnlinkIdentity;
use interpres_types::{InvitationId, MemberId, Problems, RecoveryId, TeamId, UserId, Zone};
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

async fn teams(app: &App, actor: &Actor) -> Result<Vec<TeamCard>, super::Refused> {
    Ok(app.gate.view(actor, ListTeams).await?.into_inner())
}

pub(super) fn names(teams: &[TeamCard], of: &[TeamId]) -> String {
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

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    member: MemberView,
    roles: Vec<RoleCard>,
    teams: Vec<TeamCard>,
    mine: bool,
    problems: Problems,
    recognised: String,
    me: Option<UserId>,
    zone: Zone,
}

impl PersonPage {
    fn when(&self, at: &interpres_types::Instant) -> String {
        on_the_wall(&self.zone, *at)
    }
    fn proved(&self, strength: Strength) -> &'static str {
        if strength == Strength::Factor {
            "two factors"
        } else {
            "password"
        }
    }
    fn can_lose(&self) -> bool {
        !self.mine
            && self.member.card.active
            && self.member.state.as_ref().is_some_and(|s| s.enrolled)
    }
    fn in_team(&self, team: &TeamCard) -> bool {
        self.member.card.teams.contains(&team.id)
    }
}

async fn person(
    app: &App,
    actor: &Actor,
    id: MemberId,
    recognised: String,
    problems: Problems,
) -> Answer {
    let member = app.gate.view(actor, ShowMember(id)).await?.into_inner();
    let (roles, teams) = (
        app.gate.view(actor, ListRoles).await?.into_inner(),
        teams(app, actor).await?,
    );
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let me = actor.user();
    let mine = Some(member.card.user) == me;
    with_status(
        status,
        &PersonPage {
            frame: Frame::of(actor, "/people"),
            member,
            roles,
            teams,
            mine,
            problems,
            recognised,
            me,
            zone: actor.zone(),
        },
    )
}

pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Signed(actor): Signed,
) -> Answer {
    person(&app, &actor, id, String::new(), Problems::none()).await
}

#[derive(Deserialize)]
pub(crate) struct ChangeForm {
    version: i64,
    role: String,
    #[serde(default)]
    team: Vec<String>,
}

pub(crate) async fn change(
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Posted(actor, form): Posted<ChangeForm>,
) -> Answer {
    if form.team.is_empty() {
        return person(
            &app,
            &actor,
            id,
            String::new(),
            Problems::one("teams", "must be at least one"),
        )
        .await;
    }
    let in_team = form
        .team
        .iter()
        .map(|team| ("team".to_owned(), team.clone()));
    let yours: Vec<_> = std::iter::once(("role".to_owned(), form.role.clone()))
        .chain(in_team)
        .collect();
    let before = app.gate.view(&actor, ShowMember(id)).await?.into_inner();
    let customer = before
        .card
        .customer
        .map(|c| c.to_string())
        .unwrap_or_default();
    let input = MemberInput {
        role: form.role.into(),
        teams: form.team.join(";").into(),
        customer: customer.into(),
    };
    match app
        .gate
        .perform(
            &actor,
            ChangeMember {
                id,
                version: Some(form.version),
                input,
            },
        )
        .await
    {
        Ok(_) => go(format!("/people/{id}")),
        Err(refusal) if both::is_late(&refusal) => late(&app, &actor, id, yours, refusal).await,
        Err(refusal) => person(&app, &actor, id, String::new(), problems_of(refusal)?).await,
    }
}

/// Both versions of a role and teams, where somebody else saved in between.
async fn late(
    app: &App,
    actor: &Actor,
    id: MemberId,
    yours: Vec<(String, String)>,
    refusal: Refusal,
) -> Answer {
    let card = app
        .gate
        .view(actor, ShowMember(id))
        .await?
        .into_inner()
        .card;
    let (roles, teams) = (
        app.gate.view(actor, ListRoles).await?.into_inner(),
        teams(app, actor).await?,
    );
    let in_team = teams
        .iter()
        .filter(|t| card.teams.contains(&t.id))
        .map(|t| ("team".to_owned(), t.name.clone()));
    let saved: Vec<_> = std::iter::once(("role".to_owned(), card.role_id.clone()))
        .chain(in_team)
        .collect();
    let meaning = |field: &str, value: &str| {
        roles
            .iter()
            .find(|r| field == "role" && r.id == value)
            .map(|r| r.name.clone())
    };
    let back = format!("/people/{id}");
    both::page(
        actor,
        refusal,
        Sent {
            here: "/people",
            action: back.clone(),
            back,
            yours,
            lists: &["team"],
            meaning: &meaning,
        },
        &saved,
    )
}

pub(crate) async fn deactivate(
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate
        .perform(&actor, EndMember { id, remove: false })
        .await?;
    go("/people/ended")
}

pub(crate) async fn remove(
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate
        .perform(&actor, EndMember { id, remove: true })
        .await?;
    go("/people")
}

pub(crate) async fn reinstate(
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, ReinstateMember(id)).await?;
    go(format!("/people/{id}"))
}

pub(crate) async fn unlink(
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, UnlinkIdentity(id)).await?;
    go(format!("/people/{id}"))
}

pub(crate) async fn ask_recovery(
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Posted(actor, input): Posted<RecoveryInput>,
) -> Answer {
    let recognised = input.recognised.raw().to_owned();
    match app.gate.perform(&actor, AskRecovery { id, input }).await {
        Ok(_) => go(format!("/people/{id}")),
        Err(refusal) => person(&app, &actor, id, recognised, problems_of(refusal)?).await,
    }
}

pub(crate) async fn agree_recovery(
    State(app): State<App>,
    Path((member, id)): Path<(MemberId, RecoveryId)>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate
        .perform(&actor, AnswerRecovery { id, agree: true })
        .await?;
    go(format!("/people/{member}"))
}

pub(crate) async fn drop_recovery(
    State(app): State<App>,
    Path((member, id)): Path<(MemberId, RecoveryId)>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate
        .perform(&actor, AnswerRecovery { id, agree: false })
        .await?;
    go(format!("/people/{member}"))
}

pub(crate) async fn sign_out(
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, SignMemberOut(id)).await?;
    go(format!("/people/{id}"))
}

#[derive(Template)]
#[template(path = "invitations.html")]
struct InvitationsPage {
    frame: Frame,
    tab: &'static str,
    invitations: Vec<InvitationCard>,
    next: Option<String>,
    roles: Vec<RoleCard>,
    teams: Vec<TeamCard>,
    input: InviteInput,
    problems: Problems,
    zone: Zone,
}

impl InvitationsPage {
    fn when(&self, at: &interpres_types::Instant) -> String {
        on_the_wall(&self.zone, *at)
    }
    fn open(&self, invitation: &InvitationCard) -> bool {
        matches!(
            invitation.state,
            InvitationState::Pending | InvitationState::Expired
        )
    }
    fn shared(&self) -> bool {
        self.problems
            .of("email")
            .is_some_and(|rule| rule.to_string().contains("only one person"))
    }
}

async fn invitations_page(
    app: &App,
    actor: &Actor,
    filter: ListInvitations,
    input: InviteInput,
    problems: Problems,
) -> Answer {
    let found = app.gate.view(actor, filter).await?.into_inner();
    let (roles, teams) = (
        app.gate.view(actor, ListRoles).await?.into_inner(),
        teams(app, actor).await?,
    );
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = InvitationsPage {
        frame: Frame::of(actor, "/people"),
        tab: "/people/invitations",
        invitations: found.items,
        next: found.next,
        roles,
        teams,
        input,
        problems,
        zone: actor.zone(),
    };
    with_status(status, &page)
}

pub(crate) async fn invitations(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(filter): Query<ListInvitations>,
) -> Answer {
    invitations_page(
        &app,
        &actor,
        filter,
        InviteInput::default(),
        Problems::none(),
    )
    .await
}

#[derive(Deserialize)]
pub(crate) struct InviteForm {
    #[serde(default)]
    team: Vec<String>,
    email: String,
    name: String,
    role: String,
    #[serde(default)]
    one_person: String,
}

pub(crate) async fn invite(
    State(app): State<App>,
    Posted(actor, form): Posted<InviteForm>,
) -> Answer {
    let teams = form.team.join(";").into();
    let input = InviteInput {
        email: form.email.into(),
        name: form.name.into(),
        role: form.role.into(),
        teams,
        one_person: form.one_person.into(),
        ..InviteInput::default()
    };
    match app
        .gate
        .perform(
            &actor,
            InvitePerson {
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => go("/people/invitations"),
        Err(refusal) => {
            invitations_page(
                &app,
                &actor,
                ListInvitations::default(),
                input,
                problems_of(refusal)?,
            )
            .await
        }
    }
}

pub(crate) async fn resend(
    State(app): State<App>,
    Path(id): Path<InvitationId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, ResendInvitation(id)).await?;
    go("/people/invitations")
}

pub(crate) async fn revoke(
    State(app): State<App>,
    Path(id): Path<InvitationId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, RevokeInvitation(id)).await?;
    go("/people/invitations")
}

#[derive(Template)]
#[template(path = "teams.html")]
struct TeamsPage {
    frame: Frame,
    tab: &'static str,
    teams: Vec<TeamCard>,
    problems: Problems,
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
