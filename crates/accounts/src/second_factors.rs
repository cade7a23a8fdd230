//! Setting second factors up and taking them away (AU2).
use crate::{
    Doors, FactorKind, UserAccount,
    factor::{Factor, NewFactor, enrolled, factors_alone, factors_of, usable_factors},
    my_identity::{myself, tell},
    one_time_code, recovery_codes,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_gate::{
    Action, Ask, Command, Credential, Granted, Json, NewRecord, Phi, Refusal, Strength, WriteTx,
    async_trait,
};
use interpres_types::{FactorId, Line, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use webauthn_rs::prelude::PasskeyRegistration;

/// Seconds in which a factor that was begun has to be finished.
pub(crate) const ADDING_SECONDS: i64 = 600;
const ADD_APP: &str = "add-app";
const ADD_PASSKEY: &str = "add-passkey";
const MOST_FACTORS: usize = 10;
/// Wrong first codes after which a seed is given up; each is shown again once.
const MOST_CODES: i64 = 20;

/// Begins to set an app up: a fresh seed, as a picture and as text.
pub struct BeginApp;

/// The app's enrollment data, and the ticket for its first code.
#[derive(Serialize, Deserialize)]
pub struct AppBegun {
    /// The ticket.
    pub ticket: String,
    /// The seed as text, for apps without a camera.
    pub seed: String,
    /// The seed as an address that a phone opens with its app.
    pub url: String,
    /// The address as a picture (SVG).
    pub picture: String,
}

/// A seed that waits for its first code, sealed like one that is in use.
#[derive(Serialize, Deserialize)]
struct WaitingSeed {
    factor: FactorId,
}

#[async_trait]
impl Command for BeginApp {
    const ACTION: Action = Action::FactorBegin;
    type Outcome = AppBegun;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<AppBegun, Refusal> {
        let user = myself(tx)?;
        let account: UserAccount = tx.find(user).await?;
        let seed = one_time_code::fresh_seed(tx.random())?;
        let (url, picture) = one_time_code::picture(&seed, account.email.as_str())?;
        let text = seed.expose().to_owned();
        // Until its first code it counts as ended: stored encrypted, and usable for nothing else.
        let blank = blank(tx, user, FactorKind::App, said("Authenticator app")?).await?;
        let waiting = tx
            .save(&Factor {
                secret: Some(Phi::new(seed)),
                ended_at: Some(tx.now()),
                ..blank
            })
            .await?
            .id;
        let ticket = tx
            .issue_ticket(
                ADD_APP,
                Some(user),
                &WaitingSeed { factor: waiting },
                ADDING_SECONDS,
            )
            .await?;
        Ok(AppBegun {
            ticket: ticket.expose().to_owned(),
            seed: text,
            url,
            picture,
        })
    }
}

/// Shows the same QR code again, after a wrong code.
pub struct ShowAppAgain(pub String);

#[async_trait]
impl Command for ShowAppAgain {
    const ACTION: Action = Action::FactorBegin;
    type Outcome = AppBegun;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<AppBegun, Refusal> {
        let user = myself(tx)?;
        let (seed, _) = waiting(tx, user, &self.0).await?;
        let account: UserAccount = tx.find(user).await?;
        let (url, picture) = one_time_code::picture(&seed, account.email.as_str())?;
        Ok(AppBegun {
            ticket: self.0,
            seed: seed.expose().to_owned(),
            url,
            picture,
        })
    }
}

/// The seed that waits under a ticket, and its factor.
async fn waiting(
    tx: &mut WriteTx,
    user: UserId,
    ticket: &str,
) -> Result<(Credential, Factor), Refusal> {
    let expired = || {
        Refusal::conflict(
            "That took longer than ten minutes, or too many codes were wrong. Begin again.",
        )
    };
    let found = tx
        .try_ticket::<WaitingSeed>(ADD_APP, ticket, MOST_CODES)
        .await?
        .filter(|t| t.user == Some(user))
        .ok_or_else(expired)?;
    let factor: Factor = tx.find(found.body.factor).await?;
    let seed = factor
        .secret
        .as_ref()
        .map(|seed| tx.use_credential(seed))
        .transpose()?
        .ok_or_else(expired)?;
    Ok((seed, factor))
}

pub(crate) fn said(name: &str) -> Result<Line<80>, Refusal> {
    name.parse().map_err(|rule| Refusal::invalid("name", rule))
}

pub(crate) async fn blank(
    tx: &mut WriteTx,
    user: UserId,
    kind: FactorKind,
    name: Line<80>,
) -> Result<Factor, Refusal> {
    let key = tx.new_key().await?;
    Ok(NewFactor {
        user_id: user,
        kind,
        name,
        created_at: tx.now(),
    }
    .blank(tx.mint(), key))
}

/// Sets an app up, once its first code shows that it reads the seed.
pub struct AddApp {
    /// The ticket.
    pub ticket: String,
    /// The app's code.
    pub code: String,
    /// The name its owner gives it.
    pub name: Line<80>,
}

#[async_trait]
impl Command for AddApp {
    const ACTION: Action = Action::FactorAdd;
    type Outcome = Added;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Added, Refusal> {
        let user = myself(tx)?;
        let (seed, mut factor) = waiting(tx, user, &self.ticket).await?;
        let Some(step) = one_time_code::step_of(&seed, &self.code, tx.now())? else {
            return Err(Refusal::invalid(
                "code",
                "isn’t the one the app shows now; check that your phone’s clock is right",
            ));
        };
        tx.take_ticket::<WaitingSeed>(ADD_APP, &self.ticket).await?;
        factor.name = self.name;
        factor.last_step = Some(step);
        factor.ended_at = None;
        tx.save(&factor).await?;
        added(tx, user).await
    }
}

/// A new factor. The first one comes with recovery codes, shown only this once.
#[derive(Serialize, Deserialize)]
pub struct Added {
    /// The recovery codes, if there were none before.
    pub codes: Vec<String>,
    /// The session's new token: having set the factor up proves it.
    pub token: Option<String>,
}

pub(crate) async fn added(tx: &mut WriteTx, user: UserId) -> Result<Added, Refusal> {
    factors_alone(tx, user).await?;
    let factors = factors_of(tx, user).await?;
    if factors.len() > MOST_FACTORS {
        return Err(Refusal::conflict(
            "Ten second factors are enough. Take one away first.",
        ));
    }
    tell(tx, user, "A second factor was added to your account. If it was not you, sign in, take it away, and choose a new password.").await?;
    let codes = if factors.iter().any(|f| f.kind == FactorKind::Codes) {
        Vec::new()
    } else {
        make_codes(tx, user).await?
    };
    let token = tx
        .prove_session(Strength::Factor)
        .await?
        .expose()
        .to_owned();
    Ok(Added {
        codes,
        token: Some(token),
    })
}

/// Begins to make a passkey.
pub struct BeginPasskey {
    /// The installation's doors.
    pub doors: Arc<Doors>,
}

/// The browser's options, and the ticket for its answer.
#[derive(Serialize, Deserialize)]
pub struct PasskeyBegun {
    /// The ticket.
    pub ticket: String,
    /// The WebAuthn options for the browser.
    pub options: Value,
}

#[async_trait]
impl Command for BeginPasskey {
    const ACTION: Action = Action::FactorBegin;
    type Outcome = PasskeyBegun;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<PasskeyBegun, Refusal> {
        let user = myself(tx)?;
        let passkeys = self.doors.passkeys.as_ref().ok_or_else(|| {
            Refusal::conflict(
                "Passkeys don’t work at this address. Use the server’s name over HTTPS.",
            )
        })?;
        let account: UserAccount = tx.find(user).await?;
        let have = factors_of(tx, user).await?;
        let challenge =
            passkeys.begin_adding(user, account.email.as_str(), account.name.as_str(), &have)?;
        let ticket = tx
            .issue_ticket(ADD_PASSKEY, Some(user), &challenge.kept, ADDING_SECONDS / 2)
            .await?;
        Ok(PasskeyBegun {
            ticket: ticket.expose().to_owned(),
            options: challenge.options,
        })
    }
}

/// Saves the passkey that the browser created.
pub struct AddPasskey {
    /// The installation's doors.
    pub doors: Arc<Doors>,
    /// The ticket.
    pub ticket: String,
    /// The browser's answer.
    pub answer: String,
    /// The name its owner gives it.
    pub name: Line<80>,
}

#[async_trait]
impl Command for AddPasskey {
    const ACTION: Action = Action::FactorAdd;
    /// `None` if the answer was invalid; its challenge is used up either way.
    type Outcome = Option<Added>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<Added>, Refusal> {
        let user = myself(tx)?;
        let expired = || Refusal::conflict("That took more than five minutes. Start over.");
        let found = tx
            .take_ticket::<PasskeyRegistration>(ADD_PASSKEY, &self.ticket)
            .await?
            .filter(|t| t.user == Some(user))
            .ok_or_else(expired)?;
        let passkeys = self.doors.passkeys.as_ref().ok_or(Refusal::NotFound)?;
        let Ok(passkey) = passkeys.finish_adding(&self.answer, &found.body) else {
            return Ok(None);
        };
        let public = serde_json::to_value(&passkey).map_err(Refusal::fault)?;
        // A key belongs to exactly one person, because it alone can sign them in. The unique index enforces this
        // beyond what this person may see.
        let id = Some(URL_SAFE_NO_PAD.encode(passkey.cred_id()));
        let factor = Factor {
            public: Some(Json(public)),
            credential_id: id,
            ..blank(tx, user, FactorKind::Passkey, self.name).await?
        };
        tx.save(&factor).await?;
        added(tx, user).await.map(Some)
    }
}

/// Takes a second factor away.
pub struct EndFactor(pub FactorId);

#[async_trait]
impl Command for EndFactor {
    const ACTION: Action = Action::FactorEnd;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let user = myself(tx)?;
        factors_alone(tx, user).await?;
        let mut factor: Factor = tx.find(self.0).await?;
        if factor.user_id != user || factor.ended_at.is_some() {
            return Err(Refusal::NotFound);
        }
        factor.ended_at = Some(tx.now());
        tx.save(&factor).await?;
        if !enrolled(&usable_factors(tx, user).await?) && tx.actor().factor_asked() {
            return Err(Refusal::conflict(
                "Your workspace asks for a second factor, and this is the last. Set another one up first.",
            ));
        }
        tx.end_other_sessions().await?;
        tell(
            tx,
            user,
            "A second factor was taken away from your account, and you were signed out everywhere else. If it was not you, choose a new password now.",
        )
        .await
    }
}

/// Creates new recovery codes; the old ones stop working.
pub struct MakeRecoveryCodes;

#[async_trait]
impl Command for MakeRecoveryCodes {
    const ACTION: Action = Action::RecoveryCodesMake;
    type Outcome = Added;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Added, Refusal> {
        let user = myself(tx)?;
        if !enrolled(&usable_factors(tx, user).await?) {
            return Err(Refusal::Ask(Ask::Factor));
        }
        Ok(Added {
            codes: make_codes(tx, user).await?,
            token: None,
        })
    }
}

async fn make_codes(tx: &mut WriteTx, user: UserId) -> Result<Vec<String>, Refusal> {
    factors_alone(tx, user).await?;
    let now = tx.now();
    for mut old in factors_of(tx, user)
        .await?
        .into_iter()
        .filter(|f| f.kind == FactorKind::Codes)
    {
        old.ended_at = Some(now);
        tx.save(&old).await?;
    }
    let (codes, kept) = recovery_codes::fresh(|| tx.random());
    let blank = blank(tx, user, FactorKind::Codes, said("Recovery codes")?).await?;
    tx.save(&Factor {
        public: Some(Json(kept)),
        ..blank
    })
    .await?;
    Ok(codes)
}
