//! Changing and ending memberships (AC7). Whatever let the person in dies in the same transaction.
use crate::{
    Member, PersonCard, RecoveryCard,
    invite_person::teams_of,
    member::mine,
    recover_member::waiting,
    role::{GivenRole, held_by},
    service::kept_by,
};
use interpres_gate::{
    Action, Command, Granted, Json, Letter, Notice, PersonState, Query, ReadTx, Refusal, Role,
    SessionCard, Val, WriteTx, async_trait,
};
use interpres_types::{CustomerId, Field, Instant, MemberId, Problems, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A member's new role, teams and customer.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MemberInput {
    /// A built-in role's name, or the id of one of the workspace's own; required.
    pub role: Field,
    /// Teams by name, separated by semicolons; default: all.
    pub teams: Field,
    /// The customer a requester files for, by id.
    pub customer: Field,
}

/// A member that was changed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct ChangedMember {
    /// Their id.
    pub id: MemberId,
    /// Their version now.
    pub version: i64,
    /// Number of sessions, keys and links that ended.
    pub ended: u64,
}

/// Refuses to touch somebody who holds more, and to touch oneself.
pub async fn may_touch(tx: &mut ReadTx, member: &Member) -> Result<(), Refusal> {
    if Some(member.user_id) == tx.actor().user() {
        return Err(Refusal::conflict(
            "Nobody changes their own role or ends their own membership. Ask somebody else in charge.",
        ));
    }
    let held = held_by(tx, member).await?;
    held.may_be_given_by(tx, Some(&member.team_ids.0))
        .map_err(|_| Refusal::Forbidden)
}

/// Changes a member's role or teams.
#[derive(Debug)]
pub struct ChangeMember {
    /// The member.
    pub id: MemberId,
    /// The version that was seen.
    pub version: Option<i64>,
    /// The new values.
    pub input: MemberInput,
}

#[async_trait]
impl Command for ChangeMember {
    const ACTION: Action = Action::MemberChange;
    type Outcome = ChangedMember;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<ChangedMember, Refusal> {
        let mut member: Member = tx.find(self.id).await?;
        member.version = self.version.unwrap_or(member.version);
        if member.ended_at.is_some() {
            return Err(Refusal::conflict(
                "This member is deactivated. Let them in again first.",
            ));
        }
        may_touch(tx, &member).await?;
        let mut p = Problems::none();
        let (teams, customer) = (
            teams_of(tx, &mut p, &self.input.teams).await?,
            p.may::<CustomerId>("customer", &self.input.customer),
        );
        let role = GivenRole::read_to_give(tx, &self.input.role).await?;
        if !p.is_empty() {
            return Err(p.into());
        }
        role.may_be_given_by(tx, Some(&teams))?;
        member.team_ids = Json(teams);
        member.customer_id = customer;
        let was_owner = member.owns();
        if role.is_owner() && !was_owner {
            // Ownership passes with proof by both: the other accepts it.
            member.owner_offered_by = tx.actor().user();
            let notice = Notice::new(
                "account",
                "You are asked to become an owner of this workspace. Accept it on your account's page.",
            );
            tx.notify(member.user_id, notice.goes_to("/account"))
                .await?;
        } else {
            if was_owner && !role.is_owner() {
                another_owner(tx, member.user_id).await?;
            }
            member.take_on(role.kept()?);
            member.owner_offered_by = None;
        }
        let saved = tx.save(&member).await?;
        let ended = tx.end_access_of(member.user_id).await?;
        tx.notify(
            member.user_id,
            Notice::new(
                "account",
                "Your role or your teams have changed. Sign in again to go on.",
            )
            .goes_to("/account"),
        )
        .await?;
        Ok(ChangedMember {
            id: saved.id,
            version: saved.version,
            ended,
        })
    }
}

/// The lock of who owns the workspace.
const OWNERS: &str = "owners";

/// Refuses to let the last owner go. Takes the lock of owners: two who let each other go wait here.
async fn another_owner(tx: &mut WriteTx, but: UserId) -> Result<(), Refusal> {
    let lock = tx.alone(OWNERS).await?;
    let others = tx
        .count::<Member>(
            &lock,
            "where role = 'owner' and ended_at is null and user_id <> $1",
            vec![Val::text(but)],
        )
        .await?;
    if others > 0 {
        Ok(())
    } else {
        Err(Refusal::conflict(
            "The last owner can't go. Make somebody else an owner first.",
        ))
    }
}

/// Deactivates a member, or removes them for good.
#[derive(Debug)]
pub struct EndMember {
    /// The member.
    pub id: MemberId,
    /// Whether they can return only by a new invitation.
    pub remove: bool,
}

#[async_trait]
impl Command for EndMember {
    const ACTION: Action = Action::MemberEnd;
    type Outcome = ChangedMember;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<ChangedMember, Refusal> {
        let member: Member = tx.find(self.id).await?;
        may_touch(tx, &member).await?;
        end_membership(tx, member, self.remove).await
    }
}

/// Ends a membership with everything that let the person in, in a command that has judged whether it
/// may be.
///
/// # Errors
/// [`Refusal::Conflict`] for the last owner.
pub async fn end_membership(
    tx: &mut WriteTx,
    mut member: Member,
    remove: bool,
) -> Result<ChangedMember, Refusal> {
    if member.owns() {
        another_owner(tx, member.user_id).await?;
    }
    let now = tx.now();
    member.ended_at = member.ended_at.or(Some(now));
    member.removed_at = if remove {
        member.removed_at.or(Some(now))
    } else {
        member.removed_at
    };
    member.owner_offered_by = None;
    let saved = tx.save(&member).await?;
    let ended = tx.end_access_of(member.user_id).await?;
    tell_of_end(tx, &member).await?;
    Ok(ChangedMember {
        id: saved.id,
        version: saved.version,
        ended,
    })
}

