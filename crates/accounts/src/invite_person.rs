use crate::{
    Invitation, InvitationState, Member, NewInvitation,
    invitation::is_shared,
    mailbox::own_mailbox,
    role::{GivenRole, KeptRole, held_as},
    team::all_teams,
    team_named,
};
use interpres_gate::{
    Action, Command, Filter, Granted, Json, Letter, Notice, Page, Query, ReadTx, Refusal, Val,
    WriteTx, async_trait,
};
use interpres_types::{
    CustomerId, Email, Field, Instant, InterpreterId, InvitationId, Line, Problems, TeamId, UserId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Days in which an invitation can be accepted.
const OPEN_DAYS: i64 = 7;

/// Input for an invitation.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InviteInput {
    /// Their own e-mail address; required.
    pub email: Field,
    /// Their name.
    pub name: Field,
    /// A role's name, or the id of one of the workspace's own; required.
    pub role: Field,
    /// Teams by name, separated by semicolons; default: all.
    pub teams: Field,
    /// The customer a requester files for, by id.
    pub customer: Field,
    /// yes, if the address only looks like a shared mailbox.
    pub one_person: Field,
}

/// The address of someone to invite, if it and the name are well-formed.
///
/// # Errors
/// The problems.
pub fn invited_address(input: &InviteInput) -> Result<Email, Problems> {
    let mut p = Problems::none();
    let (email, _) = (
        p.need::<Email>("email", &input.email),
        p.may::<Line<120>>("name", &input.name),
    );
    email.filter(|_| p.is_empty()).ok_or(p)
}

/// The member or the open invitation that an address belongs to already.
///
/// # Errors
/// A fault of the database.
pub async fn is_here(tx: &mut ReadTx, email: &Email) -> Result<Option<String>, Refusal> {
    let members: Vec<Member> = tx
        .list(
            "where email = $1 and ended_at is null",
            vec![Val::text(email)],
        )
        .await?;
    if let Some(member) = members.first() {
        return Ok(Some(member.id.to_string()));
    }
    let open: Vec<Invitation> = tx
        .list(
            "where email = $1 and accepted_at is null and revoked_at is null",
            vec![Val::text(email)],
        )
        .await?;
    let now = tx.now();
    Ok(open
        .into_iter()
        .find(|i| i.state(now) == InvitationState::Pending)
        .map(|i| i.id.to_string()))
}

/// Invites a person by mail.
#[derive(Debug)]
pub struct InvitePerson {
    /// The person to invite.
    pub input: InviteInput,
}

/// A new invitation.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Invited {
    /// Its id.
    pub id: InvitationId,
}

#[async_trait]
impl Command for InvitePerson {
    const ACTION: Action = Action::PersonInvite;
    type Outcome = Invited;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Invited, Refusal> {
        let mut p = Problems::none();
        let (email, name) = (
            p.need::<Email>("email", &self.input.email),
            p.may::<Line<120>>("name", &self.input.name),
        );
        let customer = p.may::<CustomerId>("customer", &self.input.customer);
        let teams = teams_of(tx, &mut p, &self.input.teams).await?;
        let role = GivenRole::read_to_give(tx, &self.input.role).await;
        let role = GivenRole::or_problem(role, &mut p)?;
        if let Some(email) = &email {
            check_shared(tx, &mut p, email, &self.input.one_person).await?;
        }
        let (Some(email), Some(role), true) = (email, role, p.is_empty()) else {
            return Err(p.into());
        };
        role.may_be_given_by(tx, Some(&teams))?;
        let KeptRole { role, role_id } = role.kept()?;
        let whom = Whom {
            email,
            name,
            role,
            role_id,
            teams,
            interpreter: None,
            customer,
        };
        Ok(Invited {
            id: invite(tx, whom).await?,
        })
    }
}

async fn check_shared(
    tx: &mut WriteTx,
    p: &mut Problems,
    email: &Email,
    one_person: &Field,
) -> Result<(), Refusal> {
    match own_mailbox(tx, email).await {
        Err(Refusal::Invalid(problems)) => p.append(problems),
        Err(refusal) => return Err(refusal),
        Ok(()) if is_shared(email) && one_person.raw() != "yes" => {
            p.add("email", "looks like a mailbox that several people read; use the person's own, or say that only one person reads it");
        }
        Ok(()) => {}
    }
    Ok(())
}

/// Teams by name; default: all teams of the actor's workspace.
pub(crate) async fn teams_of(
    tx: &mut ReadTx,
    p: &mut Problems,
    raw: &Field,
) -> Result<Vec<TeamId>, Refusal> {
    if raw.is_blank() {
        let all = all_teams(tx).await?;
        return Ok(all.into_iter().map(|team| team.id).collect());
    }
    let mut ids = Vec::new();
    for name in raw
        .raw()
        .split(';')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        match team_named(tx, name).await? {
            Some(team) => ids.push(team.id),
            None => p.add(
                "teams",
                "must be names of teams of this workspace, separated by semicolons",
            ),
        }
    }
    Ok(ids)
}

/// Who is invited, read and judged.
pub struct Whom {
    /// To which address.
    pub email: Email,
    /// Their name.
    pub name: Option<Line<120>>,
    /// The role's name.
    pub role: Line<40>,
    /// The role of the workspace's own.
    pub role_id: Option<interpres_types::RoleId>,
    /// The teams.
    pub teams: Vec<TeamId>,
    /// Their own interpreter record.
    pub interpreter: Option<InterpreterId>,
    /// The customer they file for.
    pub customer: Option<CustomerId>,
}

