use interpres_types::{Language, PictureId};
use std::ops::RangeInclusive;

crate::words! {
    /// The day on which a week begins.
    WeekStart, "must be monday, sunday or saturday" {
        /// As in Europe.
        Monday = "monday", "Monday";
        /// As in America.
        Sunday = "sunday", "Sunday";
        /// As in the Arab world.
        Saturday = "saturday", "Saturday";
    }
}

crate::setting!(WeekStart);

crate::settings! {
    /// What a workspace says of itself that any page may need (AC5, AC12).
    pub struct Office {
        /// Hours before the start from which interpreters see a client's name.
        reveal_hours: i64 = 24, in Office::REVEAL_HOURS;
        /// Hours before the start inside which a cancellation is late (SC7).
        late_hours: i64 = 24, in Office::LATE_HOURS;
        /// The day on which its week begins.
        week_start: WeekStart = WeekStart::Sunday;
        /// The languages that it is asked for most: they are offered first.
        languages: Vec<Language> = Vec::new();
        /// Its logo.
        logo: Option<PictureId> = None;
    }
}

impl Office {
    /// What [`Office::reveal_hours`] can be.
    pub const REVEAL_HOURS: RangeInclusive<i64> = 1..=72;
    /// What [`Office::late_hours`] can be.
    pub const LATE_HOURS: RangeInclusive<i64> = 1..=168;
}
