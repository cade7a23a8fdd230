//! The member for a provider's claims: matched by issuer and subject. Email is used only once, at first sign-in, and
//! only if the provider vouches for it.
use crate::{
    ExternalIdentity, Provider,
    external_identity::{bind, identities_alone, identities_of, known_subject},
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
        match self.enter(tx).await {
            Ok(entered) | Err(NotIn::Told(entered)) => Ok(entered),
            Err(NotIn::Refused(refusal)) => Err(refusal),
        }
    }
}

/// Why somebody is not let in.
enum NotIn {
    /// The person is told; what was noted on the way is kept.
    Told(Entered),
    /// The command is refused.
    Refused(Refusal),
}

impl From<Refusal> for NotIn {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl NotIn {
    /// Nobody here, in words for the person.
    fn nobody(words: &str) -> Self {
        Self::Told(Entered::Nobody(words.to_owned()))
    }
}

impl EnterByProvider {
    async fn enter(self, tx: &mut WriteTx) -> Result<Entered, NotIn> {
        let provider: Provider = tx.find(self.provider).await?;
        if provider.ended_at.is_some() {
            return Err(NotIn::nobody("This identity provider was taken away."));
        }
        let user = match known_subject(tx, &provider, &self.who.subject).await? {
            Some(user) => user,
            None => self.unknown(tx, &provider).await?,
        };
        let members: Vec<Member> = tx
            .list(
                "where user_id = $1 and ended_at is null",
                vec![Val::text(user)],
            )
            .await?;
        let Some(member) = members.into_iter().next() else {
            return Err(NotIn::nobody(
                "Your membership has ended. Ask an admin of the workspace.",
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

/// Nobody here, in words for the person; those in charge are told what to change.
async fn nobody(tx: &mut WriteTx, provider: &Provider, trouble: Trouble) -> NotIn {
    match tell(tx, provider.id, trouble).await {
        Ok(()) => NotIn::nobody(trouble.for_the_person()),
        Err(refusal) => refusal.into(),
    }
}

impl EnterByProvider {
    /// Somebody who comes for the first time: a member whose verified address the provider is there for,
    /// or one who joins.
    async fn unknown(&self, tx: &mut WriteTx, provider: &Provider) -> Result<UserId, NotIn> {
        let email = match &self.who.address {
            Address::Verified(email) => email.clone(),
            Address::Unverified => return Err(nobody(tx, provider, Trouble::Unverified).await),
            Address::Missing => return Err(nobody(tx, provider, Trouble::NoAddress).await),
        };
        if !provider.speaks_for(&email) {
            return Err(nobody(tx, provider, Trouble::OtherDomain).await);
        }
        identities_alone(tx, &email).await?;
        // They may have come twice at once.
        if let Some(user) = known_subject(tx, provider, &self.who.subject).await? {
            return Ok(user);
        }
        let members: Vec<Member> = tx
            .list(
                "where email = $1 and ended_at is null",
                vec![Val::text(&email)],
            )
            .await?;
        let user = match members.first() {
            Some(member) => match self.refuses(tx, provider, member).await? {
                Some(trouble) => return Err(nobody(tx, provider, trouble).await),
                None => member.user_id,
            },
            None if !provider.joins => {
                return Err(NotIn::nobody(
                    "You're not a member of this workspace. Ask for an invitation.",
                ));
            }
            None => self.join(tx, provider, email).await?,
        };
        bind(tx, provider, &self.who.subject, user).await?;
        Ok(user)
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
    ) -> Result<UserId, NotIn> {
        match own_mailbox(tx, &email).await {
            Ok(()) => {}
            Err(Refusal::Invalid(_)) => {
                return Err(nobody(tx, provider, Trouble::SharedMailbox).await);
            }
            Err(other) => return Err(other.into()),
        }
        let role = match &self.who.groups {
            Groups::TooMany if !provider.group_roles.0.is_empty() => {
                return Err(nobody(tx, provider, Trouble::ManyGroups).await);
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
            return Err(NotIn::Told(Entered::NeedsAccount(email, name)));
        };
        let teams = all_teams(tx).await?;
        let role = said(&role.unwrap_or_else(|| provider.default_role.to_string()))?;
        let team_ids = Json(teams.into_iter().map(|team| team.id).collect());
        let member = Member {
            team_ids,
            ..Member::new(tx, user, role, name, email).await?
        };
        tx.save(&member).await?;
        Ok(user)
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
