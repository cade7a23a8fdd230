//! How templates print what has no `Display`, and times where they belong.
use interpres_gate::Shown;
use interpres_rates::Card;
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

fn in_words(name: &str) -> String {
    let text = name.replace('_', " ");
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
        _ if field.ends_with("_at") => text.parse().ok().map(|at| on_the_clock(at, zone)),
        _ if field.ends_with("_rate") => serde_json::from_str::<Card>(text)
            .ok()
            .map(|card| card.to_string()),
        _ => None,
    };
    Ok(told.unwrap_or_else(|| text.to_owned()))
}

/// A time on the wall clock of a place.
#[askama::filter_fn]
pub(crate) fn local(at: &Instant, _: &dyn askama::Values, zone: &str) -> askama::Result<String> {
    Ok(on_the_clock(*at, zone))
}

fn on_the_clock(at: Instant, zone: &str) -> String {
    let zone: Result<interpres_types::Zone, _> = zone.parse();
    zone.map_or_else(
        |_| at.to_string(),
        |zone| {
            let wall = zone.wall_time(at);
            format!(
                "{}, {} {}",
                wall.date.long(),
                wall.clock(),
                zone.abbreviation(at)
            )
        },
    )
}
