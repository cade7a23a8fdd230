use interpres_types::{Language, PictureId};
use std::collections::BTreeMap;

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

/// Hours before the start from which interpreters see a client's name, unless a workspace says
/// otherwise; and the most that it can say (AC5).
pub const REVEAL_HOURS: (i64, i64) = (24, 72);
/// Hours before the start inside which a cancellation is late, unless a workspace says otherwise; and
/// the most that it can say (SC7).
pub const LATE_HOURS: (i64, i64) = (24, 168);

/// What a workspace says of itself that any page may need (AC12). Kept among its settings, by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Office {
    /// Hours before the start from which interpreters see a client's name.
    pub reveal_hours: i64,
    /// Hours before the start inside which a cancellation is late.
    pub late_hours: i64,
    /// The day on which its week begins.
    pub week_start: WeekStart,
    /// The languages that it is asked for most: they are offered first.
    pub languages: Vec<Language>,
    /// Its logo.
    pub logo: Option<PictureId>,
}

impl Office {
    /// What is said among a workspace's settings; a text that can't be read says nothing.
    #[must_use]
    pub fn of(settings: &BTreeMap<String, String>) -> Self {
        let said = |name: &str| settings.get(name).map(String::as_str).unwrap_or_default();
        let hours = |name: &str, (usual, most): (i64, i64)| {
            said(name).parse().unwrap_or(usual).clamp(1, most)
        };
        Self {
            reveal_hours: hours("reveal_hours", REVEAL_HOURS),
            late_hours: hours("late_hours", LATE_HOURS),
            week_start: said("week_start").parse().unwrap_or(WeekStart::Sunday),
            languages: said("languages")
                .split(';')
                .filter_map(Language::of_tag)
                .collect(),
            logo: said("logo").parse().ok(),
        }
    }
}
