//! The member for a provider's claims: matched by issuer and subject. Email is used only once, at first sign-in, and
//! only if the provider vouches for it.
use crate::{
    ExternalIdentity, Provider,
    external_identity::{bind, identities_of, known_subject},
    trouble::{Trouble, tell},
    who::{Address, Groups, Who},
};
use interpres_accounts::{Member, Workspace, all_teams, own_mailbox, runs_workspace};
use interpres_gate::{Action, Command, Granted, Json, Refusal, Val, Via, WriteTx, async_trait};
use interpres_types::{Email, Line, ProviderId, Rule, UserId};
use serde::{Deserialize, Serialize};

/// Admits the person a provider identifies.
pub(crate) struct EnterByProvider {
    pub(crate) provider: ProviderId,
    pub(crate) who: Who,
    /// An account that was just opened for them.
    pub(crate) opened: Option<UserId>,
}

/// The result.
#[derive(Serialize, Deserialize)]
pub(crate) enum Entered {
    /// The session's token, and whose address is to follow the provider's word.
    Session(String, Option<Moved>),
    /// They may join, and have no account yet.
    NeedsAccount(Email, Line<120>),
    /// Not a member, with the reason.
    Nobody(String),
}

/// A person whose provider reports another email than before.
#[derive(Serialize, Deserialize)]
pub(crate) struct Moved {
    pub(crate) user: UserId,
    pub(crate) address: Email,
}

#[async_trait]
impl Command for EnterByProvider {
    const ACTION: Action = Action::SessionOpen;
    type Outcome = Entered;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Entered, Refusal> {
        let provider: Provider = tx.find(self.provider).await?;
        if provider.ended_at.is_some() {
            return Ok(Entered::Nobody(
                "This identity provider was taken away.".to_owned(),
            ));
        }
        let user = match known_subject(tx, &provider, &self.who.subject).await? {
            Some(user) => user,
            None => match self.unknown(tx, &provider).await? {
                Ok(user) => user,
                Err(other) => return Ok(other),
            },
        };
        let members: Vec<Member> = tx
            .list(
                "where user_id = $1 and ended_at is null",
                vec![Val::text(user)],
            )
            .await?;
        let Some(member) = members.into_iter().next() else {
            return Ok(Entered::Nobody(
                "Your membership has ended. Ask an admin of the workspace.".to_owned(),
            ));
        };
        // People who control others' access change their email themselves: otherwise someone else could sign in as
        // them.
        let moved = if runs_workspace(tx, &member).await? {
            None
        } else {
            moved(&provider, &self.who.address, &member)
        };
        tx.saw("member", member.id);
        follow_groups(tx, &provider, &self.who.groups, member).await?;
        let id = tx.actor().workspace();
        let workspace: Workspace = tx.find(id).await?;
        let rules = workspace.security();
        let via = Via {
            provider: provider.id,
            session: self.who.session,
        };
        let session = tx
            .open_session(user, self.who.strength, &rules, Some(&via))
            .await?;
        Ok(Entered::Session(session.token.expose().to_owned(), moved))
    }
}

/// A person whose email the provider manages and has changed.
fn moved(provider: &Provider, said: &Address, member: &Member) -> Option<Moved> {
    let Address::Verified(address) = said else {
        return None;
    };
    let kept_there = provider.speaks_for(address) && provider.speaks_for(&member.email);
    (kept_there && *address != member.email).then(|| Moved {
        user: member.user_id,
        address: address.clone(),
    })
}

/// Assigns a member the role of their groups. If groups were omitted, the role stays.
async fn follow_groups(
    tx: &mut WriteTx,
    provider: &Provider,
    groups: &Groups,
    mut member: Member,
) -> Result<(), Refusal> {
    let role = match groups {
        Groups::TooMany if provider.group_roles.0.is_empty() => return Ok(()),
        Groups::TooMany => return tell(tx, provider.id, Trouble::ManyGroups).await,
        Groups::Said(groups) => role_of(provider, groups),
    };
    if let Some(role) = role.filter(|role| !member.owns() && member.role.as_str() != role.as_str())
    {
        member.role = said(&role)?;
        member.role_id = None;
        tx.save(&member).await?;
    }
    Ok(())
}

pub(crate) fn said<const N: usize>(text: &str) -> Result<Line<N>, Refusal> {
    text.parse()
        .map_err(|rule: Rule| Refusal::invalid("role", rule))
}

