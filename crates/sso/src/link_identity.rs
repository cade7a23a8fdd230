//! Linking an account to the workspace's provider by its own person, signed in by their own way and with
//! a fresh second factor; and letting go of it.
use crate::{
    Provider,
    external_identity::{bind, identities_alone, identities_of, known_subject, let_go},
    provider::providers,
    who::{Address, Who},
};
use interpres_accounts::{Member, may_touch, mine};
use interpres_gate::{
    Action, Command, Granted, Letter, Notice, Query, ReadTx, Refusal, WriteTx, async_trait,
};
use interpres_types::{MemberId, ProviderId, UserId};
use serde::Serialize;

/// A session from a provider or an API key cannot link anything: it would vouch for itself.
fn by_own_way(tx: &WriteTx) -> Result<UserId, Refusal> {
    let actor = tx.actor();
    actor
        .user()
        .filter(|_| actor.session().is_some() && actor.via().is_none())
        .ok_or(Refusal::Forbidden)
}

/// The workspace's providers, for someone who may link their account.
#[derive(Clone, Debug)]
pub struct MyProviders;

/// A provider as its people see it.
#[derive(Debug, Serialize)]
pub struct MyProvider {
    /// Its id.
    pub id: ProviderId,
    /// Its display name.
    pub name: String,
    /// Whether the person's account is linked to it.
    pub linked: bool,
}

#[async_trait]
impl Query for MyProviders {
    const ACTION: Action = Action::AccountShow;
    type View = Vec<MyProvider>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<MyProvider>, Refusal> {
        let user = tx.actor().user().ok_or(Refusal::Forbidden)?;
        let (all, mine) = (providers(tx).await?, identities_of(tx, user).await?);
        let view = |p: Provider| MyProvider {
            id: p.id,
            linked: mine.iter().any(|i| i.issuer == p.issuer.as_str()),
            name: p.name.to_string(),
        };
        Ok(all.into_iter().map(view).collect())
    }
}

/// Asks whether one may link one's account, before one is sent to the provider.
pub(crate) struct MayLink;

#[async_trait]
impl Command for MayLink {
    const ACTION: Action = Action::IdentityLink;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        by_own_way(tx).map(drop)
    }
}

/// Links the person's account to the identity the provider just returned. An earlier link to the same provider ends.
pub(crate) struct LinkIdentity {
    pub(crate) provider: ProviderId,
    pub(crate) who: Who,
}

#[async_trait]
impl Command for LinkIdentity {
    const ACTION: Action = Action::IdentityLink;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let user = by_own_way(tx)?;
        let provider: Provider = tx.find(self.provider).await?;
        if provider.ended_at.is_some() {
            return Err(Refusal::NotFound);
        }
        let member = mine(tx).await?;
        if !matches!(&self.who.address, Address::Verified(address) if *address == member.email) {
            return Err(Refusal::conflict(
                "Your identity provider does not say that you have the verified address that you have here. Sign in there as yourself, or ask whoever looks after it.",
            ));
        }
        identities_alone(tx, &member.email).await?;
        match known_subject(tx, &provider, &self.who.subject).await? {
            Some(known) if known == user => return Ok(()),
            Some(_) => {
                return Err(Refusal::conflict(
                    "At your identity provider you signed in as somebody who is another member here.",
                ));
            }
            None => {}
        }
        let mut before = identities_of(tx, user).await?;
        before.retain(|identity| identity.issuer == provider.issuer.as_str());
        let_go(tx, before).await?;
        bind(tx, &provider, &self.who.subject, user).await?;
        let words = "Your account was linked to your organization's identity provider: whoever signs in there as you comes in here. If it was not you, tell an admin of your workspace now.";
        tx.post(Letter::new(
            member.email,
            Notice::new("Your account at Interpres", words).goes_to("/account"),
        ))
        .await
    }
}

/// Unlinks a member from the workspace's providers. Their single sign-on sessions end. At the next sign-in they are
/// matched by email again; owners and admins link themselves.
#[derive(Debug)]
pub struct UnlinkIdentity(pub MemberId);

#[async_trait]
impl Command for UnlinkIdentity {
    const ACTION: Action = Action::IdentityUnlink;
    /// Number of links removed.
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<usize, Refusal> {
        let member: Member = tx.find(self.0).await?;
        may_touch(tx, &member).await?;
        let linked = identities_of(tx, member.user_id).await?;
        let count = linked.len();
        let_go(tx, linked).await?;
        tx.end_sessions_of(member.user_id).await?;
        let words = "An admin of your workspace let go of your sign-in by your organization's identity provider, and you were signed out. If you did not ask for it, tell your workspace's compliance officer.";
        tx.post(Letter::new(
            member.email,
            Notice::new("Your account at Interpres", words).goes_to("/account"),
        ))
        .await?;
        Ok(count)
    }
}
