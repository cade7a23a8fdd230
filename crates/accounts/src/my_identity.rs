//! One's own account in the installation: password, second factors (AC11).
use crate::{
    Doors, FactorCard, MyWorkspaces, Password, PasswordHash, UserAccount,
    doors::fits,
    factor::{Factor, enrolled, factors_of, usable_factors},
};
use interpres_gate::{
    Action, Actor, Command, Gate, Granted, Letter, Notice, Query, ReadTx, Refusal, Standing, Try,
    WriteTx, async_trait,
};
use interpres_types::{Instant, UserId};
use serde::Serialize;

/// The person whose account it is.
pub(crate) fn myself(tx: &ReadTx) -> Result<UserId, Refusal> {
    tx.actor().user().ok_or(Refusal::Forbidden)
}

/// One's own password and second factors.
#[derive(Debug)]
pub struct MyIdentity;

/// A person's own sign-in methods.
#[derive(Debug, Serialize)]
pub struct Identity {
    /// The address one signs in with.
    pub email: String,
    /// Full name.
    pub name: String,
    /// Whether there is a password.
    pub password: bool,
    /// Second factors, recovery codes among them.
    pub factors: Vec<FactorCard>,
    /// When one signed in last, and how many wrong tries there were before.
    pub last_sign_in_at: Option<Instant>,
    /// Wrong tries before it.
    pub wrong_tries: i64,
}

#[async_trait]
impl Query for MyIdentity {
    const ACTION: Action = Action::IdentityShow;
    type View = Identity;
    async fn answer(self, tx: &mut ReadTx) -> Result<Identity, Refusal> {
        let user = myself(tx)?;
        let account: UserAccount = tx.find(user).await?;
        let factors = factors_of(tx, user)
            .await?
            .iter()
            .map(Factor::card)
            .collect();
        Ok(Identity {
            email: account.email.to_string(),
            name: account.name.to_string(),
            password: !account.password_hash.is_nobodys(),
            factors,
            last_sign_in_at: account.last_sign_in_at,
            wrong_tries: account.failures,
        })
    }
}

/// A person's own identity, from within any workspace.
///
/// # Errors
/// As the gate refuses.
pub async fn my_identity(gate: &Gate, actor: &Actor) -> Result<Identity, Refusal> {
    let home = gate.at_home(actor).ok_or(Refusal::Forbidden)?;
    Ok(gate.view(&home, MyIdentity).await?.into_inner())
}

/// The person to enroll an authenticator app for. After single sign-on without a second factor, enrollment is
/// possible if one is required and missing, and only if the person belongs to no other workspace: one workspace's
/// provider must not affect access to others. An app alone opens nothing, as a passkey would.
///
/// # Errors
/// [`Refusal::Forbidden`] where it is not possible.
pub async fn home_for_app(gate: &Gate, actor: &Actor) -> Result<Actor, Refusal> {
    if let Some(home) = gate.at_home(actor) {
        return Ok(home);
    }
    let home = gate
        .at_home_by_whatever_way(actor)
        .ok_or(Refusal::Forbidden)?;
    let asked = matches!(actor.standing(), Standing::Grace(_) | Standing::MustEnrol);
    if asked && gate.view(&home, MyWorkspaces).await?.len() == 1 {
        Ok(home)
    } else {
        Err(Refusal::Forbidden)
    }
}

/// Emails a person about a change to their account: an attacker in the session could see the bell.
pub(crate) async fn tell(
    tx: &mut WriteTx,
    user: UserId,
    words: &'static str,
) -> Result<(), Refusal> {
    let account: UserAccount = tx.find(user).await?;
    tx.post(Letter::new(
        account.email,
        Notice::new("Your account at Interpres", words).goes_to("/account"),
    ))
    .await
}

/// A person's own password hash, for comparison with the typed password.
struct MyHash;

/// A person's words and their hash.
#[derive(Serialize)]
struct Mine {
    hash: PasswordHash,
    words: [String; 2],
    enrolled: bool,
}

#[async_trait]
impl Query for MyHash {
    const ACTION: Action = Action::IdentityShow;
    type View = Mine;
    async fn answer(self, tx: &mut ReadTx) -> Result<Mine, Refusal> {
        let user = myself(tx)?;
        let account: UserAccount = tx.find(user).await?;
        let enrolled = enrolled(&usable_factors(tx, user).await?);
        Ok(Mine {
            hash: account.password_hash,
            words: [account.name.to_string(), account.email.to_string()],
            enrolled,
        })
    }
}

/// Chooses a new password, knowing the old one.
///
/// # Errors
/// [`Refusal::Invalid`] when the old one is wrong or the new one breaks a rule.
pub async fn change_password(
    gate: &Gate,
    doors: &Doors,
    actor: &Actor,
    old: &str,
    new: &str,
) -> Result<(), Refusal> {
    let home = gate.at_home(actor).ok_or(Refusal::Forbidden)?;
    let mine = gate.view(&home, MyHash).await?.into_inner();
    if !mine.hash.is_nobodys() && !prove_password(gate, actor, old).await? {
        return Err(Refusal::invalid("old", "is not your password"));
    }
    let words: Vec<&str> = mine
        .words
        .iter()
        .map(String::as_str)
        .chain([actor.workspace_name()])
        .collect();
    let hash = doors
        .choose(
            gate,
            "new",
            new,
            &words,
            mine.enrolled,
            actor.character_classes(),
        )
        .await?;
    gate.perform(&home, ChangePassword(hash)).await.map(drop)
}

struct ChangePassword(PasswordHash);

#[async_trait]
impl Command for ChangePassword {
    const ACTION: Action = Action::PasswordChange;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let user = myself(tx)?;
        let mut account: UserAccount = tx.find(user).await?;
        account.password_hash = self.0;
        tx.save(&account).await?;
        tx.end_other_sessions().await?;
        tell(tx, user, "Your password was changed, and you were signed out everywhere else. If it was not you, ask for a link to choose a new one now.").await
    }
}

/// Counts a try at one's own password.
struct BeginOwnTry;

#[async_trait]
impl Command for BeginOwnTry {
    const ACTION: Action = Action::ProofCheck;
    type Outcome = Try;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Try, Refusal> {
        let user = myself(tx)?;
        tx.begin_try(&format!("own-password/{user}")).await
    }
}

struct EndOwnTries;

#[async_trait]
impl Command for EndOwnTries {
    const ACTION: Action = Action::ProofCheck;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let user = myself(tx)?;
        tx.end_tries(&format!("own-password/{user}")).await
    }
}

/// Whether a signed-in person has re-entered their password.
pub(crate) async fn prove_password(
    gate: &Gate,
    actor: &Actor,
    typed: &str,
) -> Result<bool, Refusal> {
    let home = gate.at_home(actor).ok_or(Refusal::Forbidden)?;
    match gate.perform(&home, BeginOwnTry).await?.into_inner() {
        Try::Open(_) => {}
        Try::Wait(seconds) => return Err(Refusal::TooSoon(seconds)),
        Try::Closed => {
            return Err(Refusal::conflict(
                "Too many wrong passwords. Ask for a link to choose a new one.",
            ));
        }
    }
    let mine = gate.view(&home, MyHash).await?.into_inner();
    let good = fits(gate, mine.hash, Password::typed(typed)).await?;
    if good {
        gate.perform(&home, EndOwnTries).await?;
    }
    Ok(good)
}
