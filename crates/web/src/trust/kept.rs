//! A value of a record's history as a person reads it.
use super::sentence::{doer, kind_named};
use crate::shared::{
    filters::upper_first,
    record_page::{ListLink, list_of, page_of},
    time,
};
use interpres_gate::{Change, RecordVersion};
use interpres_rates::Card;
use interpres_types::{Cents, Language, LocalDate, RecordId, WallTime};
use serde_json::Value;

/// A field before and after.
pub(crate) struct Changed {
    pub(crate) field: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl Changed {
    pub(crate) fn of(change: &Change, zone: &str) -> Self {
        let told = |value: &Option<String>, name: &Option<String>| {
            name.clone()
                .or_else(|| value.as_deref().map(|text| told(&change.field, text, zone)))
                .filter(|text| !text.is_empty())
        };
        Self {
            field: field_said(&change.field),
            before: told(&change.before, &change.before_name),
            after: told(&change.after, &change.after_name),
        }
    }
}

/// Fields that only the program reads.
const HIDDEN: [&str; 3] = ["client_version", "name_key", "seat"];

/// What differs, without what is empty on both sides.
pub(crate) fn changes(all: &[Change], zone: &str) -> Vec<Changed> {
    all.iter()
        .filter(|change| !HIDDEN.contains(&change.field.as_str()))
        .map(|change| Changed::of(change, zone))
        .filter(|changed| changed.before != changed.after)
        .collect()
}

/// A field as people say it: where ids stand, they read names.
fn field_said(field: &str) -> String {
    let known = match field {
        "assigned_how" => say::step_assignment(),
        "held" => say::kept_filled(),
        "overridden" => say::kept_overridden(),
        "wall_start" => say::kept_local_start(),
        "zip" => say::field_zip(),
        "zone" => say::field_zone(),
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let name = field
        .strip_suffix("_id")
        .map(str::to_owned)
        .or_else(|| field.strip_suffix("_ids").map(|stem| format!("{stem}s")));
    let words = upper_first(&name.as_deref().unwrap_or(field).replace('_', " "));
    say::overheard(&words).into_owned()
}

/// Fields whose values are words of the house, such as `in-person`.
const WORDS: [&str; 12] = [
    "assigned_how",
    "ended_by",
    "end_reason",
    "gender",
    "kind",
    "mode",
    "outcome",
    "role",
    "service_type",
    "state",
    "status",
    "verdict",
];

fn told(field: &str, text: &str, zone: &str) -> String {
    let cents = || text.parse().ok().map(|n| format!("${}", Cents(n)));
    let special = match field {
        _ if text.parse::<RecordId>().is_ok() => {
            Some(say::kept_record(say::overheard(&stem(field))))
        }
        "language" => text.parse::<Language>().ok().map(language),
        "latitude" | "longitude" => degrees(text),
        "hourly" | "rate" | "total" => cents(),
        _ if text == "true" => Some(say::kept_yes().to_owned()),
        _ if text == "false" => Some(say::kept_no().to_owned()),
        _ if field.ends_with("_at") || field.starts_with("visible_") => moment(text, zone),
        _ if field.ends_with("_total") => cents(),
        _ if field.ends_with("_rate") => serde_json::from_str::<Card>(text)
            .ok()
            .map(|card| card.to_string()),
        _ if field.ends_with("_trace") => Some(say::calculation().to_owned()),
        _ if WORDS.contains(&field)
            && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') =>
        {
            Some(word_said(text))
        }
        _ => None,
    };
    special
        .or_else(|| wall(text))
        .or_else(|| listed(field, text, zone))
        .unwrap_or_else(|| text.to_owned())
}

/// A word of the house on a page: `in-person` becomes `In person`.
fn word_said(word: &str) -> String {
    say::overheard(&upper_first(&word.replace('-', " "))).into_owned()
}

/// A language by its name.
fn language(of: Language) -> String {
    say::overheard(&of.to_string()).into_owned()
}

/// What the ids in a field are of.
fn stem(field: &str) -> String {
    let stem = field.trim_end_matches("_ids").trim_end_matches("_id");
    stem.replace('_', " ")
}

fn degrees(text: &str) -> Option<String> {
    let millionths: i64 = text.parse().ok()?;
    let sign = if millionths < 0 { "−" } else { "" };
    let abs = millionths.unsigned_abs();
    Some(format!(
        "{sign}{}.{:04}°",
        abs / 1_000_000,
        abs % 1_000_000 / 100
    ))
}

fn moment(text: &str, zone: &str) -> Option<String> {
    let at = text.parse().ok().or_else(|| {
        let micros = text.parse().ok()?;
        Some(interpres_types::Instant::from_micros(micros))
    });
    at.map(|at| time::moment(at, zone))
}

/// A day, or a time on a wall.
fn wall(text: &str) -> Option<String> {
    if let Ok(wall) = text.parse::<WallTime>() {
        return Some(time::wall(wall));
    }
    let day: LocalDate = text.parse().ok()?;
    Some(time::date(day))
}

/// What was kept as JSON: a list, or names and values.
fn listed(field: &str, text: &str, zone: &str) -> Option<String> {
    if !text.starts_with(['[', '{']) {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    Some(match (field, &value) {
        ("languages", Value::Array(all)) => all
            .iter()
            .filter_map(Value::as_str)
            .map(|tag| {
                tag.parse::<Language>()
                    .map_or_else(|_| tag.to_owned(), language)
            })
            .collect::<Vec<_>>()
            .join(", "),
        ("service_types", Value::Array(all)) => all
            .iter()
            .filter_map(Value::as_str)
            .map(word_said)
            .collect::<Vec<_>>()
            .join(", "),
        _ => flat(&value, zone),
    })
}

fn flat(value: &Value, zone: &str) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => say::kept_yes().to_owned(),
        Value::Bool(false) => say::kept_no().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => match text.parse() {
            Ok(at) => time::moment(at, zone),
            Err(_) => text.clone(),
        },
        Value::Array(all) => all
            .iter()
            .map(|one| flat(one, zone))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Object(all) => all
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| format!("{}: {}", name.replace('_', " "), flat(value, zone)))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

/// A version as the page shows it.
pub(crate) struct Version {
    pub(crate) number: i64,
    pub(crate) at: interpres_types::Instant,
    pub(crate) who: String,
    pub(crate) person: bool,
    pub(crate) changes: Vec<Changed>,
}

impl Version {
    pub(crate) fn of(version: &RecordVersion, zone: &str) -> Self {
        let who = doer(&version.actor, version.actor_name.as_deref(), "");
        Self {
            number: version.version,
            at: version.at,
            who: who.name,
            person: who.person,
            changes: changes(&version.changes, zone),
        }
    }
}

/// The heading of a history: what its record is called, and where that is looked at.
pub(crate) struct HistoryHeading {
    /// "appointment".
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) path: Option<String>,
    /// The list that it stands in, where there is one.
    pub(crate) list: Option<ListLink>,
}

impl HistoryHeading {
    /// A record, called as the latest of these versions have it.
    pub(crate) fn of(kind: &str, id: &str, versions: &[RecordVersion]) -> Self {
        let named = |field: &str| {
            let changes = versions.iter().flat_map(|version| &version.changes);
            let mut latest = changes.filter(|change| change.field == field);
            latest.find_map(|change| change.after.clone())
        };
        let name = match kind {
            "interpreter" => named("first_name")
                .zip(named("last_name"))
                .map(|(first, last)| format!("{first} {last}")),
            "appointment" => named("reference"),
            "customer" | "member" | "team" | "role" | "service" | "provider" => named("name"),
            _ => None,
        };
        let said = kind_named(kind, false);
        Self {
            name: name.unwrap_or_else(|| upper_first(&said)),
            kind: said,
            path: page_of(kind, id),
            list: list_of(kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_values_read_as_people_write_them() {
        for (field, text, words) in [
            ("service_type", "in-person", "In person"),
            ("latitude", "39739000", "39.7390°"),
            ("longitude", "-104990000", "−104.9900°"),
            ("bill_total", "4500", "$45.00"),
            ("languages", "[\"es\",\"vi\"]", "Spanish, Vietnamese"),
            ("held", "true", "Yes"),
            (
                "wall_start",
                "2027-03-03T09:30",
                "Wed, Mar 3, 2027, 9:30 AM",
            ),
            ("settings", "{\"a_b\":1}", "a b: 1"),
            ("notes", "as typed", "as typed"),
            (
                "client_id",
                "01a1ade8-8820-7002-83c1-8dcb068c1e1a",
                "A client record",
            ),
        ] {
            assert_eq!(told(field, text, "America/Denver"), words, "{field}");
        }
        assert_eq!(field_said("customer_id"), "Customer");
    }
}
