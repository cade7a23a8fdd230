//! Sign-in: count the attempt, look up the account, check the password outside any turn, ask for the second factor if
//! there is one, open the session. Response and timing are the same for an unknown address and a wrong password, and
//! strangers' attempts never lock the owner out of a known browser.
use crate::{
    Doors, Factor, FactorKind, Password, PasswordHash, Proof,
    at_the_door::{
        BeginFinding, BeginTry, CheckPending, Checked, FinishFinding, LookUpAccount, OpenSession,
        PassPassword, RefuseSession, WorkspacesOf,
    },
    doors::{fits, hashed},
};
use interpres_gate::{
    Action, Command, Gate, Granted, Origin, Refusal, Strength, Token, Try, WriteTx, async_trait,
};
use interpres_types::{INSTALLATION, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// Why a sign-in failed.
#[derive(Debug)]
pub enum SignInFailed {
    /// Email, password or second factor is wrong, or the person belongs to no workspace. The response does not say
    /// which.
    Wrong,
    /// Too many wrong tries; again after this many seconds.
    Locked(u64),
    /// Far too many: only a new password or a browser that is known opens the account.
    Closed,
    /// The password was entered too long ago, or too many second factors were wrong: start over.
    Expired,
    /// Something else.
    Refused(Refusal),
}
impl From<Refusal> for SignInFailed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The client of a sign-in.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// From where.
    pub origin: Origin,
    /// The token of a browser that was used before.
    pub device: Option<String>,
}

/// The result of a sign-in step.
#[derive(Debug)]
pub enum SignIn {
    /// The session is open.
    Open(Entry),
    /// The password was right; the second factor is asked for.
    Asked(SecondFactorChallenge),
}

/// An open session, and the token of the browser when it is a new one.
#[derive(Debug)]
pub struct Entry {
    /// The session cookie.
    pub token: String,
    /// The device cookie, if new.
    pub device: Option<String>,
    /// In how many workspaces the person is at home.
    pub workspaces: usize,
}

/// A sign-in that waits for its second factor.
#[derive(Debug, Serialize, Deserialize)]
pub struct SecondFactorChallenge {
    /// The ticket for the second factor.
    pub ticket: String,
    /// WebAuthn options, if there is a passkey.
    pub passkey: Option<Value>,
    /// Whether an authenticator code is accepted.
    pub app: bool,
    /// Whether an SMS code can be sent.
    pub text: bool,
    /// Whether a recovery code is accepted.
    pub codes: bool,
}

impl SecondFactorChallenge {
    /// Asks for one of these factors, with a ticket and WebAuthn options.
    pub(crate) fn by(ticket: &Token, passkey: Option<Value>, factors: &[Factor]) -> Self {
        let has = |kind| factors.iter().any(|f| f.kind == kind);
        Self {
            ticket: ticket.expose().to_owned(),
            passkey,
            app: has(FactorKind::App),
            text: has(FactorKind::Text),
            codes: has(FactorKind::Codes),
        }
    }
}

/// Signs a person in with address and password.
///
/// # Errors
/// See [`SignInFailed`].
pub async fn sign_in(
    gate: &Gate,
    doors: &Arc<Doors>,
    email: &str,
    password: &str,
    visitor: &Visitor,
) -> Result<SignIn, SignInFailed> {
    let door = gate.doorkeeper(INSTALLATION, visitor.origin.clone());
    let begin = BeginTry {
        whom: email
            .trim()
            .chars()
            .take(254)
            .collect::<String>()
            .to_lowercase(),
        device: visitor.device.clone(),
    };
    let begun = gate.perform(&door, begin).await?.into_inner();
    let before = may_try(begun.may)?;
    let found = gate
        .view(&door, LookUpAccount(begun.user.unwrap_or(UserId::NONE)))
        .await?
        .into_inner();
    let hash = found.unwrap_or_else(PasswordHash::of_nobody);
    let (current, typed) = (hash.is_current(), Password::typed(password));
    let good = fits(gate, hash, typed.clone()).await?;
    let Some(user) = begun.user.filter(|_| good) else {
        refuse(gate, visitor, begun.user).await?;
        return Err(SignInFailed::Wrong);
    };
    let renewed = if current {
        None
    } else {
        Some(hashed(gate, typed).await?)
    };
    let pass = PassPassword {
        user,
        key: begun.key,
        before,
        known: begun.known,
        renewed,
        doors: doors.clone(),
    };
    match gate.perform(&door, pass).await?.into_inner() {
        Some(asked) => Ok(SignIn::Asked(asked)),
        None => enter(gate, visitor, user, Strength::Password)
            .await
            .map(SignIn::Open),
    }
}

fn may_try(may: Try) -> Result<i64, SignInFailed> {
    match may {
        Try::Open(before) => Ok(before),
        Try::Wait(seconds) => Err(SignInFailed::Locked(seconds)),
        Try::Closed => Err(SignInFailed::Closed),
    }
}

