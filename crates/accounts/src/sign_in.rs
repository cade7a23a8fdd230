//! Signing in: look the account up, check the password outside any turn, then record it. The
//! answer and its time are the same for an unknown address and a wrong password.
use crate::{Member, Password, PasswordHash, UserAccount};
use interpres_gate::{Action, Command, Gate, NewSession, Origin, Permission, Query, ReadTx, Refusal, SESSION_RULES, Val, WriteTx};
use interpres_types::{Email, INSTALLATION, Instant, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Why somebody could not sign in.
#[derive(Debug)]
pub enum SignInFailed {
    /// Address or password is wrong, or the person belongs to no workspace. Which, is not told.
    Wrong,
    /// Too many wrong passwords; try again after this many seconds.
    Locked(u64),
    /// Something else.
    Refused(Refusal),
}
impl From<Refusal> for SignInFailed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Signs a person in with address and password and opens a session.
///
/// # Errors
/// See [`SignInFailed`].
pub async fn sign_in(gate: &Gate, email: &str, password: &str, origin: Origin) -> Result<NewSession, SignInFailed> {
    let door = gate.doorkeeper(INSTALLATION, origin.clone());
    let found = match email.parse::<Email>() {
        Ok(email) => gate.view(&door, LookUpAccount { email }).await?.into_inner(),
        Err(_) => None,
    };
    let now = gate.now();
    if let Some(until) = found.as_ref().and_then(|f| f.locked_until).filter(|until| *until > now) {
        return Err(SignInFailed::Locked((until.micros() - now.micros()).unsigned_abs() / 1_000_000 + 1));
    }
    let hash = found.as_ref().map_or_else(decoy, |f| f.hash.clone());
    let typed = Password::typed(password);
    let fits = tokio::task::spawn_blocking(move || hash.fits(&typed)).await.map_err(Refusal::fault)?;
    let Some(found) = found else {
        gate.perform(&door, RecordAttempt { user: None, good: false }).await?;
        return Err(SignInFailed::Wrong);
    };
    gate.perform(&door, RecordAttempt { user: Some(found.user), good: fits }).await?;
    let Some(workspace) = found.workspace else { return Err(SignInFailed::Wrong) };
    let door = gate.doorkeeper(workspace, origin);
    if !fits {
        // The agency's own log learns of it too; not waited for, so that a known address takes no
        // longer than an unknown one. The installation's entry is on disk already.
        let (gate, user) = (gate.clone(), found.user);
        tokio::spawn(async move { gate.perform(&door, RefuseSession { user }).await });
        return Err(SignInFailed::Wrong);
    }
    let opened = OpenSession { user: found.user, token: std::sync::Arc::default() };
    let handed = opened.token.clone();
    gate.perform(&door, opened).await?;
    let session = handed.lock().unwrap_or_else(PoisonError::into_inner).take();
    session.ok_or(SignInFailed::Wrong)
}

/// A hash of nobody's password, with the same parameters, so that an unknown address takes as long
/// as a known one.
fn decoy() -> PasswordHash {
    static DECOY: LazyLock<PasswordHash> = LazyLock::new(PasswordHash::of_nobody);
    DECOY.clone()
}

#[derive(Debug)]
struct LookUpAccount {
    email: Email,
}

#[derive(Serialize)]
struct FoundAccount {
    user: UserId,
    hash: PasswordHash,
    locked_until: Option<Instant>,
    workspace: Option<WorkspaceId>,
}

impl Query for LookUpAccount {
    const ACTION: Action = Action::AccountLookUp;
    const PERMISSION: Permission = Permission::KeepDoor;
    type View = Option<FoundAccount>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Option<FoundAccount>, Refusal> {
        let accounts: Vec<UserAccount> = tx.list("where email = $1", vec![Val::text(&self.email)]).await?;
        let Some(account) = accounts.into_iter().next() else { return Ok(None) };
        let workspace = tx.workspaces_of(account.id).await?.into_iter().next();
        Ok(Some(FoundAccount { user: account.id, hash: account.password_hash, locked_until: account.locked_until, workspace }))
    }
}

/// Notes that somebody tried, and slows guessing down: from the fifth wrong password in a row the
/// account waits 2, 4, 8 … seconds, at most 15 minutes.
#[derive(Debug)]
struct RecordAttempt {
    user: Option<UserId>,
    good: bool,
}

const FREE_ATTEMPTS: i64 = 4;
const LONGEST_WAIT_SECONDS: i64 = 900;

impl Command for RecordAttempt {
    const ACTION: Action = Action::AccountSignIn;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = bool;
    async fn run(self, tx: &mut WriteTx) -> Result<bool, Refusal> {
        let Some(user) = self.user else { return Ok(false) };
        let now = tx.now();
        let mut account: UserAccount = tx.find(user).await?;
        if self.good {
            (account.failures, account.locked_until, account.last_sign_in_at) = (0, None, Some(now));
        } else {
            account.failures += 1;
            let over = (account.failures - FREE_ATTEMPTS).clamp(0, 12);
            account.locked_until = (over > 0).then(|| now.plus_seconds((1_i64 << over).min(LONGEST_WAIT_SECONDS)));
        }
        tx.save(&account).await?;
        Ok(self.good)
    }
}

/// Opens a session. Its token leaves by a side door, because outcomes may be kept and told again.
#[derive(Debug)]
struct OpenSession {
    user: UserId,
    token: std::sync::Arc<Mutex<Option<NewSession>>>,
}

impl Command for OpenSession {
    const ACTION: Action = Action::SessionOpen;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = Opened;
    async fn run(self, tx: &mut WriteTx) -> Result<Opened, Refusal> {
        let id = tx.actor().workspace();
        let workspace: crate::Workspace = tx.find(id).await?;
        let members: Vec<Member> = tx.list("where user_id = $1 and ended_at is null", vec![Val::text(self.user)]).await?;
        let member = members.first().ok_or(Refusal::NotFound)?;
        tx.saw("member", member.id);
        let rules = SESSION_RULES[usize::from(workspace.hipaa_mode_since.is_some())];
        let session = tx.open_session(self.user, rules).await?;
        let ends_at = session.ends_at;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
        Ok(Opened { ends_at })
    }
}

/// Notes a wrong password in the log of the person's workspace: it is refused, always.
#[derive(Debug)]
struct RefuseSession {
    user: UserId,
}

impl Command for RefuseSession {
    const ACTION: Action = Action::SessionOpen;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx) -> Result<(), Refusal> {
        let members: Vec<Member> = tx.list("where user_id = $1", vec![Val::text(self.user)]).await?;
        if let Some(member) = members.first() {
            tx.saw("member", member.id);
        }
        Err(Refusal::Forbidden)
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Opened {
    ends_at: Instant,
}

/// Ends the session one is in.
#[derive(Debug)]
pub struct SignOut {
    /// The session's id.
    pub session: String,
}

impl Command for SignOut {
    const ACTION: Action = Action::SessionEnd;
    const PERMISSION: Permission = Permission::OwnAccount;
    type Outcome = u64;
    async fn run(self, tx: &mut WriteTx) -> Result<u64, Refusal> {
        tx.end_sessions(Some(&self.session)).await
    }
}
