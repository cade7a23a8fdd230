//! Addresses managed by an identity provider change there, and the account follows (AC11). A provider never affects
//! other workspaces.
use crate::{UserAccount, change_address::FollowAddress, mailbox::own_mailbox_everywhere};
use interpres_gate::{
    Action, Actor, Command, Gate, Granted, Letter, Notice, Refusal, Val, WriteTx, async_trait,
};
use interpres_types::{Email, INSTALLATION, UserId};
use serde::{Deserialize, Serialize};

/// Whether an account's address now matches its provider's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum AddressFollows {
    /// It is.
    Yes,
    /// It is unchanged: the new address is taken or is a shared mailbox, or other workspaces know the person by the
    /// old one.
    No,
}

/// Updates a person's address to the one reported by a provider of the actor's workspace that manages both the old
/// and the new one. The person is notified at both.
///
/// # Errors
/// A fault of the database.
pub async fn follow_provider(
    gate: &Gate,
    actor: &Actor,
    user: UserId,
    address: &Email,
) -> Result<AddressFollows, Refusal> {
    let origin = actor.origin().clone();
    let home = gate.doorkeeper(INSTALLATION, origin.clone());
    let follows = gate
        .perform(
            &home,
            MoveAccount {
                user,
                address: address.clone(),
            },
        )
        .await?
        .into_inner();
    if follows == AddressFollows::Yes {
        gate.perform(
            &gate.doorkeeper(actor.workspace(), origin),
            FollowAddress {
                user,
                address: address.clone(),
            },
        )
        .await?;
    }
    Ok(follows)
}

struct MoveAccount {
    user: UserId,
    address: Email,
}

#[async_trait]
impl Command for MoveAccount {
    const ACTION: Action = Action::AddressProve;
    type Outcome = AddressFollows;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<AddressFollows, Refusal> {
        let mut account: UserAccount = tx.find(self.user).await?;
        if account.email == self.address {
            return Ok(AddressFollows::Yes);
        }
        let taken = tx
            .is_taken::<UserAccount>("where email = $1", vec![Val::text(&self.address)])
            .await?;
        let elsewhere = tx.workspaces_of(self.user).await?.len() > 1;
        let shared = match own_mailbox_everywhere(tx, self.user, &self.address).await {
            Ok(()) => false,
            Err(Refusal::Invalid(_)) => true,
            Err(other) => return Err(other),
        };
        if taken || elsewhere || shared {
            return Ok(AddressFollows::No);
        }
        let words = "Your organization's identity provider gave you another address, and your account here has it from now on. If that is not right, tell an admin of your workspace.";
        for to in [&account.email, &self.address] {
            tx.post(Letter::new(
                to.clone(),
                Notice::new("Your address is changed", words).goes_to("/account"),
            ))
            .await?;
        }
        tx.end_tries(&format!("password/{}", account.email)).await?;
        // Links pending in the old mailbox could be read by its next owner.
        tx.end_tickets_of(self.user).await?;
        account.email = self.address;
        tx.save(&account).await?;
        Ok(AddressFollows::Yes)
    }
}
