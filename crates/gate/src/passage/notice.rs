//! Outgoing text. A notice is built from literals and mentionable types; there is no way to put a
//! `String` or a protected value into one, so it can't hold PHI.
use interpres_types::{
    Cents, Currency, Instant, Language, LocalDate, Minutes, NoticeId, Reference, UserId, WallTime,
    Zone,
};
use std::fmt::Write;

/// A type that may stand in a notice. The list is closed: it is implemented here and nowhere else.
pub trait Mention: sealed::Sealed + std::fmt::Display {}

mod sealed {
    pub trait Sealed {}
}

macro_rules! mentionable {
    ($($t:ty),+ $(,)?) => {$( impl sealed::Sealed for $t {} impl Mention for $t {} )+};
}
mentionable!(
    Language,
    LocalDate,
    Reference,
    WallTime,
    Zone,
    Minutes,
    Cents,
    Currency,
    i64,
    &'static str
);

/// A message that leaves the system or stands in somebody's bell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    pub(crate) path: String,
}

impl Notice {
    /// A notice of this kind that begins with these words.
    #[must_use]
    pub fn new(kind: &'static str, words: &'static str) -> Self {
        Self {
            kind,
            text: words.to_owned(),
            path: "/".to_owned(),
        }
    }
    /// More words.
    #[must_use]
    pub fn say(mut self, words: &'static str) -> Self {
        self.text.push_str(words);
        self
    }
    /// A value of a mentionable type.
    #[must_use]
    pub fn mention(mut self, value: &impl Mention) -> Self {
        let _ = write!(self.text, "{value}");
        self
    }
    /// A time at its place, as people write it.
    #[must_use]
    pub fn at(mut self, time: &WallTime) -> Self {
        let _ = write!(self.text, "{} at {}", time.date.long(), time.said());
        self
    }
    /// Where it leads: a fixed place.
    #[must_use]
    pub fn goes_to(mut self, place: &'static str) -> Self {
        self.path = place.to_owned();
        self
    }
    /// Where it leads: a fixed place and an id.
    #[must_use]
    pub fn leads_to(mut self, place: &'static str, id: impl interpres_types::Id) -> Self {
        self.path = format!("{place}/{id}");
        self
    }
}

crate::record! {
    /// A notice in somebody's bell.
    pub struct StoredNotice from NewStoredNotice in "notice" by NoticeId {
        /// Whose.
        user_id: UserId,
        /// When.
        at: Instant,
        /// What kind.
        kind: String,
        /// What it says. Never PHI.
        text: String,
        /// Where it leads.
        path: String,
        /// When it was read.
        read_at: Option<Instant>,
    }
}
