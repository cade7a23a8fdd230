//! Local dates and times.
use crate::{Instant, Rule};
use jiff::civil;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The result of resolving a local time in a zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// The ordinary case.
    Once(Instant),
    /// The clock jumps over it; `next` is the time it would show instead.
    Never {
        /// The wall-clock time an hour (or whatever the jump is) later.
        next: WallTime,
    },
    /// The clock shows it twice.
    Twice {
        /// The first of the two, before the clock goes back.
        first: Instant,
        /// The later of the two.
        second: Instant,
    },
}

/// A calendar date in years 1900–2199.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, JsonSchema)]
#[schemars(with = "String", extend("format" = "date"))]
pub struct LocalDate(pub(crate) civil::Date);

impl LocalDate {
    /// The date this many days later (earlier when negative).
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        self.0
            .checked_add(jiff::Span::new().days(days))
            .map_or(self, Self)
    }
    /// The weekday's English name.
    #[must_use]
    pub fn weekday(self) -> &'static str {
        [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ][usize::from(self.0.weekday().to_monday_zero_offset().unsigned_abs()) % 7]
    }
    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }
    /// The month's place in the year, from 1.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }
    /// The day's place in the month, from 1.
    #[must_use]
    pub fn day(self) -> i8 {
        self.0.day()
    }
    /// The day's place in the week, where Monday is 0.
    #[must_use]
    pub fn day_of_week(self) -> i8 {
        self.0.weekday().to_monday_zero_offset()
    }
    /// As people write it: `Sun, Mar 14, 2027`.
    #[must_use]
    pub fn long(self) -> String {
        self.0.strftime("%a, %b %-d, %Y").to_string()
    }
    /// Without the year: "Tue, Dec 1".
    #[must_use]
    pub fn short(self) -> String {
        self.0.strftime("%a, %b %-d").to_string()
    }
    /// Month and day: "Dec 1".
    #[must_use]
    pub fn month_day(self) -> String {
        self.0.strftime("%b %-d").to_string()
    }
    /// Weekday and day of the month: "Tue 1".
    #[must_use]
    pub fn weekday_and_day(self) -> String {
        self.0.strftime("%a %-d").to_string()
    }
    /// In full words: "Tuesday, December 1".
    #[must_use]
    pub fn in_words(self) -> String {
        self.0.strftime("%A, %B %-d").to_string()
    }
    /// The first day of the week it is in, of weeks that begin on this weekday, by its English name.
    #[must_use]
    pub fn week_start(self, weekday: &str) -> Self {
        (0..7)
            .map(|days| self.plus_days(-days))
            .find(|day| day.weekday() == weekday)
            .unwrap_or(self)
    }
    /// The first day of the month `months` later.
    #[must_use]
    pub fn month_start(self, months: i64) -> Self {
        self.0
            .first_of_month()
            .checked_add(jiff::Span::new().months(months))
            .map_or(self, Self)
    }
}

impl FromStr for LocalDate {
    type Err = Rule;
    /// Reads `2027-03-14` and, as American files have it, `03/14/2027`.
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let raw = raw.trim();
        let iso = civil::Date::strptime("%Y-%m-%d", raw)
            .or_else(|_| civil::Date::strptime("%m/%d/%Y", raw));
        match iso {
            Ok(date) if (1900..2200).contains(&date.year()) => Ok(Self(date)),
            _ => Err(Rule::new("must be a date like 2027-03-14 or 03/14/2027")),
        }
    }
}
impl fmt::Display for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl Serialize for LocalDate {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for LocalDate {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(d)?;
        raw.parse().map_err(serde::de::Error::custom)
    }
}

/// A date and a time of day to the minute, without a zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct WallTime {
    /// The day.
    pub date: LocalDate,
    pub(crate) minute: u16,
}

