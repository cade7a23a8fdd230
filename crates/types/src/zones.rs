//! Time zones as people know them, searchable by city, name or abbreviation.
use crate::{Zone, searchable};
use std::{collections::BTreeSet, sync::LazyLock};

/// A North American clock: its name, its abbreviations, and the IANA zones that follow it.
struct Clock {
    name: &'static str,
    letters: &'static str,
    zones: &'static [&'static str],
}

/// The first zone of each is the one that people mean by its name alone.
const CLOCKS: [Clock; 11] = [
    Clock {
        name: "Eastern Time",
        letters: "et est edt",
        zones: &[
            "America/New_York",
            "America/Detroit",
            "America/Indiana/Indianapolis",
            "America/Kentucky/Louisville",
            "America/Toronto",
        ],
    },
    Clock {
        name: "Central Time",
        letters: "ct cst cdt",
        zones: &[
            "America/Chicago",
            "America/Indiana/Knox",
            "America/Indiana/Tell_City",
            "America/Menominee",
            "America/North_Dakota/Beulah",
            "America/North_Dakota/Center",
            "America/North_Dakota/New_Salem",
            "America/Winnipeg",
        ],
    },
    Clock {
        name: "Mountain Time",
        letters: "mt mst mdt",
        zones: &["America/Denver", "America/Boise", "America/Edmonton"],
    },
    Clock {
        name: "Arizona Time",
        letters: "mst no daylight saving",
        zones: &["America/Phoenix"],
    },
    Clock {
        name: "Pacific Time",
        letters: "pt pst pdt",
        zones: &["America/Los_Angeles", "America/Vancouver"],
    },
    Clock {
        name: "Alaska Time",
        letters: "akst akdt",
        zones: &[
            "America/Anchorage",
            "America/Juneau",
            "America/Metlakatla",
            "America/Nome",
            "America/Sitka",
            "America/Yakutat",
        ],
    },
    Clock {
        name: "Hawaii Time",
        letters: "hst",
        zones: &["Pacific/Honolulu", "America/Adak"],
    },
    Clock {
        name: "Atlantic Time",
        letters: "ast adt",
        zones: &[
            "America/Puerto_Rico",
            "America/Halifax",
            "America/St_Thomas",
        ],
    },
    Clock {
        name: "Chamorro Time",
        letters: "chst",
        zones: &["Pacific/Guam", "Pacific/Saipan"],
    },
    Clock {
        name: "Samoa Time",
        letters: "sst",
        zones: &["Pacific/Pago_Pago"],
    },
    Clock {
        name: "Coordinated Universal Time",
        letters: "gmt",
        zones: &["UTC"],
    },
];

/// The parts of the world that zones are named after; whatever else the zone data know is another name of one of these.
const AREAS: [&str; 10] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];

fn clock(zone: &str) -> Option<&'static Clock> {
    CLOCKS.iter().find(|clock| clock.zones.contains(&zone))
}

/// A zone with its search terms.
struct Findable {
    zone: Zone,
    haystack: String,
}

/// All of them: those of the United States first, by clock, then the others by name.
static ALL: LazyLock<Vec<Findable>> = LazyLock::new(|| {
    let near = CLOCKS.iter().flat_map(|clock| clock.zones.iter().copied());
    let mut far: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| {
            let area = name.split('/').next().unwrap_or_default();
            AREAS.contains(&area) && clock(name).is_none()
        })
        .collect();
    far.sort_unstable();
    let mut seen = BTreeSet::new();
    near.map(str::to_owned)
        .chain(far)
        .filter(|name| seen.insert(name.to_lowercase()))
        .filter_map(|name| {
            let zone: Zone = name.parse().ok()?;
            let letters = clock(&name).map_or("", |clock| clock.letters);
            let plain = name.replace(['_', '/'], " ");
            Some(Findable {
                haystack: searchable(&format!("{} {name} {plain} {letters}", zone.words())),
                zone,
            })
        })
        .collect()
});

impl Zone {
    /// Display name: `Mountain Time — Denver`; zones without a named clock use their region.
    #[must_use]
    pub fn words(&self) -> String {
        let mut parts = self.name().split('/');
        let (area, city) = (
            parts.next().unwrap_or_default(),
            parts.next_back().map(|city| city.replace('_', " ")),
        );
        let name = clock(self.name()).map_or(area, |clock| clock.name);
        match city {
            Some(city) => format!("{name} — {city}"),
            None => name.to_owned(),
        }
    }
    /// Zones whose names contain all these words, ignoring case; all zones if the query is empty.
    #[must_use]
    pub fn search(asked: &str) -> Vec<Self> {
        let asked = searchable(asked.trim());
        let words: Vec<&str> = asked.split_whitespace().filter(|w| *w != "—").collect();
        ALL.iter()
            .filter(|one| words.iter().all(|word| one.haystack.contains(word)))
            .map(|one| one.zone.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(asked: &str) -> Vec<String> {
        Zone::search(asked).iter().map(Zone::words).collect()
    }

    #[test]
    fn a_zone_is_called_by_its_clock_and_its_city() {
        let told = |name: &str| name.parse::<Zone>().unwrap().words();
        assert_eq!(told("America/Denver"), "Mountain Time — Denver");
        assert_eq!(told("America/Indiana/Knox"), "Central Time — Knox");
        assert_eq!(told("Europe/Berlin"), "Europe — Berlin");
        assert_eq!(told("UTC"), "Coordinated Universal Time");
    }

    #[test]
    fn a_zone_is_found_by_city_clock_letters_or_its_name() {
        assert_eq!(told("denver"), ["Mountain Time — Denver"]);
        assert_eq!(told("mountain").first().unwrap(), "Mountain Time — Denver");
        assert_eq!(told("PST").first().unwrap(), "Pacific Time — Los Angeles");
        assert_eq!(told("america/los_angeles").len(), 1);
        assert_eq!(told("Mountain Time — Denver").len(), 1);
        assert_eq!(told("sao paulo"), ["America — Sao Paulo"]);
        assert_eq!(told("nowhere"), [""; 0]);
    }

    #[test]
    fn every_zone_is_there_once_and_those_of_the_united_states_come_first() {
        let all = Zone::search("");
        assert!(all.len() > 400, "{}", all.len());
        assert_eq!(all[0].name(), "America/New_York");
        let mut names: Vec<&str> = all.iter().map(Zone::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all.len());
    }
}
