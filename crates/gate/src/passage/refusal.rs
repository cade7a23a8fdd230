use crate::passage::assurance::Ask;
use interpres_store::StoreError;
use interpres_types::{Instant, Problems, Rule};
use std::fmt;

/// Why the gate said no. The contract with every caller; none of it ever holds a protected value.
#[derive(Debug)]
pub enum Refusal {
    /// There is no such record, or none that the actor may know of.
    NotFound,
    /// The actor sees it but may not do this.
    Forbidden,
    /// What came in breaks rules; which fields and which rules.
    Invalid(Problems),
    /// It does not fit how things stand now.
    Conflict(Conflict),
    /// Too much at once; try again after this many seconds.
    TooSoon(u64),
    /// There is no room left on the server's disk; nothing was saved.
    Full,
    /// Something must be proved first: the person stays where they are and comes back.
    Ask(Ask),
    /// Our failure. The caller learns an id that stands in the log.
    Fault(Fault),
}

/// How things stand, and what would be possible.
#[derive(Debug, Default)]
pub struct Conflict {
    /// What is in the way, for a person.
    pub message: String,
    /// What is allowed instead, by name.
    pub allowed: Vec<String>,
    /// The record's version now, when the caller's was older.
    pub version: Option<i64>,
    /// Who saved that version, as far as it is known.
    pub saved: Option<Box<LastSave>>,
    /// Of which record, until who saved it is known.
    pub record: Option<RecordName>,
}

/// Who saved a record last, and when.
#[derive(Debug)]
pub struct LastSave {
    /// By name.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// A record by its kind and id.
#[derive(Debug)]
pub struct RecordName {
    /// Its kind.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
}

/// A failure of the system.
pub struct Fault {
    /// The id under which its cause is logged.
    pub id: String,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Fault {
    /// A failure with its cause, not logged yet.
    pub fn because(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let id: String = interpres_vault::random::<6>()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        Self {
            id,
            cause: Some(cause.into()),
        }
    }
    /// Logs the cause, once, and lets go of it.
    pub(crate) fn log(&mut self, action: &str) {
        if let Some(cause) = self.cause.take() {
            tracing::error!(fault = %self.id, action, cause = %cause, "fault");
        }
    }
}
impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({})", self.id)
    }
}

impl Refusal {
    /// What is in the way, in words for a person.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict(Conflict {
            message: message.into(),
            ..Conflict::default()
        })
    }
    /// Somebody saved the record since the caller saw it.
    pub(crate) fn late(kind: &'static str, id: String, version: Option<i64>) -> Self {
        let message =
            "Somebody else changed this in the meantime. Look at it again before you save."
                .to_owned();
        Self::Conflict(Conflict {
            message,
            version,
            record: Some(RecordName { kind, id }),
            ..Conflict::default()
        })
    }
    /// One broken rule of one field.
    pub fn invalid(field: &'static str, rule: impl Into<Rule>) -> Self {
        Self::Invalid(Problems::one(field, rule))
    }
    /// Logs the cause, if this is a fault whose cause was not logged yet: for jobs, whose faults
    /// nobody is shown.
    #[must_use]
    pub fn logged(mut self, doing: &str) -> Self {
        if let Self::Fault(fault) = &mut self {
            fault.log(doing);
        }
        self
    }
    /// A failure of ours.
    pub fn fault(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Fault(Fault::because(cause))
    }
    /// The fixed word, and of broken rules which fields they are of; never what was in them. A name
    /// that is not one of ours may be anything, so it is not told.
    pub(crate) fn detail(&self) -> String {
        let ours = |name: &&str| {
            name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        };
        match self {
            Self::Invalid(problems) => {
                let names: Vec<&str> = problems
                    .list()
                    .iter()
                    .map(|p| p.field.as_ref())
                    .filter(ours)
                    .collect();
                format!("{}: {}", self.word(), names.join(", "))
            }
            _ => self.word().to_owned(),
        }
    }
    /// The fixed word that stands in the log.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Forbidden => "forbidden",
            Self::Invalid(_) => "invalid",
            Self::Conflict(_) => "conflict",
            Self::TooSoon(_) => "too-soon",
            Self::Full => "disk-full",
            Self::Ask(Ask::Proof) => "proof-needed",
            Self::Ask(Ask::Factor) => "factor-needed",
            Self::Ask(Ask::Terms) => "terms-needed",
            Self::Fault(_) => "fault",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("There is nothing here, or nothing you may see."),
            Self::Forbidden => f.write_str("Your role does not allow this. Ask an admin of your workspace."),
            Self::Invalid(problems) => {
                let all: Vec<String> = problems.list().iter().map(|p| format!("{} {}", p.field, p.rule)).collect();
                f.write_str(&all.join("; "))
            }
            Self::Conflict(c) => f.write_str(&c.message),
            Self::Full => f.write_str("The server’s disk is full, so nothing was saved. Whoever runs this server must make room; then try again."),
            Self::TooSoon(seconds) => write!(f, "Too much at once. Try again in {seconds} seconds."),
            Self::Ask(Ask::Proof) => {
                f.write_str("This needs fresh proof that it is you. Prove it again on the page, or use a key that was made after proving a second factor.")
            }
            Self::Ask(Ask::Terms) => f.write_str("The user terms must be accepted first. Sign in and read them."),
            Self::Ask(Ask::Factor) => f.write_str("Your workspace asks for a second factor. Set one up under Account → Login & Devices."),
            Self::Fault(fault) => write!(f, "Something went wrong on our side. Nothing was lost. Tell support this number: {}", fault.id),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Busy => Self::TooSoon(1),
            StoreError::Full => Self::Full,
            StoreError::Unique(_) => Self::conflict("This exists already."),
            StoreError::Broken(what) if what.contains("double_booking") => {
                Self::conflict("The interpreter is already booked at that time.")
            }
            other => Self::fault(other),
        }
    }
}
impl From<Problems> for Refusal {
    fn from(problems: Problems) -> Self {
        Self::Invalid(problems)
    }
}
impl From<interpres_vault::SealError> for Refusal {
    fn from(e: interpres_vault::SealError) -> Self {
        Self::fault(e)
    }
}
