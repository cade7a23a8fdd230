//! A forgotten password: a link by mail, good once and for half an hour. It opens no session and
//! passes over no second factor.
use crate::{
    Doors, PasswordHash, UserAccount,
    factor::{enrolled, factors_of, usable_factors},
    recover_member::RECOVERY,
};
use interpres_gate::{
    Action, Command, Gate, Granted, KeyOfSomebody, Letter, Notice, Origin, Permission, Query,
    ReadTx, Refusal, Ticket, Val, WriteTx, async_trait,
};
use interpres_types::{Email, INSTALLATION, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const RESET: &str = "reset";
const KEYS: &str = "reset-keys";
const LINK_SECONDS: i64 = 1800;
/// Consecutive emails to one address before delays grow.
const ASKED: &str = "reset-asked";

/// Sends a password reset link if the address has an account. The response is the same for every address.
///
/// # Errors
/// A fault.
pub async fn forget_password(gate: &Gate, email: &str, origin: Origin) -> Result<(), Refusal> {
    let Ok(email) = email.parse() else {
        return Ok(());
    };
    gate.perform(
        &gate.doorkeeper(INSTALLATION, origin),
        ForgetPassword(email),
    )
    .await
    .map(drop)
}

struct ForgetPassword(Email);

#[async_trait]
impl Command for ForgetPassword {
    const ACTION: Action = Action::PasswordForget;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let may = tx.begin_try(&format!("{ASKED}/{}", self.0)).await?;
        let accounts: Vec<UserAccount> = tx
            .list("where email = $1", vec![Val::text(&self.0)])
            .await?;
        let (Some(account), interpres_gate::Try::Open(_)) = (accounts.into_iter().next(), may)
        else {
            return Ok(());
        };
        let words = "Somebody asked for a new password for your account. If it was you, choose one by this link within half an hour; it is good once. If it was not you, there is nothing to do.";
        // Once another password is chosen the link is invalid, even if its email is still queued.
        let password = account.password_hash.fingerprint();
        let letter = Letter::new(
            account.email,
            Notice::new("Choose a new password", words).goes_to("/password"),
        );
        tx.post(letter.with_ticket(RESET, Some(account.id), &password, LINK_SECONDS))
            .await
    }
}

/// API keys that remain valid after a new password, and the ticket that revokes them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KeysLeft {
    /// Each key.
    pub keys: Vec<KeyOfSomebody>,
    /// Revokes all of them, within half an hour; empty if there are none.
    pub ticket: String,
}

/// Sets the new password. Returns the API keys that remain valid.
///
/// # Errors
/// [`Refusal::NotFound`] when the link is used up, [`Refusal::Invalid`] with the rule that it breaks.
pub async fn reset_password(
    gate: &Gate,
    doors: &Doors,
    link: &str,
    new: &str,
    origin: Origin,
) -> Result<KeysLeft, Refusal> {
    let door = gate.doorkeeper(INSTALLATION, origin);
    let asked = gate
        .perform(&door, LookIntoReset(link.to_owned()))
        .await?
        .into_inner();
    let whose = gate.view(&door, WhoseReset(asked.user)).await?.into_inner();
    let words: Vec<&str> = whose.words.iter().map(String::as_str).collect();
    let hash = doors
        .choose(
            gate,
            "new",
            new,
            &words,
            whose.enrolled && !asked.lost,
            false,
        )
        .await?;
    Ok(gate
        .perform(
            &door,
            ResetPassword {
                link: link.to_owned(),
                hash,
            },
        )
        .await?
        .into_inner())
}

/// Ends every key of the person who has just chosen a new password.
///
/// # Errors
/// [`Refusal::NotFound`] when the ticket is used up.
pub async fn end_keys_after_reset(
    gate: &Gate,
    ticket: &str,
    origin: &Origin,
) -> Result<u64, Refusal> {
    let whose = gate
        .perform(
            &gate.doorkeeper(INSTALLATION, origin.clone()),
            WhoseKeys(ticket.to_owned()),
        )
        .await?
        .into_inner();
    let mut ended = 0;
    for workspace in whose.workspaces {
        ended += gate
            .perform(
                &gate.doorkeeper(workspace, origin.clone()),
                EndKeysOf(whose.user),
            )
            .await?
            .into_inner();
    }
    Ok(ended)
}

/// Redeems the ticket; returns whose keys to revoke, and where.
struct WhoseKeys(String);

#[derive(Serialize, Deserialize)]
struct Holder {
    user: UserId,
    workspaces: BTreeSet<WorkspaceId>,
}

