//! Times as people read them, each in one way and in the language that is spoken: on the clock of the place first.
use interpres_types::{Instant, LocalDate, WallTime, Zone};

/// A time where it happens: "Sat, Nov 28, 2026, 1:00 PM MST".
pub(crate) fn moment(at: Instant, zone: &str) -> String {
    in_zone(at, zone, |zone| {
        let wall = zone.wall_time(at);
        say::moment(date(wall.date), told(wall), zone.abbreviation(at))
    })
}

/// A day and a time of day: "Sat, Nov 28, 2026, 1:00 PM".
pub(crate) fn wall(wall: WallTime) -> String {
    say::date_and_time(date(wall.date), told(wall))
}

/// A time of day: "1:00 PM".
pub(crate) fn clock(at: Instant, zone: &str) -> String {
    in_zone(at, zone, |zone| told(zone.wall_time(at)))
}

/// The hands of a clock: "1:00".
pub(crate) fn hands(at: Instant, zone: &str) -> String {
    in_zone(at, zone, |zone| zone.wall_time(at).hands())
}

/// Which half of the day it is: "PM".
pub(crate) fn half(at: Instant, zone: &str) -> String {
    in_zone(at, zone, |zone| half_of(zone.wall_time(at)).to_owned())
}

/// A day without its year: "Sat, Nov 28".
pub(crate) fn day(at: Instant, zone: &str) -> String {
    in_zone(at, zone, |zone| {
        let date = zone.wall_time(at).date;
        say::date_short(date.day(), month_short(date), weekday_short(date))
    })
}

/// A day with its year: "Sat, Nov 28, 2026".
pub(crate) fn long_day(at: Instant, zone: &str) -> String {
    in_zone(at, zone, |zone| date(zone.wall_time(at).date))
}

/// From one time to another: "8:00 – 9:00 AM".
pub(crate) fn range(start: Instant, end: Instant, zone: &str) -> String {
    in_zone(start, zone, |zone| {
        wall_range(zone.wall_time(start), zone.wall_time(end))
    })
}

/// The same where both are known as the wall clock shows them.
pub(crate) fn wall_range(start: WallTime, end: WallTime) -> String {
    let first = if start.is_morning() == end.is_morning() && start.date == end.date {
        start.hands()
    } else {
        told(start)
    };
    say::clock_range(told(end), first)
}

/// A day with its year: "Sat, Nov 28, 2026".
pub(crate) fn date(date: LocalDate) -> String {
    say::date_long(
        date.day(),
        month_short(date),
        weekday_short(date),
        date.year(),
    )
}

/// A day in full words: "Saturday, November 28".
pub(crate) fn in_words(date: LocalDate) -> String {
    say::date_words(date.day(), month(date), weekday(date))
}

/// A weekday and the day of its month: "Sat 28".
pub(crate) fn weekday_and_day(date: LocalDate) -> String {
    format!("{} {}", weekday_short(date), date.day())
}

/// A day of the year: "Nov 28".
pub(crate) fn month_day(date: LocalDate) -> String {
    say::date_of_year(date.day(), month_short(date))
}

/// A day of another year: "Nov 28, 2025".
pub(crate) fn month_day_year(date: LocalDate) -> String {
    say::date_with_year(date.day(), month_short(date), date.year())
}

fn told(wall: WallTime) -> String {
    say::clock_time(half_of(wall), wall.hands())
}

fn half_of(wall: WallTime) -> &'static str {
    if wall.is_morning() {
        say::half_am()
    } else {
        say::half_pm()
    }
}

fn weekday(date: LocalDate) -> &'static str {
    match date.day_of_week() {
        0 => say::monday(),
        1 => say::tuesday(),
        2 => say::wednesday(),
        3 => say::thursday(),
        4 => say::friday(),
        5 => say::saturday(),
        _ => say::sunday(),
    }
}

fn weekday_short(date: LocalDate) -> &'static str {
    match date.day_of_week() {
        0 => say::monday_short(),
        1 => say::tuesday_short(),
        2 => say::wednesday_short(),
        3 => say::thursday_short(),
        4 => say::friday_short(),
        5 => say::saturday_short(),
        _ => say::sunday_short(),
    }
}

/// A weekday's letter: "S".
pub(crate) fn weekday_letter(date: LocalDate) -> &'static str {
    match date.day_of_week() {
        0 => say::monday_letter(),
        1 => say::tuesday_letter(),
        2 => say::wednesday_letter(),
        3 => say::thursday_letter(),
        4 => say::friday_letter(),
        5 => say::saturday_letter(),
        _ => say::sunday_letter(),
    }
}

fn month(date: LocalDate) -> &'static str {
    match date.month() {
        1 => say::january(),
        2 => say::february(),
        3 => say::march(),
        4 => say::april(),
        5 => say::may(),
        6 => say::june(),
        7 => say::july(),
        8 => say::august(),
        9 => say::september(),
        10 => say::october(),
        11 => say::november(),
        _ => say::december(),
    }
}