/// Sends owners and admins the remaining steps, due within a day (45 CFR 164.308(a)(3)(ii)(C)).
async fn tell_of_end(tx: &mut WriteTx, member: &Member) -> Result<(), Refusal> {
    let words = if member.built_in().is_some_and(Role::runs) {
        "An admin's access has ended. Within a day: get devices and papers back, tell partners who knew them, look through watches and saved queries that they made."
    } else {
        "A member's access has ended. Within a day: get devices and papers back, and tell customers and partners who knew them."
    };
    let mut notice = Notice::new("account", words);
    if kept_by(tx, member.user_id).await? > 0 {
        notice = notice.say(" They answered for services that work here: give each another keeper and new keys, or end it.");
    }
    tx.tell_those_in_charge(&notice.leads_to("/people", member.id))
        .await?;
    let letter = Notice::new(
        "Your access has ended",
        "Your access to a workspace in Interpres has ended. What you did there stays on record with your name.",
    );
    tx.post(Letter::new(
        member.email.clone(),
        letter.goes_to("/sign-in"),
    ))
    .await
}

/// Reinstates a deactivated member with their previous role and teams.
#[derive(Debug)]
pub struct ReinstateMember(pub MemberId);

#[async_trait]
impl Command for ReinstateMember {
    const ACTION: Action = Action::MemberReinstate;
    type Outcome = ChangedMember;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<ChangedMember, Refusal> {
        let mut member: Member = tx.find(self.0).await?;
        may_touch(tx, &member).await?;
        if member.removed_at.is_some() {
            return Err(Refusal::conflict(
                "This member was removed. Invite them anew.",
            ));
        }
        member.come_back(tx).await?;
        let saved = tx.save(&member).await?;
        Ok(ChangedMember {
            id: saved.id,
            version: saved.version,
            ended: 0,
        })
    }
}

/// Signs a member out everywhere in this workspace.
#[derive(Debug)]
pub struct SignMemberOut(pub MemberId);

#[async_trait]
impl Command for SignMemberOut {
    const ACTION: Action = Action::MemberSignOut;
    type Outcome = u64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<u64, Refusal> {
        let member: Member = tx.find(self.0).await?;
        tx.end_sessions_of(member.user_id).await
    }
}

/// Becomes an owner, having been asked to by one.
#[derive(Debug)]
pub struct AcceptOwnership;

#[async_trait]
impl Command for AcceptOwnership {
    const ACTION: Action = Action::OwnershipAccept;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut me = mine(tx).await?;
        let by = me
            .owner_offered_by
            .take()
            .ok_or_else(|| Refusal::conflict("You’re not invited to become an owner anymore."))?;
        let lock = tx.alone(OWNERS).await?;
        let still = tx
            .count::<Member>(
                &lock,
                "where user_id = $1 and role = 'owner' and ended_at is null",
                vec![Val::text(by)],
            )
            .await?;
        if still == 0 {
            return Err(Refusal::conflict(
                "The person who asked you is no longer an owner.",
            ));
        }
        me.take_on(GivenRole::BuiltIn(Role::Owner).kept()?);
        tx.save(&me).await?;
        tx.tell_those_in_charge(
            &Notice::new("account", "This workspace has a new owner.").leads_to("/people", me.id),
        )
        .await
    }
}

/// One member, with their sessions, factors and keys.
#[derive(Debug)]
pub struct ShowMember(pub MemberId);

/// The user terms a member accepted.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TermsCard {
    /// Which version.
    pub version: String,
    /// When they accepted.
    pub at: Instant,
    /// The name they typed.
    pub name: String,
}

/// A member as owners and admins see them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MemberView {
    /// Who and as what.
    pub card: PersonCard,
    /// Their version.
    pub version: i64,
    /// Second factor, last sign-in, open sessions, keys.
    pub state: Option<PersonState>,
    /// Open sessions in this workspace.
    pub sessions: Vec<SessionCard>,
    /// The user terms they accepted, with date and typed name.
    pub terms: Option<String>,
    /// The same, as separate fields.
    pub accepted: Option<TermsCard>,
    /// Whether they have been asked to become an owner.
    pub ownership_offered: bool,
    /// A way back in that waits for another admin.
    pub recovery: Option<RecoveryCard>,
}

#[async_trait]
impl Query for ShowMember {
    const ACTION: Action = Action::MemberShow;
    type View = MemberView;
    async fn answer(self, tx: &mut ReadTx) -> Result<MemberView, Refusal> {
        let member: Member = tx.find(self.0).await?;
        let state = tx
            .person_states(&[member.user_id])
            .await?
            .remove(&member.user_id);
        let sessions = tx.sessions_of(member.user_id).await?;
        let terms = member
            .terms
            .as_ref()
            .map(|t| format!("{} of {} as {}", t.0.version, t.0.at, t.0.name));
        let accepted = member.terms.as_ref().map(|t| TermsCard {
            version: t.0.version.clone(),
            at: t.0.at,
            name: t.0.name.clone(),
        });
        let (version, ownership_offered) = (member.version, member.owner_offered_by.is_some());
        let recovery = waiting(tx, member.id).await?;
        let card = crate::list_people::card(tx, member).await?;
        Ok(MemberView {
            card,
            version,
            state,
            sessions,
            terms,
            accepted,
            ownership_offered,
            recovery,
        })
    }
}
