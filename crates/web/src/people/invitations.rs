//! Invitations: the list, and inviting somebody.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
    people::members::teams,
    shared::{
        Answer, Frame, Nothing, go,
        many::{Doing, Picked},
        near::{near, on_day},
        parts::Toned,
        problems_of,
        rights::problems_in_words,
        with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{
    InvitationCard, InvitationState, InviteInput, InvitePerson, ListInvitations, ListRoles,
    ResendInvitation, RevokeInvitation, RoleCard, TeamCard,
};
use interpres_gate::{Actor, Refusal};
use interpres_types::{Instant, InvitationId, Problems, Zone};
use serde::Deserialize;

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
    now: Instant,
    zone: Zone,
}

impl InvitationsPage {
    fn seen(&self, at: &Instant) -> String {
        near(*at, self.now, &self.zone)
    }
    fn day(&self, at: &Instant) -> String {
        on_day(*at, self.now, &self.zone)
    }
    fn chosen(&self, team: &TeamCard) -> bool {
        let mut chosen = self.input.teams.raw().split(';');
        chosen.any(|name| name == team.name)
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

impl Toned for InvitationState {
    fn tone(&self) -> &'static str {
        match self {
            Self::Pending => "note",
            Self::Accepted => "good",
            Self::Revoked => "",
            Self::Expired => "warn",
        }
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
        now: app.gate.now(),
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
    /// Said where no team is ticked and there are several.
    #[serde(default)]
    all_teams: String,
}

pub(crate) async fn invite(
    State(app): State<App>,
    Posted(actor, form): Posted<InviteForm>,
) -> Answer {
    app.gate.may_begin::<InvitePerson>(&actor).await?;
    let no_team = form.team.is_empty() && form.all_teams.is_empty();
    let is_open = no_team && self::teams(&app, &actor).await?.len() > 1;
    let teams = form.team.join(";").into();
    let input = InviteInput {
        email: form.email.into(),
        name: form.name.into(),
        role: form.role.into(),
        teams,
        one_person: form.one_person.into(),
        ..InviteInput::default()
    };
    let invited = if is_open {
        Err(Refusal::invalid("teams", "must be chosen, or all of them"))
    } else {
        let invite = InvitePerson {
            input: input.clone(),
        };
        app.gate.perform(&actor, invite).await.map(drop)
    };
    match invited {
        Ok(()) => go("/people/invitations"),
        Err(refusal) => {
            invitations_page(
                &app,
                &actor,
                ListInvitations::default(),
                input,
                problems_in_words(&problems_of(refusal)?),
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

const fn doing(heading: &'static str, done: &'static str) -> Doing {
    Doing {
        heading,
        done,
        here: "/people",
        page: None,
    }
}

pub(crate) async fn resend_selected(
    State(app): State<App>,
    Posted(actor, picked): Posted<Picked>,
) -> Answer {
    let resending = doing(say::resend_invitations(), say::invitations_resent());
    picked
        .each(&app, &actor, &resending, ResendInvitation)
        .await
}

pub(crate) async fn revoke_selected(
    State(app): State<App>,
    Posted(actor, picked): Posted<Picked>,
) -> Answer {
    let revoking = doing(say::revoke_invitations(), say::invitations_revoked());
    picked.each(&app, &actor, &revoking, RevokeInvitation).await
}
