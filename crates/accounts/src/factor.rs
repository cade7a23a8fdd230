use crate::text_codes::last_digits;
use interpres_gate::{Credential, Json, Phi, ReadTx, Refusal, Val, WriteTx, record, words};
use interpres_types::{FactorId, Instant, Line, UserId};
use serde::Serialize;

words! {
    /// The kind of a second factor (AU2).
    FactorKind, "must be app, passkey, text or codes" {
        /// An app that shows a code every thirty seconds (TOTP, RFC 6238).
        App = "app", "Authenticator app";
        /// A passkey or a hardware key (WebAuthn); also signs in without a password.
        Passkey = "passkey", "Passkey";
        /// Codes by text message to a telephone: the weakest, where it is allowed at all.
        Text = "text", "Text message";
        /// Printed recovery codes, for when the other factors are lost. They are not for daily sign-in, so having
        /// them does not count as enrolled.
        Codes = "codes", "Recovery codes";
    }
}

record! {
    /// A second factor of a person. It belongs to their account, whatever their workspaces.
    pub struct Factor from NewFactor in "factor" by FactorId, sealed {
        /// Whose.
        user_id: UserId,
        /// Its kind.
        kind: FactorKind,
        /// The name its owner gave it.
        name: Line<80>,
        /// The seed of an app's codes, or the code that was sent to a telephone.
        secret: Option<Phi<Credential>>,
        /// A passkey's public part, the hashes of recovery codes, or a telephone's number.
        public: Option<Json<serde_json::Value>>,
        /// A passkey's id: no two people have the same.
        credential_id: Option<String>,
        /// The last 30-second step whose code was used (earlier ones are rejected), or the expiry of the code that
        /// was sent, in microseconds.
        last_step: Option<i64>,
        /// When it was set up.
        created_at: Instant,
        /// When it was last used.
        used_at: Option<Instant>,
        /// When it was removed.
        ended_at: Option<Instant>,
    }
}

/// A second factor as its owner sees it.
#[derive(Debug, Serialize)]
pub struct FactorCard {
    /// Its id.
    pub id: FactorId,
    /// Its kind.
    pub kind: FactorKind,
    /// The name its owner gave it.
    pub name: String,
    /// When it was set up.
    pub created_at: Instant,
    /// When it was last used.
    pub used_at: Option<Instant>,
    /// Number of unused recovery codes, for recovery codes only.
    pub left: Option<usize>,
    /// The last digits of the telephone number.
    pub number: Option<String>,
}

impl Factor {
    /// As its owner sees it.
    #[must_use]
    pub fn card(&self) -> FactorCard {
        let left = (self.kind == FactorKind::Codes).then(|| {
            self.public
                .as_ref()
                .and_then(|p| p.0.as_array().map(Vec::len))
                .unwrap_or(0)
        });
        FactorCard {
            id: self.id,
            kind: self.kind,
            name: self.name.to_string(),
            created_at: self.created_at,
            used_at: self.used_at,
            left,
            number: self.phone().as_ref().map(last_digits),
        }
    }
}

/// The second factors of a person.
pub(crate) async fn factors_of(tx: &mut ReadTx, user: UserId) -> Result<Vec<Factor>, Refusal> {
    tx.list(
        "where user_id = $1 and ended_at is null order by id limit 50",
        vec![Val::text(user)],
    )
    .await
}

/// Waits until nobody else adds, uses or takes away a second factor of this person.
pub(crate) async fn factors_alone(tx: &mut WriteTx, user: UserId) -> Result<(), Refusal> {
    tx.alone(format!("factor/{user}")).await.map(drop)
}

/// Those that count: text messages only where every workspace of the person takes them.
pub(crate) async fn usable_factors(tx: &mut ReadTx, user: UserId) -> Result<Vec<Factor>, Refusal> {
    let mut factors = factors_of(tx, user).await?;
    if factors.iter().any(|f| f.kind == FactorKind::Text) && !tx.texts_allowed(user).await? {
        factors.retain(|f| f.kind != FactorKind::Text);
    }
    Ok(factors)
}

/// Whether someone with these factors can be asked for a second factor.
pub(crate) fn enrolled(factors: &[Factor]) -> bool {
    factors.iter().any(|f| f.kind != FactorKind::Codes)
}