/// Creates an invitation and its email. The calling command must have authorized it.
///
/// # Errors
/// [`Refusal::Invalid`] when the person is here already or invited already.
pub async fn invite(tx: &mut WriteTx, whom: Whom) -> Result<InvitationId, Refusal> {
    let (now, by) = (tx.now(), tx.actor().user().unwrap_or(UserId::NONE));
    own_mailbox(tx, &whom.email).await?;
    let email = Val::text(&whom.email);
    if tx
        .is_taken::<Member>("where email = $1 and ended_at is null", vec![email.clone()])
        .await?
    {
        return Err(Refusal::invalid("email", "already belongs to a member"));
    }
    let open: Vec<Invitation> = tx
        .list(
            "where email = $1 and accepted_at is null and revoked_at is null",
            vec![email],
        )
        .await?;
    if let Some(mut open) = open.into_iter().next() {
        if open.state(now) == InvitationState::Pending {
            return Err(Refusal::invalid(
                "email",
                "was already invited; resend that invitation or revoke it",
            ));
        }
        open.revoked_at = Some(now);
        tx.save(&open).await?;
    }
    let invitation = Invitation {
        name: whom.name,
        role_id: whom.role_id,
        interpreter_id: whom.interpreter,
        customer_id: whom.customer,
        ..tx.blank(NewInvitation {
            email: whom.email,
            role: whom.role,
            team_ids: Json(whom.teams),
            invited_by: by,
            invited_at: now,
            ends_at: now.plus_minutes(OPEN_DAYS * 24 * 60),
            sent: 1,
        })
        .await?
    };
    let id = tx.save(&invitation).await?.id;
    send(tx, &invitation).await?;
    Ok(id)
}

async fn send(tx: &mut WriteTx, invitation: &Invitation) -> Result<(), Refusal> {
    let words = "You are invited to work with an interpreter agency in Interpres. Accept by this link within seven days; it is for you alone. If you don't expect it, there is nothing to do.";
    let letter = Letter::new(
        invitation.email.clone(),
        Notice::new("You are invited to Interpres", words).goes_to("/invitation"),
    );
    let seconds = (invitation.ends_at.micros() - tx.now().micros()) / 1_000_000;
    tx.post(letter.with_ticket("invitation", None, &invitation.link(), seconds))
        .await
}

/// Resends an invitation, valid for seven more days; earlier links stop working.
#[derive(Debug)]
pub struct ResendInvitation(pub InvitationId);

#[async_trait]
impl Command for ResendInvitation {
    const ACTION: Action = Action::InvitationResend;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut invitation: Invitation = tx.find(self.0).await?;
        let now = tx.now();
        match invitation.state(now) {
            InvitationState::Pending | InvitationState::Expired => {}
            InvitationState::Accepted => {
                return Err(Refusal::conflict("This invitation was already accepted."));
            }
            InvitationState::Revoked => {
                return Err(Refusal::conflict(
                    "This invitation was revoked. Invite the person anew.",
                ));
            }
        }
        held_as(tx, invitation.role.as_str(), invitation.role_id)
            .await?
            .may_be_given_by(tx, Some(&invitation.team_ids.0))?;
        invitation.sent += 1;
        invitation.ends_at = now.plus_minutes(OPEN_DAYS * 24 * 60);
        tx.save(&invitation).await?;
        send(tx, &invitation).await
    }
}

/// Takes an invitation back.
#[derive(Debug)]
pub struct RevokeInvitation(pub InvitationId);

#[async_trait]
impl Command for RevokeInvitation {
    const ACTION: Action = Action::InvitationRevoke;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut invitation: Invitation = tx.find(self.0).await?;
        if invitation.accepted_at.is_some() {
            return Err(Refusal::conflict(
                "This invitation was already accepted. Remove the member instead.",
            ));
        }
        invitation.revoked_at = invitation.revoked_at.or(Some(tx.now()));
        tx.save(&invitation).await.map(drop)
    }
}

/// Invitations, latest first.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListInvitations {
    /// Only those in this state: open (pending or expired), or all.
    pub state: Field,
    /// Page size, 1–200; default 50.
    pub limit: Field,
    /// Page cursor.
    pub cursor: Field,
}

/// An invitation.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InvitationCard {
    /// Its id.
    pub id: InvitationId,
    /// The recipient's email.
    pub email: String,
    /// Their name.
    pub name: Option<String>,
    /// The role.
    pub role: String,
    /// When it was created.
    pub invited_at: Instant,
    /// Until when it can be accepted.
    pub ends_at: Instant,
    /// Number of emails sent.
    pub sent: i64,
    /// Its state.
    pub state: InvitationState,
}

#[async_trait]
impl Query for ListInvitations {
    const ACTION: Action = Action::InvitationsList;
    type View = Page<InvitationCard>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<InvitationCard>, Refusal> {
        let mut p = Problems::none();
        let limit = p.page_limit(&self.limit);
        let cursor = p.may::<InvitationId>("cursor", &self.cursor);
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::before(cursor);
        if self.state.raw() == "open" {
            filter.sql += " and accepted_at is null and revoked_at is null";
        }
        let (now, page) = (tx.now(), tx.latest::<Invitation>(filter, limit).await?);
        Ok(page.map(|i| InvitationCard {
            id: i.id,
            state: i.state(now),
            email: i.email.to_string(),
            name: i.name.map(|n| n.to_string()),
            role: i.role.to_string(),
            invited_at: i.invited_at,
            ends_at: i.ends_at,
            sent: i.sent,
        }))
    }
}
