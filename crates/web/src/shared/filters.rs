//! How templates print what has no `Display`, and times where they belong.
use super::{
    frame::initials as first_letters,
    parts::{Toned, meaning_of, sign_of, tint_of},
    time,
};
use interpres_directory::ServiceType;
use interpres_gate::Shown;
use interpres_rates::Card;
use interpres_scheduling::Status;
use interpres_types::{Instant, Language};

/// A protected value that the gate let out. The only way to print one.
#[askama::filter_fn]
pub(crate) fn shown<T>(value: &Shown<T>, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(value.shown().to_owned())
}

/// The address of an asset.
#[askama::filter_fn]
pub(crate) fn asset(name: &str, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(crate::assets::url(name))
}

/// A field's name in words: `start_time` becomes `Start time`.
#[askama::filter_fn]
pub(crate) fn words(name: impl AsRef<str>, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(in_words(name.as_ref()))
}

/// What the words of a field's name alone would not say.
const CALLED: [(&str, &str); 8] = [
    ("zip", "ZIP code"),
    ("billing_zip", "Billing ZIP code"),
    ("zone", "Time zone"),
    ("health_care", "Health-care customer"),
    ("lep_client", "LEP client"),
    ("po_number", "PO number"),
    ("service_type", "Service"),
    ("service_types", "Services"),
];

/// A field's name in words.
pub(crate) fn in_words(name: &str) -> String {
    if let Some((_, words)) = CALLED.iter().find(|(field, _)| *field == name) {
        return (*words).to_owned();
    }
    let text = name.replace(['_', '-'], " ");
    let mut chars = text.chars();
    chars
        .next()
        .map(|c| c.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// A field's name in a record's history: where ids stand, people read names.
#[askama::filter_fn]
pub(crate) fn kept_field(field: &str, _: &dyn askama::Values) -> askama::Result<String> {
    let name = field
        .strip_suffix("_id")
        .map(str::to_owned)
        .or_else(|| field.strip_suffix("_ids").map(|stem| format!("{stem}s")));
    Ok(in_words(name.as_deref().unwrap_or(field)))
}

/// A value of a record's history as a person reads it.
#[askama::filter_fn]
pub(crate) fn kept(
    text: &str,
    _: &dyn askama::Values,
    field: &str,
    zone: &str,
) -> askama::Result<String> {
    let told = match (field, text) {
        ("language", _) => text
            .parse::<Language>()
            .ok()
            .map(|language| language.to_string()),
        (_, "true") => Some("yes".to_owned()),
        (_, "false") => Some("no".to_owned()),
        _ if field.ends_with("_at") => text.parse().ok().map(|at| time::moment(at, zone)),
        _ if field.ends_with("_rate") => serde_json::from_str::<Card>(text)
            .ok()
            .map(|card| card.to_string()),
        _ => None,
    };
    Ok(told.unwrap_or_else(|| text.to_owned()))
}

/// A time on the wall clock of a place: "Sat, Nov 28, 2026, 1:00 PM MST".
#[askama::filter_fn]
pub(crate) fn local(at: &Instant, _: &dyn askama::Values, zone: &str) -> askama::Result<String> {
    Ok(time::moment(*at, zone))
}

/// A time of day on the wall clock of a place: "1:00 PM".
#[askama::filter_fn]
pub(crate) fn clock(at: &Instant, _: &dyn askama::Values, zone: &str) -> askama::Result<String> {
    Ok(time::clock(*at, zone))
}

/// A day at a place: "Sat, Nov 28".
#[askama::filter_fn]
pub(crate) fn day(at: &Instant, _: &dyn askama::Values, zone: &str) -> askama::Result<String> {
    Ok(time::day(*at, zone))
}

/// How long it is until a time, or since: "in 48 min".
#[askama::filter_fn]
pub(crate) fn away(at: &Instant, _: &dyn askama::Values, now: &Instant) -> askama::Result<String> {
    Ok(time::away(*at, *now))
}

/// What a status means, in a sentence.
#[askama::filter_fn]
pub(crate) fn meaning(status: &Status, _: &dyn askama::Values) -> askama::Result<&'static str> {
    Ok(meaning_of(*status))
}

/// Whether a state is good, waiting, or bad.
#[askama::filter_fn]
pub(crate) fn tone(state: impl Toned, _: &dyn askama::Values) -> askama::Result<&'static str> {
    Ok(state.tone())
}

/// The sign of how the interpreter is there.
#[askama::filter_fn]
pub(crate) fn sign(of: &ServiceType, _: &dyn askama::Values) -> askama::Result<&'static str> {
    Ok(sign_of(*of))
}

/// The color of somebody's face: the same for the same name.
#[askama::filter_fn]
pub(crate) fn tint(name: &str, _: &dyn askama::Values) -> askama::Result<&'static str> {
    Ok(tint_of(name))
}

/// The first letters of somebody's first and last name.
#[askama::filter_fn]
pub(crate) fn initials(name: &str, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(first_letters(name))
}
