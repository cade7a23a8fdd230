//! Commands and queries used during sign-in.
use crate::{
    Doors, Member, PasswordHash, Proof, SecondFactorChallenge, UserAccount, Workspace,
    factor::{enrolled, factors_alone, factors_of, usable_factors},
    member::member_of,
    proof::judge,
};
use interpres_gate::{
    Action, Command, Granted, Json, Letter, Notice, Permission, Query, ReadTx, Refusal, Role,
    SecurityRules, Strength, Try, Val, WriteTx, async_trait,
};
use interpres_types::{UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use webauthn_rs::prelude::{DiscoverableAuthentication, PasskeyAuthentication};

/// Seconds in which the second factor has to follow the password, and a browser to answer.
pub(crate) const PENDING_SECONDS: i64 = 300;
/// Wrong second factors after which the password has to be typed again.
const MOST_PROOFS: i64 = 5;
/// Wrong passwords in a row after which the person is written to.
const TELL_AT: [i64; 2] = [9, 98];
const SIGN_IN: &str = "sign-in";
const FIND: &str = "find-passkey";

/// Counts an attempt before the password is checked. Attempts from a browser where this person signed in before are
/// counted separately: strangers cannot lock them out there.
pub(crate) struct BeginTry {
    pub(crate) whom: String,
    pub(crate) device: Option<String>,
}

/// Whether the attempt is allowed, and its counter.
#[derive(Serialize, Deserialize)]
pub(crate) struct Begun {
    pub(crate) may: Try,
    pub(crate) user: Option<UserId>,
    pub(crate) known: bool,
    pub(crate) key: String,
}

#[async_trait]
impl Command for BeginTry {
    const ACTION: Action = Action::AccountSignIn;
    type Outcome = Begun;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Begun, Refusal> {
        let accounts: Vec<UserAccount> = tx
            .list("where email = $1", vec![Val::text(&self.whom)])
            .await?;
        let account = accounts.into_iter().next();
        let known = match (&account, &self.device) {
            (Some(account), Some(device)) => tx.knows_device(account.id, device).await?,
            _ => false,
        };
        let strangers = format!("password/{}", self.whom);
        let key = if known {
            format!("{strangers}/known")
        } else {
            strangers.clone()
        };
        let mut may = tx.begin_try(&key).await?;
        if let (true, Try::Open(before)) = (known, may) {
            may = Try::Open(before + tx.tries(&strangers).await?);
        }
        if let (Some(account), false, Try::Open(before)) = (&account, known, may)
            && TELL_AT.contains(&before)
        {
            let notice = Notice::new("Somebody tries to sign in as you", "Wrong passwords for your account were tried ").mention(&(before + 1)).say(
                " times in a row. If it was not you, nothing is lost: the password was not found. Sign in from a browser you used before, and set a second factor up if you have none.",
            );
            tx.post(Letter::new(
                account.email.clone(),
                notice.goes_to("/account"),
            ))
            .await?;
        }
        Ok(Begun {
            may,
            user: account.map(|a| a.id),
            known,
            key,
        })
    }
}

/// The password's hash of an account.
pub(crate) struct LookUpAccount(pub(crate) UserId);

#[async_trait]
impl Query for LookUpAccount {
    const ACTION: Action = Action::AccountLookUp;
    type View = Option<PasswordHash>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Option<PasswordHash>, Refusal> {
        Ok(tx
            .may_find::<UserAccount>(self.0)
            .await?
            .map(|account| account.password_hash))
    }
}

/// The workspaces that a person is a member of.
pub(crate) struct WorkspacesOf(pub(crate) UserId);

#[async_trait]
impl Query for WorkspacesOf {
    const ACTION: Action = Action::AccountLookUp;
    type View = Vec<WorkspaceId>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<WorkspaceId>, Refusal> {
        Ok(tx
            .workspaces_of(self.0)
            .await?
            .into_iter()
            .map(|(id, _)| id)
            .collect())
    }
}

/// Data stored with the ticket of a pending sign-in.
#[derive(Serialize, Deserialize)]
struct Pending {
    before: i64,
    known: bool,
    challenge: Option<PasskeyAuthentication>,
}

/// Records a correct password, upgrades an outdated hash, and asks for the second factor if there is one.
pub(crate) struct PassPassword {
    pub(crate) user: UserId,
    pub(crate) key: String,
    pub(crate) before: i64,
    pub(crate) known: bool,
    pub(crate) renewed: Option<PasswordHash>,
    pub(crate) doors: Arc<Doors>,
}

#[async_trait]
impl Command for PassPassword {
    const ACTION: Action = Action::AccountSignIn;
    type Outcome = Option<SecondFactorChallenge>;
    async fn run(
        self,
        tx: &mut WriteTx,
        _: Granted<Self>,
    ) -> Result<Option<SecondFactorChallenge>, Refusal> {
        tx.end_tries(&self.key).await?;
        if let Some(hash) = self.renewed {
            let mut account: UserAccount = tx.find(self.user).await?;
            account.password_hash = hash;
            tx.save(&account).await?;
        }
        let factors = usable_factors(tx, self.user).await?;
        if !enrolled(&factors) {
            signed_in(tx, self.user, self.before).await?;
            return Ok(None);
        }
        let challenge = self
            .doors
            .passkeys
            .as_ref()
            .map(|p| p.begin_proving(&factors))
            .transpose()?
            .flatten();
        let (options, challenge) =
            challenge.map_or((None, None), |c| (Some(c.options), Some(c.kept)));
        let pending = Pending {
            before: self.before,
            known: self.known,
            challenge,
        };
        let ticket = tx
            .issue_ticket(SIGN_IN, Some(self.user), &pending, PENDING_SECONDS)
            .await?;
        Ok(Some(SecondFactorChallenge::by(&ticket, options, &factors)))
    }
}

/// Who has typed their password and is asked for their second factor, by the ticket of it.
pub(crate) async fn pending_of(tx: &mut WriteTx, ticket: &str) -> Result<Option<UserId>, Refusal> {
    Ok(tx
        .try_ticket::<Pending>(SIGN_IN, ticket, MOST_PROOFS)
        .await?
        .and_then(|found| found.user))
}

/// Notes when a person signed in, and how many tries were wrong before.
async fn signed_in(tx: &mut WriteTx, user: UserId, before: i64) -> Result<(), Refusal> {
    let mut account: UserAccount = tx.find(user).await?;
    account.failures = before;
    account.locked_until = None;
    account.last_sign_in_at = Some(tx.now());
    tx.save(&account).await.map(drop)
}

/// Judges the second factor of a sign-in.
pub(crate) struct CheckPending {
    pub(crate) ticket: String,
    pub(crate) proof: Proof,
    pub(crate) doors: Arc<Doors>,
}

/// The result of checking a second factor.
#[derive(Serialize, Deserialize)]
pub(crate) enum Checked {
    Good(UserId),
    Wrong(UserId),
    /// The ticket is no longer valid.
    Gone,
    NotNow(Try),
}

#[async_trait]
impl Command for CheckPending {
    const ACTION: Action = Action::ProofCheck;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = Checked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Checked, Refusal> {
        let Some(found) = tx
            .try_ticket::<Pending>(SIGN_IN, &self.ticket, MOST_PROOFS)
            .await?
        else {
            return Ok(Checked::Gone);
        };
        let (Some(user), pending) = (found.user, found.body) else {
            return Ok(Checked::Gone);
        };
        let key = format!("factor/{user}{}", if pending.known { "/known" } else { "" });
        let may = tx.begin_try(&key).await?;
        let Try::Open(wrong) = may else {
            return Ok(Checked::NotNow(may));
        };
        if !judge(
            tx,
            user,
            &self.proof,
            self.doors.passkeys.as_ref(),
            pending.challenge.as_ref(),
        )
        .await?
        {
            return Ok(Checked::Wrong(user));
        }
        tx.end_tries(&key).await?;
        tx.take_ticket::<Pending>(SIGN_IN, &self.ticket).await?;
        signed_in(tx, user, pending.before + wrong).await?;
        Ok(Checked::Good(user))
    }
}

/// Asks a browser for any passkey that it knows for us.
pub(crate) struct BeginFinding {
    pub(crate) doors: Arc<Doors>,
}

#[async_trait]
impl Command for BeginFinding {
    const ACTION: Action = Action::AccountSignIn;
    type Outcome = (String, Value);
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(String, Value), Refusal> {
        let challenge = self
            .doors
            .passkeys
            .as_ref()
            .ok_or(Refusal::NotFound)?
            .begin_finding()?;
        let ticket = tx
            .issue_ticket(FIND, None, &challenge.kept, PENDING_SECONDS)
            .await?;
        Ok((ticket.expose().to_owned(), challenge.options))
    }
}

/// Judges a passkey that a browser found.
pub(crate) struct FinishFinding {
    pub(crate) ticket: String,
    pub(crate) answer: String,
    pub(crate) doors: Arc<Doors>,
}

#[async_trait]
impl Command for FinishFinding {
    const ACTION: Action = Action::ProofCheck;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = Option<UserId>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<UserId>, Refusal> {
        let (Some(found), Some(passkeys)) = (
            tx.take_ticket::<DiscoverableAuthentication>(FIND, &self.ticket)
                .await?,
            self.doors.passkeys.as_ref(),
        ) else {
            return Ok(None);
        };
        let Ok(user) = passkeys.owner(&self.answer) else {
            return Ok(None);
        };
        factors_alone(tx, user).await?;
        let mut factors = factors_of(tx, user).await?;
        let Ok(proved) = passkeys.finish_finding(&self.answer, found.body, &factors) else {
            return Ok(None);
        };
        let mut factor = factors.swap_remove(proved.place);
        factor.public = Some(Json(proved.public));
        factor.used_at = Some(tx.now());
        tx.save(&factor).await?;
        signed_in(tx, user, 0).await?;
        Ok(Some(user))
    }
}

/// Opens a session, and knows the browser again from now on.
pub(crate) struct OpenSession {
    pub(crate) user: UserId,
    pub(crate) strength: Strength,
    pub(crate) device: Option<String>,
}

/// An open session. Never requested with an idempotency key, so it is stored nowhere.
#[derive(Serialize, Deserialize)]
pub(crate) struct Opened {
    pub(crate) token: String,
    pub(crate) device: Option<String>,
}

/// Rejects someone whose session this workspace's provider did not open where it must, or whose network is not
/// allowed; returns the rules for the session.
pub(crate) fn may_come_in(
    tx: &WriteTx,
    workspace: &Workspace,
    member: &Member,
) -> Result<SecurityRules, Refusal> {
    let rules = workspace.security();
    let role = member.role.as_str().parse().unwrap_or(Role::Viewer);
    if !rules.admit_without_provider(role) {
        return Err(Refusal::conflict(
            "This workspace only allows sign-in through its identity provider.",
        ));
    }
    if !rules.admit_from(role, tx.actor().origin().address.as_deref()) {
        return Err(Refusal::conflict(
            "This workspace is entered from its own networks only, and you are elsewhere.",
        ));
    }
    Ok(rules)
}

#[async_trait]
impl Command for OpenSession {
    const ACTION: Action = Action::SessionOpen;
    type Outcome = Opened;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Opened, Refusal> {
        let id = tx.actor().workspace();
        let workspace: Workspace = tx.find(id).await?;
        let member = member_of(tx, self.user).await?.ok_or(Refusal::NotFound)?;
        tx.saw("member", member.id);
        let rules = may_come_in(tx, &workspace, &member)?;
        let session = tx
            .open_session(self.user, self.strength, &rules, None)
            .await?;
        let device = tx
            .remember_device(self.user, self.device.as_deref())
            .await?;
        Ok(Opened {
            token: session.token.expose().to_owned(),
            device: device.map(|d| d.expose().to_owned()),
        })
    }
}

/// Notes a wrong try in the log: it is refused, always.
pub(crate) struct RefuseSession {
    pub(crate) user: Option<UserId>,
}

#[async_trait]
impl Command for RefuseSession {
    const ACTION: Action = Action::SessionOpen;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        if let Some(user) = self.user {
            let members: Vec<Member> = tx.list("where user_id = $1", vec![Val::text(user)]).await?;
            if let Some(member) = members.first() {
                tx.saw("member", member.id);
            }
        }
        Err(Refusal::Forbidden)
    }
}