#[async_trait]
impl Command for WhoseKeys {
    const ACTION: Action = Action::PasswordReset;
    type Outcome = Holder;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Holder, Refusal> {
        let user = tx
            .take_ticket::<String>(KEYS, &self.0)
            .await?
            .and_then(|ticket| ticket.user)
            .ok_or(Refusal::NotFound)?;
        let workspaces = tx.workspaces_with_keys_of(user).await?;
        Ok(Holder { user, workspaces })
    }
}

struct EndKeysOf(UserId);

#[async_trait]
impl Command for EndKeysOf {
    const ACTION: Action = Action::ApiKeyEnd;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = u64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<u64, Refusal> {
        tx.revoke_api_keys_of(self.0).await
    }
}

struct LookIntoReset(String);

/// The link's owner, and whether it is a recovery link.
#[derive(Serialize, Deserialize)]
struct Link {
    user: UserId,
    lost: bool,
}

impl Link {
    /// The payload of a ticket, while the password is still the one it was requested for.
    async fn behind(tx: &mut WriteTx, ticket: Ticket<String>, lost: bool) -> Result<Self, Refusal> {
        let user = ticket.user.ok_or(Refusal::NotFound)?;
        let account: UserAccount = tx.find(user).await?;
        let good = lost || ticket.body == account.password_hash.fingerprint();
        if good {
            Ok(Self { user, lost })
        } else {
            Err(Refusal::NotFound)
        }
    }
}

#[async_trait]
impl Command for LookIntoReset {
    const ACTION: Action = Action::PasswordReset;
    type Outcome = Link;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Link, Refusal> {
        for kind in [RESET, RECOVERY] {
            if let Some(found) = tx.try_ticket::<String>(kind, &self.0, 20).await? {
                return Link::behind(tx, found, kind == RECOVERY).await;
            }
        }
        Err(Refusal::NotFound)
    }
}

struct WhoseReset(UserId);

#[derive(Serialize)]
struct ResetTarget {
    words: Vec<String>,
    enrolled: bool,
}

#[async_trait]
impl Query for WhoseReset {
    const ACTION: Action = Action::AccountLookUp;
    type View = ResetTarget;
    async fn answer(self, tx: &mut ReadTx) -> Result<ResetTarget, Refusal> {
        let account: UserAccount = tx.find(self.0).await?;
        let enrolled = enrolled(&usable_factors(tx, self.0).await?);
        let places = tx
            .workspaces_of(self.0)
            .await?
            .into_iter()
            .map(|(_, name)| name);
        Ok(ResetTarget {
            words: [account.name.to_string(), account.email.to_string()]
                .into_iter()
                .chain(places)
                .collect(),
            enrolled,
        })
    }
}

struct ResetPassword {
    link: String,
    hash: PasswordHash,
}

#[async_trait]
impl Command for ResetPassword {
    const ACTION: Action = Action::PasswordReset;
    type Outcome = KeysLeft;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<KeysLeft, Refusal> {
        let plain = tx.take_ticket::<String>(RESET, &self.link).await?;
        let recovery = tx.take_ticket::<String>(RECOVERY, &self.link).await?;
        let lost = recovery.is_some();
        let Link { user, .. } =
            Link::behind(tx, plain.or(recovery).ok_or(Refusal::NotFound)?, lost).await?;
        if lost {
            for mut factor in factors_of(tx, user).await? {
                factor.ended_at = Some(tx.now());
                tx.save(&factor).await?;
            }
        }
        let mut account: UserAccount = tx.find(user).await?;
        account.password_hash = self.hash;
        tx.save(&account).await?;
        tx.end_all_sessions_of(user).await?;
        tx.end_tickets_of(user).await?;
        tx.forget_devices(user).await?;
        for key in [
            format!("password/{}", account.email),
            format!("{ASKED}/{}", account.email),
            format!("own-password/{user}"),
        ] {
            tx.end_tries(&key).await?;
        }
        let words = "A new password was chosen for your account by a link, and you were signed out everywhere. If it was not you, tell an admin of your workspace now.";
        tx.post(Letter::new(
            account.email,
            Notice::new("Your account at Interpres", words).goes_to("/account"),
        ))
        .await?;
        let keys = tx.api_keys_of(user).await?;
        let ticket = if keys.is_empty() {
            String::new()
        } else {
            tx.issue_ticket(KEYS, Some(user), &"", LINK_SECONDS)
                .await?
                .expose()
                .to_owned()
        };
        Ok(KeysLeft { keys, ticket })
    }
}
