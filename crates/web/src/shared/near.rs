//! Times near the present, told by how far they are: for lists, where a whole date would fill a column.
use super::time;
use interpres_types::{Instant, Zone};

/// A past moment in a list: "Today, 7:41 AM", "Yesterday, 9:14 PM", "Nov 28", "Nov 28, 2025".
pub(crate) fn near(at: Instant, now: Instant, zone: &Zone) -> String {
    let (then, today) = (zone.wall_time(at).date, zone.wall_time(now).date);
    if then == today {
        return say::near_today(time::clock(at, zone.name()));
    }
    if then.plus_days(1) == today {
        return say::near_yesterday(time::clock(at, zone.name()));
    }
    on_day(at, now, zone)
}

/// A day in a list, its year where it is another one: "Nov 28", "Nov 28, 2025".
pub(crate) fn on_day(at: Instant, now: Instant, zone: &Zone) -> String {
    let (then, today) = (zone.wall_time(at).date, zone.wall_time(now).date);
    if then.year() == today.year() {
        time::month_day(then)
    } else {
        time::month_day_year(then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_told_by_the_day() {
        let now: Instant = "2026-11-28T20:00:00Z".parse().unwrap_or_default();
        let zone: Zone = "America/Denver".parse().unwrap_or_else(|_| Zone::utc());
        let told = |hours: i64| near(now.plus_minutes(-hours * 60), now, &zone);
        assert_eq!(told(1), "Today, 12:00 PM");
        assert_eq!(told(24), "Yesterday, 1:00 PM");
        assert_eq!(told(72), "Nov 25");
        assert_eq!(told(365 * 24), "Nov 28, 2025");
    }
}
