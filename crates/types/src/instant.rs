//! Points and stretches of time.
use crate::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// A point in time: microseconds since 1970-01-01T00:00:00Z. Printed as RFC 3339 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, JsonSchema)]
#[schemars(with = "String", extend("format" = "date-time"))]
pub struct Instant(i64);

impl Instant {
    /// From microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }
    /// This many minutes later (earlier when negative); saturates at the ends of time.
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(60_000_000)))
    }
    /// This many seconds later (earlier when negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
    /// Whole minutes from `earlier` to here, rounded down; negative when `earlier` is later.
    #[must_use]
    pub const fn minutes_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(60_000_000)
    }
    /// The same instant for the calendar library. Instants outside years 1–9999 become the epoch.
    #[must_use]
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or_default()
    }
}

impl From<jiff::Timestamp> for Instant {
    fn from(t: jiff::Timestamp) -> Self {
        Self(t.as_microsecond())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl FromStr for Instant {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let rule =
            || Rule::new("must be a date and time with zone, like 2027-03-14T09:30:00-06:00");
        raw.trim()
            .parse::<jiff::Timestamp>()
            .map(Self::from)
            .map_err(|_| rule())
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(d)?;
        raw.parse().map_err(serde::de::Error::custom)
    }
}

/// A length of work: 1 to 1,440 minutes.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "i64", into = "i64")]
#[schemars(with = "i64", extend("minimum" = 1, "maximum" = 1440))]
pub struct Minutes(i64);

impl Minutes {
    /// The number of minutes.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Minutes {
    type Error = Rule;
    fn try_from(n: i64) -> Result<Self, Rule> {
        if (1..=1440).contains(&n) {
            Ok(Self(n))
        } else {
            Err(Rule::new("must be between 1 and 1,440 minutes (24 hours)"))
        }
    }
}

impl From<Minutes> for i64 {
    fn from(m: Minutes) -> Self {
        m.0
    }
}

impl FromStr for Minutes {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        raw.trim()
            .parse::<i64>()
            .map_err(|_| Rule::new("must be a whole number of minutes"))?
            .try_into()
    }
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number of minutes that may be zero: 0 to 1,440.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MinutesOrNone(i64);

impl MinutesOrNone {
    /// The number of minutes.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl FromStr for MinutesOrNone {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        raw.trim()
            .parse()
            .ok()
            .filter(|n| (0..=1440).contains(n))
            .map(Self)
            .ok_or(Rule::new("must be a whole number of minutes up to 1,440"))
    }
}

/// A stretch of time, start included, end not. Never empty and never backwards.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Span {
    start: Instant,
    end: Instant,
}

impl Span {
    /// From start and end.
    ///
    /// # Errors
    /// When the end is not after the start.
    pub fn new(start: Instant, end: Instant) -> Result<Self, Rule> {
        if end > start {
            Ok(Self { start, end })
        } else {
            Err(Rule::new("must end after it starts"))
        }
    }
    /// From a start and a length.
    #[must_use]
    pub const fn lasting(start: Instant, length: Minutes) -> Self {
        Self {
            start,
            end: start.plus_minutes(length.get()),
        }
    }
    /// The first moment inside.
    #[must_use]
    pub const fn start(self) -> Instant {
        self.start
    }
    /// The first moment after.
    #[must_use]
    pub const fn end(self) -> Instant {
        self.end
    }
    /// Whether the two spans overlap.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
    /// Whole minutes inside, rounded down.
    #[must_use]
    pub const fn minutes(self) -> i64 {
        self.end.minutes_since(self.start)
    }
}
