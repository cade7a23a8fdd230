//! Times as people read them, each in one way: on the clock of the place first, in the US form.
use interpres_types::{Instant, LocalDate, Zone};

/// A time where it happens: "Sat, Nov 28, 2026, 1:00 PM MST".
pub(crate) fn moment(at: Instant, zone: &str) -> String {
    in_zone(at, zone, |zone| {
        let wall = zone.wall_time(at);
        format!(
            "{}, {} {}",
            wall.date.long(),
            wall.said(),
            zone.abbreviation(at)
        )
    })
}

/// A time of day: "1:00 PM".
pub(crate) fn clock(at: Instant, zone: &str) -> String {
    in_zone(at, zone, |zone| zone.wall_time(at).said())
}

/// A day without its year: "Sat, Nov 28".
pub(crate) fn day(at: Instant, zone: &str) -> String {
    in_zone(at, zone, |zone| zone.wall_time(at).date.short())
}

/// From one time to another: "8:00 – 9:00 AM".
pub(crate) fn range(start: Instant, end: Instant, zone: &str) -> String {
    in_zone(start, zone, |zone| {
        zone.wall_time(start).until(zone.wall_time(end))
    })
}

/// The days of a filter: "from Dec 1", "to Dec 7", "Dec 1 – Dec 7", "Dec 1"; what is no day as it was typed.
pub(crate) fn dates(from: &str, to: &str) -> String {
    let day = |raw: &str| {
        let day: Option<LocalDate> = raw.parse().ok();
        day.map_or_else(|| raw.to_owned(), LocalDate::month_day)
    };
    match (from.trim(), to.trim()) {
        ("", "") => String::new(),
        (from, "") => format!("from {}", day(from)),
        ("", to) => format!("to {}", day(to)),
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
        0 => "now".to_owned(),
        1.. => format!("in {}", long(minutes)),
        _ => format!("{} ago", long(-minutes)),
    }
}

/// So many minutes: "48 min", "2 h 5 min", "3 days".
pub(crate) fn long(minutes: i64) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (hours, rest) {
        (0, _) => format!("{minutes} min"),
        (1..24, 0) => format!("{hours} h"),
        (1..24, _) => format!("{hours} h {rest} min"),
        _ if hours < 48 => "1 day".to_owned(),
        _ => format!("{} days", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_people_in_the_us_write_them() {
        let at = "2026-11-28T20:00:00Z".parse().unwrap_or_default();
        assert_eq!(
            moment(at, "America/Denver"),
            "Sat, Nov 28, 2026, 1:00 PM MST"
        );
        let range = |start: i64, end: i64| {
            range(
                at.plus_minutes(start),
                at.plus_minutes(end),
                "America/Denver",
            )
        };
        assert_eq!(range(0, 60), "1:00 – 2:00 PM");
        assert_eq!(range(-90, 30), "11:30 AM – 1:30 PM");
        assert_eq!(range(-60, 0), "12:00 – 1:00 PM");
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