/// Not a member, with a message for the person; owners and admins are notified of what to change.
async fn nobody<T>(
    tx: &mut WriteTx,
    provider: &Provider,
    trouble: Trouble,
) -> Result<Result<T, Entered>, Refusal> {
    tell(tx, provider.id, trouble).await?;
    Ok(Err(Entered::Nobody(trouble.for_the_person().to_owned())))
}

impl EnterByProvider {
    /// A first sign-in: a member with this verified email that the provider is granted, or someone who joins.
    async fn unknown(
        &self,
        tx: &mut WriteTx,
        provider: &Provider,
    ) -> Result<Result<UserId, Entered>, Refusal> {
        let email = match &self.who.address {
            Address::Verified(email) => email.clone(),
            Address::Unverified => return nobody(tx, provider, Trouble::Unverified).await,
            Address::Missing => return nobody(tx, provider, Trouble::NoAddress).await,
        };
        if !provider.speaks_for(&email) {
            return nobody(tx, provider, Trouble::OtherDomain).await;
        }
        tx.alone(format!("identity/{email}")).await?;
        // A concurrent first sign-in may just have created the account.
        if let Some(user) = known_subject(tx, provider, &self.who.subject).await? {
            return Ok(Ok(user));
        }
        let members: Vec<Member> = tx
            .list(
                "where email = $1 and ended_at is null",
                vec![Val::text(&email)],
            )
            .await?;
        let user = match members.first() {
            Some(member) => match self.refuses(tx, provider, member).await? {
                Some(trouble) => return nobody(tx, provider, trouble).await,
                None => member.user_id,
            },
            None if !provider.joins => {
                return Ok(Err(Entered::Nobody(
                    "You're not a member of this workspace. Ask for an invitation.".to_owned(),
                )));
            }
            None => match self.join(tx, provider, email).await? {
                Ok(user) => user,
                Err(other) => return Ok(Err(other)),
            },
        };
        bind(tx, provider, &self.who.subject, user).await?;
        Ok(Ok(user))
    }

    /// Why a member does not become this subject by their address alone.
    async fn refuses(
        &self,
        tx: &mut WriteTx,
        provider: &Provider,
        member: &Member,
    ) -> Result<Option<Trouble>, Refusal> {
        let linked: Vec<ExternalIdentity> = identities_of(tx, member.user_id).await?;
        if linked
            .iter()
            .any(|identity| identity.issuer == provider.issuer.as_str())
        {
            return Ok(Some(Trouble::SecondSubject));
        }
        Ok(runs_workspace(tx, member)
            .await?
            .then_some(Trouble::OwnProof))
    }

    /// Creates a membership, once the person has an account.
    async fn join(
        &self,
        tx: &mut WriteTx,
        provider: &Provider,
        email: Email,
    ) -> Result<Result<UserId, Entered>, Refusal> {
        match own_mailbox(tx, &email).await {
            Ok(()) => {}
            Err(Refusal::Invalid(_)) => return nobody(tx, provider, Trouble::SharedMailbox).await,
            Err(other) => return Err(other),
        }
        let role = match &self.who.groups {
            Groups::TooMany if !provider.group_roles.0.is_empty() => {
                return nobody(tx, provider, Trouble::ManyGroups).await;
            }
            Groups::TooMany => None,
            Groups::Said(groups) => role_of(provider, groups),
        };
        let name = self
            .who
            .name
            .clone()
            .map_or_else(|| said(email.as_str()), Ok)?;
        let Some(user) = self.opened else {
            return Ok(Err(Entered::NeedsAccount(email, name)));
        };
        let teams = all_teams(tx).await?;
        let role = said(&role.unwrap_or_else(|| provider.default_role.to_string()))?;
        let team_ids = Json(teams.into_iter().map(|team| team.id).collect());
        let member = Member {
            team_ids,
            ..Member::new(tx, user, role, name, email).await?
        };
        tx.save(&member).await?;
        Ok(Ok(user))
    }
}

/// The role mapped from a person's groups, if any. Never owner.
pub(crate) fn role_of(provider: &Provider, groups: &[String]) -> Option<String> {
    let mapped = provider
        .group_roles
        .0
        .iter()
        .find(|(group, _)| groups.contains(group))
        .map(|(_, role)| role.clone());
    mapped.filter(|role| role != "owner")
}
