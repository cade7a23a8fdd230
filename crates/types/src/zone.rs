//! Time zones. Their rules come from the system's tzdata, so a change of law needs no new binary; a built-in copy is the
//! fallback.
use crate::{Instant, LocalDate, Moment, Rule, WallTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An IANA time zone name that the zone data know, such as `America/Denver`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Zone(String);

impl Zone {
    /// The zone's IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }
    fn rules(&self) -> TimeZone {
        TimeZone::get(&self.0).unwrap_or(TimeZone::UTC)
    }
    /// Local time in this zone at an instant.
    #[must_use]
    pub fn wall_time(&self, at: Instant) -> WallTime {
        let local = at.timestamp().to_zoned(self.rules()).datetime();
        WallTime {
            date: LocalDate(local.date()),
            minute: u16::from(local.hour().unsigned_abs()) * 60
                + u16::from(local.minute().unsigned_abs()),
        }
    }
    /// Resolves a local time to an instant. Gaps and folds are returned as such, never guessed (SC2).
    #[must_use]
    pub fn moment(&self, wall: WallTime) -> Moment {
        let zone = self.rules();
        let local = wall.datetime();
        let at = |offset: jiff::tz::Offset| {
            offset
                .to_timestamp(local)
                .map(Instant::from)
                .unwrap_or_default()
        };
        match zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => Moment::Once(at(offset)),
            AmbiguousOffset::Gap { before, .. } => Moment::Never {
                next: self.wall_time(at(before)),
            },
            AmbiguousOffset::Fold { before, after } => Moment::Twice {
                first: at(before),
                second: at(after),
            },
        }
    }
    /// The first moment of a day; the first one after, where midnight is jumped over.
    #[must_use]
    pub fn midnight(&self, day: LocalDate) -> Instant {
        let first = |wall| match self.moment(wall) {
            Moment::Once(at) | Moment::Twice { first: at, .. } => Ok(at),
            Moment::Never { next } => Err(next),
        };
        first(WallTime {
            date: day,
            minute: 0,
        })
        .or_else(first)
        .unwrap_or_default()
    }
    /// The zone's short name at that time, such as `MST`.
    #[must_use]
    pub fn abbreviation(&self, at: Instant) -> String {
        self.rules()
            .to_offset_info(at.timestamp())
            .abbreviation()
            .to_owned()
    }
}

impl TryFrom<String> for Zone {
    type Error = Rule;
    fn try_from(raw: String) -> Result<Self, Rule> {
        raw.parse()
    }
}
impl From<Zone> for String {
    fn from(z: Zone) -> Self {
        z.0
    }
}
impl FromStr for Zone {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let raw = raw.trim();
        let known = raw.contains('/') || raw == "UTC";
        match TimeZone::get(raw) {
            Ok(zone) if known => Ok(Self(zone.iana_name().unwrap_or(raw).to_owned())),
            _ => Err(Rule::new("must be a time zone, like America/Denver")),
        }
    }
}
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
