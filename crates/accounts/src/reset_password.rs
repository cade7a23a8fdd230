//! A forgotten password: a link by mail, good once and for half an hour. It opens no session and
//! passes over no second factor.
use crate::{
    Doors, PasswordHash, UserAccount,
    factor::{enrolled, factors_of, usable_factors},
    recover_member::RECOVERY,
};
use interpres_gate::{Action, Command, Gate, Letter, Notice, Origin, Permission, Query, ReadTx, Refusal, Val, WriteTx};
use interpres_types::{Email, INSTALLATION, UserId};
use serde::{Deserialize, Serialize};

const RESET: &str = "reset";
const LINK_SECONDS: i64 = 1800;
/// Letters to one address in a row, before they have to wait longer and longer.
const ASKED: &str = "reset-asked";

/// Sends a link to choose a new password, if the address belongs to somebody. The answer is the same
/// for every address.
///
/// # Errors
/// A fault.
pub async fn forget_password(gate: &Gate, email: &str, origin: Origin) -> Result<(), Refusal> {
    let Ok(email) = email.parse() else { return Ok(()) };
    gate.perform(&gate.doorkeeper(INSTALLATION, origin), ForgetPassword(email)).await.map(drop)
}

struct ForgetPassword(Email);

impl Command for ForgetPassword {
    const ACTION: Action = Action::PasswordForget;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx) -> Result<(), Refusal> {
        let may = tx.begin_try(&format!("{ASKED}/{}", self.0)).await?;
        let accounts: Vec<UserAccount> = tx.list("where email = $1", vec![Val::text(&self.0)]).await?;
        let (Some(account), interpres_gate::Try::Open(_)) = (accounts.into_iter().next(), may) else { return Ok(()) };
        let words = "Somebody asked for a new password for your account. If it was you, choose one by this link within half an hour; it is good once. If it was not you, there is nothing to do.";
        let letter = Letter::new(account.email, Notice::new("Choose a new password", words).goes_to("/password"));
        tx.post(letter.with_ticket(RESET, Some(account.id), "", LINK_SECONDS)).await
    }
}

/// Chooses the new password.
///
/// # Errors
/// [`Refusal::NotFound`] when the link is used up, [`Refusal::Invalid`] with the rule that it breaks.
pub async fn reset_password(gate: &Gate, doors: &Doors, link: &str, new: &str, origin: Origin) -> Result<(), Refusal> {
    let door = gate.doorkeeper(INSTALLATION, origin);
    let asked = gate.perform(&door, LookIntoReset(link.to_owned())).await?.into_inner();
    let whose = gate.view(&door, WhoseReset(asked.user)).await?.into_inner();
    let words: Vec<&str> = whose.words.iter().map(String::as_str).collect();
    let hash = doors.choose(gate, "new", new, &words, whose.enrolled && !asked.lost, false).await?;
    gate.perform(&door, ResetPassword { link: link.to_owned(), hash }).await.map(drop)
}

struct LookIntoReset(String);

/// Whose link it is, and whether it is of those who lost their second factors.
#[derive(Serialize, Deserialize)]
struct Link {
    user: UserId,
    lost: bool,
}

impl Command for LookIntoReset {
    const ACTION: Action = Action::PasswordReset;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = Link;
    async fn run(self, tx: &mut WriteTx) -> Result<Link, Refusal> {
        for kind in [RESET, RECOVERY] {
            if let Some(user) = tx.try_ticket::<String>(kind, &self.0, 20).await?.and_then(|t| t.user) {
                return Ok(Link { user, lost: kind == RECOVERY });
            }
        }
        Err(Refusal::NotFound)
    }
}

struct WhoseReset(UserId);

#[derive(Serialize)]
struct Whose {
    words: Vec<String>,
    enrolled: bool,
}

impl Query for WhoseReset {
    const ACTION: Action = Action::AccountLookUp;
    const PERMISSION: Permission = Permission::KeepDoor;
    type View = Whose;
    async fn answer(self, tx: &mut ReadTx) -> Result<Whose, Refusal> {
        let account: UserAccount = tx.find(self.0).await?;
        let enrolled = enrolled(&usable_factors(tx, self.0).await?);
        let places = tx.workspaces_of(self.0).await?.into_iter().map(|(_, name)| name);
        Ok(Whose { words: [account.name.to_string(), account.email.to_string()].into_iter().chain(places).collect(), enrolled })
    }
}

struct ResetPassword {
    link: String,
    hash: PasswordHash,
}

impl Command for ResetPassword {
    const ACTION: Action = Action::PasswordReset;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx) -> Result<(), Refusal> {
        let plain = tx.take_ticket::<String>(RESET, &self.link).await?.and_then(|t| t.user);
        let lost = tx.take_ticket::<String>(RECOVERY, &self.link).await?.and_then(|t| t.user);
        let user = plain.or(lost).ok_or(Refusal::NotFound)?;
        if lost.is_some() {
            for mut factor in factors_of(tx, user).await? {
                factor.ended_at = Some(tx.now());
                tx.save(&factor).await?;
            }
        }
        let mut account: UserAccount = tx.find(user).await?;
        account.password_hash = self.hash;
        tx.save(&account).await?;
        tx.end_all_sessions_of(user).await?;
        tx.forget_devices(user).await?;
        for key in [format!("password/{}", account.email), format!("{ASKED}/{}", account.email), format!("own-password/{user}")] {
            tx.end_tries(&key).await?;
        }
        let words =
            "A new password was chosen for your account by a link, and you were signed out everywhere. If it was not you, tell an admin of your workspace now.";
        tx.post(Letter::new(account.email, Notice::new("Your account at Interpres", words).goes_to("/account"))).await
    }
}