impl WallTime {
    /// A date and a time of day such as `09:30`, `9:30 pm`, `930`, `9a` or `9 p.m.`
    ///
    /// # Errors
    /// When the text is no time of day.
    pub fn parse(date: LocalDate, time: &str) -> Result<Self, Rule> {
        let rule = || Rule::new("must be a time of day like 9:30 AM");
        let lower = time.trim().to_ascii_lowercase().replace('.', "");
        let halves = [("pm", 12), ("p", 12), ("am", 0), ("a", 0)];
        let of_half = halves
            .iter()
            .find_map(|(mark, half)| Some((lower.strip_suffix(mark)?, half)));
        let (clock, half) = match of_half {
            Some((clock, half)) => (clock.trim(), Some(half)),
            None => (lower.as_str(), None),
        };
        let (h, m) = match (clock.split_once(':'), clock.len()) {
            (Some(parts), _) => parts,
            (None, 3 | 4) if clock.is_ascii() => clock.split_at(clock.len() - 2),
            // The hour alone could be meant for either half of the day.
            (None, 1 | 2) if half.is_some() => (clock, "00"),
            _ => return Err(rule()),
        };
        if h.len() > 2 || m.len() != 2 {
            return Err(rule());
        }
        let (h, m): (u16, u16) = (
            h.parse().map_err(|_| rule())?,
            m.parse().map_err(|_| rule())?,
        );
        let hour = match half {
            Some(half) if (1..=12).contains(&h) => h % 12 + half,
            None if h < 24 => h,
            _ => return Err(rule()),
        };
        if m < 60 {
            Ok(Self {
                date,
                minute: hour * 60 + m,
            })
        } else {
            Err(rule())
        }
    }
    /// The hour, 0 to 23.
    #[must_use]
    pub const fn hour(self) -> u16 {
        self.minute / 60
    }
    /// The time of day as `09:30`.
    #[must_use]
    pub fn clock(self) -> String {
        format!("{:02}:{:02}", self.minute / 60, self.minute % 60)
    }
    /// The time of day as people say it: "1:05 PM".
    #[must_use]
    pub fn said(self) -> String {
        format!("{} {}", self.hands(), self.half())
    }
    /// From this time to another, with AM or PM once where it is the same: "8:00 – 9:00 AM".
    #[must_use]
    pub fn until(self, end: Self) -> String {
        if self.half() == end.half() && self.date == end.date {
            format!("{} – {}", self.hands(), end.said())
        } else {
            format!("{} – {}", self.said(), end.said())
        }
    }
    /// The hands of the clock: "1:05".
    #[must_use]
    pub fn hands(self) -> String {
        let hour = match self.hour() % 12 {
            0 => 12,
            other => other,
        };
        format!("{hour}:{:02}", self.minute % 60)
    }
    /// Whether it is before noon.
    #[must_use]
    pub const fn is_morning(self) -> bool {
        self.hour() < 12
    }
    const fn half(self) -> &'static str {
        if self.is_morning() { "AM" } else { "PM" }
    }
    pub(crate) fn datetime(self) -> civil::DateTime {
        let (h, m) = (
            i8::try_from(self.minute / 60).unwrap_or(0),
            i8::try_from(self.minute % 60).unwrap_or(0),
        );
        self.date.0.at(h, m, 0, 0)
    }
}

impl FromStr for WallTime {
    type Err = Rule;
    /// Reads `2027-03-14T09:30`.
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let (date, time) = raw
            .split_once('T')
            .ok_or_else(|| Rule::new("must be a date and time like 2027-03-14T09:30"))?;
        Self::parse(date.parse()?, time)
    }
}
impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.clock())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Zone;

    fn denver() -> Zone {
        "America/Denver".parse().unwrap()
    }
    fn wall(text: &str) -> WallTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_the_clock_jumps_over_is_told_with_the_time_after_the_jump() {
        assert_eq!(
            denver().moment(wall("2027-03-14T02:30")),
            Moment::Never {
                next: wall("2027-03-14T03:30")
            }
        );
    }

    #[test]
    fn a_time_the_clock_shows_twice_is_told_with_both_instants() {
        let Moment::Twice { first, second } = denver().moment(wall("2027-11-07T01:30")) else {
            panic!("expected a fold")
        };
        assert_eq!(second.minutes_since(first), 60);
    }

    #[test]
    fn a_wall_time_comes_back_from_its_instant() {
        let Moment::Once(at) = denver().moment(wall("2027-03-14T23:45")) else {
            panic!("expected one instant")
        };
        assert_eq!(
            (at.to_string().as_str(), denver().wall_time(at)),
            ("2027-03-15T05:45:00Z", wall("2027-03-14T23:45"))
        );
        assert_eq!(denver().abbreviation(at), "MDT");
    }

    #[test]
    fn both_ways_of_writing_a_date_are_read_and_impossible_ones_refused() {
        assert_eq!("03/14/2027".parse::<LocalDate>(), "2027-03-14".parse());
        for bad in ["2027-02-30", "14/03/2027", "", "tomorrow", "1027-01-01"] {
            assert!(bad.parse::<LocalDate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn times_of_day_are_read_in_both_styles_and_impossible_ones_refused() {
        let day: LocalDate = "2027-03-01".parse().unwrap();
        let read = [
            ("9:05", "09:05"),
            ("12:00 am", "00:00"),
            ("23:59", "23:59"),
            ("930", "09:30"),
            ("1430", "14:30"),
            ("9a", "09:00"),
            ("9 p.m.", "21:00"),
            ("1230p", "12:30"),
        ];
        for (text, clock) in read.into_iter().chain([("12:30PM", "12:30")]) {
            assert_eq!(WallTime::parse(day, text).unwrap().clock(), clock);
        }
        for bad in [
            "25:00", "24:00", "9", "9:5", "13:00 pm", "::", "aa:bb", "9m", "99p", "12345", "9é0",
            "p",
        ] {
            assert!(WallTime::parse(day, bad).is_err(), "{bad}");
        }
    }
}
