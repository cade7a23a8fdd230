//! SMS codes (AU2): the weakest second factor, which NIST SP 800-63B-4 (section 3.1.3.3) calls restricted; so a
//! workspace can refuse them, and under HIPAA mode an owner must opt in. The code is generated and encrypted here;
//! the caller sends it.
use crate::{
    Added, Factor, FactorKind,
    at_the_door::pending_of,
    factor::{factors_alone, usable_factors},
    my_identity::myself,
    second_factors::{ADDING_SECONDS, added, blank, said},
};
use interpres_gate::{
    Action, Command, Credential, Gate, Granted, Json, Origin, Permission, Phi, Refusal, Try,
    WriteTx, async_trait, sha256,
};
use interpres_types::{FactorId, INSTALLATION, Instant, Line, Phone, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;

const ADD_TEXT: &str = "add-text";
/// Seconds for which a code is good; ten minutes are the most that the standard allows.
const CODE_SECONDS: i64 = 300;
/// Wrong first codes after which the number has to be typed again.
const MOST_CODES: i64 = 5;

/// A code on its way to a telephone.
#[derive(Serialize, Deserialize)]
pub struct TextCode {
    /// To which number.
    pub to: Phone,
    /// The code.
    pub code: String,
}

/// Six digits, each as likely as any other.
fn fresh(tx: &WriteTx) -> String {
    loop {
        // The last 3 of 2^24 numbers would make some codes likelier.
        let number = u32::from_be_bytes(tx.random::<4>()) >> 8;
        if number < 16_000_000 {
            return format!("{:06}", number % 1_000_000);
        }
    }
}

impl Factor {
    /// The number that codes of this factor go to.
    pub(crate) fn phone(&self) -> Option<Phone> {
        self.public.as_ref()?.0["phone"].as_str()?.parse().ok()
    }
    /// A fresh code for it, which replaces the one before.
    fn with_code(mut self, tx: &WriteTx) -> Result<(Self, TextCode), Refusal> {
        let to = self
            .phone()
            .ok_or_else(|| Refusal::fault("a factor without a number"))?;
        let code = fresh(tx);
        self.secret = Some(Phi::new(
            code.parse::<Credential>()
                .map_err(|rule| Refusal::invalid("code", rule))?,
        ));
        self.last_step = Some(tx.now().plus_seconds(CODE_SECONDS).micros());
        Ok((self, TextCode { to, code }))
    }
}

/// Whether a typed code matches the one sent, and has not expired.
pub(crate) fn fits(sent: &Credential, ends_at: Option<i64>, typed: &str, now: Instant) -> bool {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    ends_at.is_some_and(|at| now.micros() < at)
        && sha256(sent.expose().as_bytes()) == sha256(digits.as_bytes())
}

/// Refuses a person whose workspaces don't all take codes by text message.
async fn must_be_allowed(tx: &mut WriteTx, user: UserId) -> Result<(), Refusal> {
    if tx.texts_allowed(user).await? {
        return Ok(());
    }
    Err(Refusal::conflict(
        "A workspace of yours takes no codes by text message. Set up a passkey or an authenticator app.",
    ))
}

/// Refuses when too many codes were asked for: each text message costs, and can be used to annoy.
async fn may_send(tx: &mut WriteTx, user: UserId) -> Result<(), Refusal> {
    match tx.begin_try(&format!("text/{user}")).await? {
        Try::Open(_) => Ok(()),
        Try::Wait(seconds) => Err(Refusal::TooSoon(seconds)),
        Try::Closed => Err(Refusal::conflict(
            "Far too many text messages were asked for. Use another second factor, or a recovery code.",
        )),
    }
}

/// Begins to set a telephone up.
pub struct BeginText(pub Phone);

/// The ticket for the first code, and the code, which the caller sends.
#[derive(Serialize, Deserialize)]
pub struct TextBegun {
    /// The ticket.
    pub ticket: String,
    /// The message to send.
    pub code: TextCode,
}

#[async_trait]
impl Command for BeginText {
    const ACTION: Action = Action::FactorBegin;
    type Outcome = TextBegun;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<TextBegun, Refusal> {
        let user = myself(tx)?;
        must_be_allowed(tx, user).await?;
        may_send(tx, user).await?;
        let blank = blank(tx, user, FactorKind::Text, said("Telephone")?).await?;
        // Until its first code it is one that has ended.
        let waiting = Factor {
            public: Some(Json(json!({ "phone": self.0 }))),
            ended_at: Some(tx.now()),
            ..blank
        };
        let (waiting, code) = waiting.with_code(tx)?;
        let id = tx.save(&waiting).await?.id;
        let ticket = tx
            .issue_ticket(ADD_TEXT, Some(user), &id, ADDING_SECONDS)
            .await?;
        Ok(TextBegun {
            ticket: ticket.expose().to_owned(),
            code,
        })
    }
}

/// Sets the telephone up, once its first code came back.
pub struct AddText {
    /// The ticket.
    pub ticket: String,
    /// The code.
    pub code: String,
    /// The name its owner gives it.
    pub name: Line<80>,
}

#[async_trait]
impl Command for AddText {
    const ACTION: Action = Action::FactorAdd;
    /// `None` if the code was wrong; the attempt is counted.
    type Outcome = Option<Added>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<Added>, Refusal> {
        let user = myself(tx)?;
        let expired = || {
            Refusal::conflict(
                "That took longer than ten minutes, or too many codes were wrong. Begin again.",
            )
        };
        let found = tx
            .try_ticket::<FactorId>(ADD_TEXT, &self.ticket, MOST_CODES)
            .await?
            .filter(|t| t.user == Some(user))
            .ok_or_else(expired)?;
        must_be_allowed(tx, user).await?;
        let mut factor: Factor = tx.find(found.body).await?;
        let sent = factor
            .secret
            .as_ref()
            .map(|secret| tx.use_credential(secret))
            .transpose()?
            .ok_or_else(expired)?;
        if !fits(&sent, factor.last_step, &self.code, tx.now()) {
            return Ok(None);
        }
        tx.take_ticket::<FactorId>(ADD_TEXT, &self.ticket).await?;
        factor.name = self.name;
        factor.last_step = None;
        factor.ended_at = None;
        tx.save(&factor).await?;
        tx.end_tries(&format!("text/{user}")).await?;
        added(tx, user).await.map(Some)
    }
}

/// A code for someone whose password was right and whose second factor is pending.
///
/// # Errors
/// [`Refusal::NotFound`] when the sign-in is over, [`Refusal::TooSoon`] after several codes in a row.
pub async fn text_code_at_the_door(
    gate: &Gate,
    ticket: &str,
    origin: Origin,
) -> Result<TextCode, Refusal> {
    Ok(gate
        .perform(
            &gate.doorkeeper(INSTALLATION, origin),
            SendAtTheDoor(ticket.to_owned()),
        )
        .await?
        .into_inner())
}

struct SendAtTheDoor(String);

#[async_trait]
impl Command for SendAtTheDoor {
    const ACTION: Action = Action::FactorSend;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = TextCode;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<TextCode, Refusal> {
        let user = pending_of(tx, &self.0).await?.ok_or(Refusal::NotFound)?;
        send(tx, user).await
    }
}

/// A code for a signed-in person's step-up.
pub struct SendOwnText;

#[async_trait]
impl Command for SendOwnText {
    const ACTION: Action = Action::FactorSend;
    type Outcome = TextCode;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<TextCode, Refusal> {
        let user = myself(tx)?;
        send(tx, user).await
    }
}

async fn send(tx: &mut WriteTx, user: UserId) -> Result<TextCode, Refusal> {
    factors_alone(tx, user).await?;
    let factor = usable_factors(tx, user)
        .await?
        .into_iter()
        .find(|f| f.kind == FactorKind::Text)
        .ok_or(Refusal::NotFound)?;
    may_send(tx, user).await?;
    let (factor, code) = factor.with_code(tx)?;
    tx.save(&factor).await?;
    Ok(code)
}

/// The last digits of a number, which its owner recognizes.
#[must_use]
pub fn last_digits(phone: &Phone) -> String {
    let text = phone.to_string();
    format!("…{}", &text[text.len().saturating_sub(2)..])
}
