//! The content of one entry. Its bytes are stored and hashed verbatim, so the format is frozen: fields are only
//! added, and optional ones are omitted when empty.
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// The outcome of an action.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Success: the view was returned, or the change was saved.
    Done,
    /// Denied: not allowed, not found, invalid or in conflict.
    Refused,
    /// A failure of the system.
    Fault,
}

impl Outcome {
    /// Its word in entries and filters.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Fault => "fault",
        }
    }
    /// The outcome with this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [Self::Done, Self::Refused, Self::Fault]
            .into_iter()
            .find(|outcome| outcome.word() == word)
    }
}

/// A record that was touched, and its fields that were seen or changed, by name. Never values.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// The record's kind.
    pub kind: String,
    /// The record's id.
    pub id: String,
    /// Protected fields shown in clear.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revealed: Vec<String>,
    /// Fields changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// The version that it was saved as, where fields were changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// One entry of the log (AL1): who, what, when, from where, how it ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// The form's version; 1.
    pub v: u8,
    /// The entry's id.
    pub id: String,
    /// When, in RFC 3339, UTC.
    pub at: String,
    /// The workspace whose log this is.
    pub workspace: String,
    /// Who: a user's id or the name of a system role.
    pub actor: String,
    /// The actor's role.
    pub role: String,
    /// The session or key used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The network address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The user agent, as it names itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What: the name of the query or command.
    pub action: String,
    /// The permission it needed.
    pub permission: String,
    /// The outcome.
    pub outcome: Outcome,
    /// Why it was refused, as a fixed word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Which records and fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Seen>,
    /// Whether the entry is indexed under every record it mentions (HIPAA mode), rather than only those with fields
    /// shown or changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub every: bool,
    /// Number of rows a list returned; `None` if the action was not a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<u64>,
    /// Commitment to text that may name a client and is stored separately, encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<String>,
}

impl Seen {
    /// Whether any of its fields were shown or changed.
    #[must_use]
    pub const fn is_told(&self) -> bool {
        !self.revealed.is_empty() || !self.changed.is_empty()
    }
}

impl Entry {
    /// The records the entry is indexed under.
    pub fn found_by(&self) -> impl Iterator<Item = &Seen> {
        self.records
            .iter()
            .filter(|seen| self.every || seen.is_told())
    }
    /// The bytes that are stored and hashed.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
    /// Reads stored bytes.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// HMAC-SHA-256 over a separately encrypted payload, keyed by its random salt: erasing salt and payload leaves the
/// entry provable and the payload unguessable.
#[must_use]
pub fn commitment(salt: &[u8; 32], payload: &[u8]) -> String {
    STANDARD.encode(hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, salt),
        payload,
    ))
}