fn month_short(date: LocalDate) -> &'static str {
    match date.month() {
        1 => say::january_short(),
        2 => say::february_short(),
        3 => say::march_short(),
        4 => say::april_short(),
        5 => say::may_short(),
        6 => say::june_short(),
        7 => say::july_short(),
        8 => say::august_short(),
        9 => say::september_short(),
        10 => say::october_short(),
        11 => say::november_short(),
        _ => say::december_short(),
    }
}

/// The days of a filter: "from Dec 1", "to Dec 7", "Dec 1 – Dec 7", "Dec 1"; what is no day as it was typed.
pub(crate) fn dates(from: &str, to: &str) -> String {
    let day = |raw: &str| {
        let day: Option<LocalDate> = raw.parse().ok();
        day.map_or_else(|| raw.to_owned(), month_day)
    };
    match (from.trim(), to.trim()) {
        ("", "") => String::new(),
        (from, "") => say::from_day(day(from)),
        ("", to) => say::to_day(day(to)),
        (from, to) if from == to => day(from),
        (from, to) => format!("{} – {}", day(from), day(to)),
    }
}

/// By a zone's name; the records that hold one were parsed, so it is known. UTC says what it is.
fn in_zone(at: Instant, zone: &str, told: impl Fn(&Zone) -> String) -> String {
    zone.parse()
        .map_or_else(|_| at.to_string(), |zone| told(&zone))
}

/// How long it is until a time, or since: "in 48 min", "2 h 5 min ago", "in 3 days".
pub(crate) fn away(at: Instant, now: Instant) -> String {
    let minutes = at.minutes_since(now);
    match minutes {
        0 => say::away_now().to_owned(),
        1.. => say::away_in(long(minutes)),
        _ => say::away_ago(long(-minutes)),
    }
}

/// So many minutes: "48 min", "2 h 5 min", "3 days".
pub(crate) fn long(minutes: i64) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (hours, rest) {
        (0, _) => say::lasting_minutes(minutes),
        (1..24, 0) => say::lasting_hours(hours),
        (1..24, _) => say::lasting_both(hours, rest),
        _ => say::lasting_days(hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use interpres_types::PageLanguage;
    use say::speech::within_sync;

    fn at() -> Instant {
        "2026-11-28T20:00:00Z".parse().unwrap_or_default()
    }

    fn between(start: i64, end: i64) -> String {
        range(
            at().plus_minutes(start),
            at().plus_minutes(end),
            "America/Denver",
        )
    }

    #[test]
    fn times_are_told_as_people_in_the_us_write_them() {
        assert_eq!(
            moment(at(), "America/Denver"),
            "Sat, Nov 28, 2026, 1:00 PM MST"
        );
        assert_eq!(between(0, 60), "1:00 – 2:00 PM");
        assert_eq!(between(-90, 30), "11:30 AM – 1:30 PM");
        assert_eq!(between(-60, 0), "12:00 – 1:00 PM");
    }

    #[test]
    fn times_are_told_as_people_write_them_in_spanish_in_the_us() {
        within_sync(PageLanguage::Spanish, || {
            assert_eq!(
                moment(at(), "America/Denver"),
                "sáb, 28 nov 2026, 1:00 p. m. MST"
            );
            assert_eq!(between(-90, 30), "11:30 a. m. – 1:30 p. m.");
            let date = "2026-11-30".parse().map_or(String::new(), in_words);
            assert_eq!(date, "lunes, 30 de noviembre");
            assert_eq!(away(at().plus_minutes(48), at()), "en 48 min");
            assert_eq!(away(at().plus_minutes(-60), at()), "hace 1 h");
            assert_eq!(long(24 * 60), "1 día");
        });
    }

    #[test]
    fn the_days_of_a_filter_are_told_as_short_as_they_can_be() {
        assert_eq!(dates("", " "), "");
        assert_eq!(dates("2026-12-01", ""), "from Dec 1");
        assert_eq!(dates("", "2026-12-07"), "to Dec 7");
        assert_eq!(dates("2026-12-01", "2026-12-07"), "Dec 1 – Dec 7");
        assert_eq!(dates("2026-12-01", "2026-12-01"), "Dec 1");
        assert_eq!(dates("soon", ""), "from soon");
    }

    #[test]
    fn what_is_near_is_told_in_minutes_and_what_is_far_in_days() {
        let now = Instant::default();
        let told = |minutes| away(now.plus_minutes(minutes), now);
        assert_eq!(told(48), "in 48 min");
        assert_eq!(told(125), "in 2 h 5 min");
        assert_eq!(told(-60), "1 h ago");
        assert_eq!(told(24 * 60), "in 1 day");
        assert_eq!(told(49 * 60), "in 2 days");
        assert_eq!(told(0), "now");
    }
}