/// Notes a try that was wrong: in the installation's log, and in those of the person's workspaces.
/// The latter are not waited for, so that a known address takes no longer than an unknown one.
async fn refuse(gate: &Gate, visitor: &Visitor, user: Option<UserId>) -> Result<(), Refusal> {
    let door = gate.doorkeeper(INSTALLATION, visitor.origin.clone());
    match gate.perform(&door, RefuseSession { user: None }).await {
        Ok(_) | Err(Refusal::Forbidden) => {}
        Err(refusal) => return Err(refusal),
    }
    let Some(user) = user else { return Ok(()) };
    let (gate, origin) = (gate.clone(), visitor.origin.clone());
    tokio::spawn(async move {
        let places = gate
            .view(&door, WorkspacesOf(user))
            .await
            .map(interpres_gate::Released::into_inner)
            .unwrap_or_default();
        for workspace in places {
            // Always denied: that is what the log records.
            let _ = gate
                .perform(
                    &gate.doorkeeper(workspace, origin.clone()),
                    RefuseSession { user: Some(user) },
                )
                .await;
        }
    });
    Ok(())
}

/// Finishes a sign-in by its second factor.
///
/// # Errors
/// See [`SignInFailed`].
pub async fn finish_sign_in(
    gate: &Gate,
    doors: &Arc<Doors>,
    ticket: &str,
    proof: Proof,
    visitor: &Visitor,
) -> Result<Entry, SignInFailed> {
    let door = gate.doorkeeper(INSTALLATION, visitor.origin.clone());
    let check = CheckPending {
        ticket: ticket.to_owned(),
        proof,
        doors: doors.clone(),
    };
    match gate.perform(&door, check).await?.into_inner() {
        Checked::Good(user) => enter(gate, visitor, user, Strength::Factor).await,
        Checked::Wrong(user) => {
            refuse(gate, visitor, Some(user)).await?;
            Err(SignInFailed::Wrong)
        }
        Checked::Gone => Err(SignInFailed::Expired),
        Checked::NotNow(may) => Err(may_try(may).err().unwrap_or(SignInFailed::Expired)),
    }
}

/// Asks the browser for any passkey; returns the ticket and the WebAuthn options.
///
/// # Errors
/// [`Refusal::NotFound`] where the installation's address allows no passkeys.
pub async fn begin_passkey_sign_in(
    gate: &Gate,
    doors: &Arc<Doors>,
    origin: Origin,
) -> Result<(String, Value), Refusal> {
    let door = gate.doorkeeper(INSTALLATION, origin);
    Ok(gate
        .perform(
            &door,
            BeginFinding {
                doors: doors.clone(),
            },
        )
        .await?
        .into_inner())
}

/// Signs a person in with a passkey alone.
///
/// # Errors
/// See [`SignInFailed`].
pub async fn sign_in_with_passkey(
    gate: &Gate,
    doors: &Arc<Doors>,
    ticket: &str,
    answer: &str,
    visitor: &Visitor,
) -> Result<Entry, SignInFailed> {
    let door = gate.doorkeeper(INSTALLATION, visitor.origin.clone());
    let finish = FinishFinding {
        ticket: ticket.to_owned(),
        answer: answer.to_owned(),
        doors: doors.clone(),
    };
    match gate.perform(&door, finish).await?.into_inner() {
        Some(user) => enter(gate, visitor, user, Strength::Factor).await,
        None => {
            refuse(gate, visitor, None).await?;
            Err(SignInFailed::Wrong)
        }
    }
}

/// Opens a session in the person's first workspace.
pub(crate) async fn enter(
    gate: &Gate,
    visitor: &Visitor,
    user: UserId,
    strength: Strength,
) -> Result<Entry, SignInFailed> {
    let door = gate.doorkeeper(INSTALLATION, visitor.origin.clone());
    let places = gate.view(&door, WorkspacesOf(user)).await?.into_inner();
    let Some(workspace) = places.first().copied() else {
        return Err(SignInFailed::Wrong);
    };
    let open = OpenSession {
        user,
        strength,
        device: visitor.device.clone(),
    };
    let opened = gate
        .perform(&gate.doorkeeper(workspace, visitor.origin.clone()), open)
        .await?
        .into_inner();
    Ok(Entry {
        token: opened.token,
        device: opened.device,
        workspaces: places.len(),
    })
}

/// Ends the session one is in.
#[derive(Debug)]
pub struct SignOut {
    /// The session's id.
    pub session: String,
}

#[async_trait]
impl Command for SignOut {
    const ACTION: Action = Action::SessionEnd;
    type Outcome = u64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<u64, Refusal> {
        tx.end_sessions(Some(&self.session)).await
    }
}
