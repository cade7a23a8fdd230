//! One member: role, teams, and how they are let go or let in again.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    people::members::{names, teams},
    shared::{
        Answer, Frame, Nothing,
        both::{self, Sent},
        browser_in_words, go,
        near::near,
        problems_of,
        rights::{problems_in_words, role_in_words},
        time, with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{
    AnswerRecovery, AskRecovery, ChangeMember, EndMember, ListRoles, MemberInput, MemberView,
    RecoveryInput, ReinstateMember, RoleCard, ShowMember, SignMemberOut, TeamCard,
};
use interpres_gate::{Actor, Refusal, SessionCard, Strength};
use interpres_sso::UnlinkIdentity;
use interpres_types::{Instant, MemberId, Problems, RecoveryId, UserId, Zone};
use serde::Deserialize;

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
    now: Instant,
    zone: Zone,
}

impl PersonPage {
    fn when(&self, at: &Instant) -> String {
        time::moment(*at, self.zone.name())
    }
    fn seen(&self, at: &Instant) -> String {
        near(*at, self.now, &self.zone)
    }
    fn role(&self) -> String {
        say::overheard(&role_in_words(&self.member.card.role)).into_owned()
    }
    fn teams(&self) -> String {
        names(&self.teams, &self.member.card.teams)
    }
    fn session(&self, session: &SessionCard) -> String {
        let from = session.address.as_deref();
        let from = from.unwrap_or(say::unknown_address());
        let seen = self.seen(&session.created_at);
        match session.strength {
            Strength::Factor => say::session_with_factor(from, seen),
            Strength::Password => say::session_by_password(from, seen),
        }
    }
    fn browser(&self, session: &SessionCard) -> String {
        session
            .agent
            .as_deref()
            .map_or_else(|| say::unknown_browser().to_owned(), browser_in_words)
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
            now: app.gate.now(),
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
        Err(refusal) => {
            let problems = problems_in_words(&problems_of(refusal)?);
            person(&app, &actor, id, String::new(), problems).await
        }
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
            .map(|r| say::overheard(&role_in_words(&r.name)).into_owned())
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
