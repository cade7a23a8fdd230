//! Changing the sign-in email (AC11). The new mailbox confirms first, by a link; then the old one confirms by
//! another. Access to only one of them changes nothing.
use crate::{
    FindAccount, Member, UserAccount,
    mailbox::own_mailbox_everywhere,
    my_identity,
    my_identity::{myself, tell},
};
use interpres_gate::{
    Action, Actor, Command, Gate, Granted, Letter, Notice, Origin, Refusal, Try, Val, WriteTx,
    async_trait,
};
use interpres_types::{Email, Field, INSTALLATION, Problems, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};

const NEW: &str = "address-new";
const OLD: &str = "address-old";
const LINK_SECONDS: i64 = 24 * 3600;

/// Requests another email address. The response is the same whether or not the address is taken.
///
/// # Errors
/// [`Refusal::Invalid`] if malformed, [`Refusal::Conflict`] if a provider manages the person's address.
pub async fn ask_for_address(gate: &Gate, actor: &Actor, typed: &Field) -> Result<(), Refusal> {
    let home = gate.at_home(actor).ok_or(Refusal::Forbidden)?;
    let mut p = Problems::none();
    let address = p.need::<Email>("address", typed);
    let Some(address) = address.filter(|_| p.is_empty()) else {
        return Err(p.into());
    };
    let now: Email = my_identity(gate, actor)
        .await?
        .email
        .parse()
        .map_err(Refusal::fault)?;
    if gate.provider_of_domain(now.domain()).await?.is_some() {
        return Err(Refusal::conflict(
            "Your organization's identity provider keeps your address. It is changed there.",
        ));
    }
    // Only the gate's sign-in worker can look up accounts.
    let door = gate.doorkeeper(INSTALLATION, actor.origin().clone());
    let free = gate
        .perform(&door, FindAccount(address.clone()))
        .await?
        .into_inner()
        .is_none();
    gate.perform(&home, AskForAddress { address, free })
        .await
        .map(drop)
}

struct AskForAddress {
    address: Email,
    free: bool,
}

#[async_trait]
impl Command for AskForAddress {
    const ACTION: Action = Action::AddressAsk;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let user = myself(tx)?;
        own_mailbox_everywhere(tx, user, &self.address).await?;
        match tx.begin_try(&format!("address/{user}")).await? {
            Try::Open(_) => {}
            Try::Wait(seconds) => return Err(Refusal::TooSoon(seconds)),
            Try::Closed => {
                return Err(Refusal::conflict(
                    "Too many addresses were asked for. Ask an admin of your workspace.",
                ));
            }
        }
        tell(tx, user, "Somebody who is signed in as you asked to sign in with another address. Nothing changes before you agree by a link in this mailbox. If it was not you, choose a new password now.").await?;
        if !self.free {
            return Ok(());
        }
        let words = "Somebody wants to sign in to Interpres with this address. If it was you, say by this link, within a day, that this mailbox is yours; the mailbox of before has to agree as well. If it was not you, there is nothing to do.";
        let letter = Letter::new(
            self.address.clone(),
            Notice::new("Is this mailbox yours?", words).goes_to("/address"),
        );
        tx.post(letter.with_ticket(NEW, Some(user), self.address.as_str(), LINK_SECONDS))
            .await
    }
}

/// The result of an emailed link.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum AddressStep {
    /// The new mailbox is confirmed; an email to the old one is on its way.
    OldIsAsked,
    /// Both agree: it is changed.
    Changed,
}

/// Follows a link out of one of the two mailboxes.
///
/// # Errors
/// [`Refusal::NotFound`] if the link was used, [`Refusal::Conflict`] if the address was taken meanwhile.
pub async fn prove_address(
    gate: &Gate,
    link: &str,
    origin: &Origin,
) -> Result<AddressStep, Refusal> {
    let door = gate.doorkeeper(INSTALLATION, origin.clone());
    let Some(changed) = gate
        .perform(&door, ProveAddress(link.to_owned()))
        .await?
        .into_inner()
    else {
        return Ok(AddressStep::OldIsAsked);
    };
    for workspace in changed.workspaces {
        let follow = FollowAddress {
            user: changed.user,
            address: changed.address.clone(),
        };
        gate.perform(&gate.doorkeeper(workspace, origin.clone()), follow)
            .await?;
    }
    Ok(AddressStep::Changed)
}

/// Redeems the link; returns the change after the second one.
struct ProveAddress(String);

/// The new address's owner, and the workspaces where colleagues see it.
#[derive(Serialize, Deserialize)]
struct Changed {
    user: UserId,
    address: Email,
    workspaces: Vec<WorkspaceId>,
}

#[async_trait]
impl Command for ProveAddress {
    const ACTION: Action = Action::AddressProve;
    type Outcome = Option<Changed>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<Changed>, Refusal> {
        let (new, old) = (
            tx.take_ticket::<String>(NEW, &self.0).await?,
            tx.take_ticket::<String>(OLD, &self.0).await?,
        );
        let last = old.is_some();
        let ticket = new.or(old).ok_or(Refusal::NotFound)?;
        let (user, address): (UserId, Email) = (
            ticket.user.ok_or(Refusal::NotFound)?,
            ticket.body.parse().map_err(Refusal::fault)?,
        );
        // HIPAA mode may have been turned on between the two emails.
        own_mailbox_everywhere(tx, user, &address).await?;
        let mut account: UserAccount = tx.find(user).await?;
        if !last {
            let words = "You asked to sign in with another address, and its mailbox is yours. Agree by this link within a day, and it is changed. If it was not you, choose a new password now.";
            let letter = Letter::new(
                account.email,
                Notice::new("Agree to your new address", words).goes_to("/address"),
            );
            tx.post(letter.with_ticket(OLD, Some(user), address.as_str(), LINK_SECONDS))
                .await?;
            return Ok(None);
        }
        if tx
            .is_taken::<UserAccount>("where email = $1", vec![Val::text(&address)])
            .await?
        {
            return Err(Refusal::conflict(
                "This address belongs to somebody by now. Ask for another.",
            ));
        }
        let words = "You sign in with another address from now on. If it was not you, tell an admin of your workspace now.";
        tx.post(Letter::new(
            account.email.clone(),
            Notice::new("Your address is changed", words).goes_to("/account"),
        ))
        .await?;
        for key in [
            format!("address/{user}"),
            format!("password/{}", account.email),
        ] {
            tx.end_tries(&key).await?;
        }
        account.email = address.clone();
        tx.save(&account).await?;
        tell(tx, user, "You sign in with this address from now on.").await?;
        let workspaces = tx
            .workspaces_of(user)
            .await?
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        Ok(Some(Changed {
            user,
            address,
            workspaces,
        }))
    }
}

/// Updates the address that colleagues see.
pub(crate) struct FollowAddress {
    pub(crate) user: UserId,
    pub(crate) address: Email,
}

#[async_trait]
impl Command for FollowAddress {
    const ACTION: Action = Action::AddressProve;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mine: Vec<Member> = tx
            .list("where user_id = $1", vec![Val::text(self.user)])
            .await?;
        for member in mine {
            tx.save(&Member {
                email: self.address.clone(),
                ..member
            })
            .await?;
        }
        Ok(())
    }
}
