//! How templates print what has no `Display`, and times where they belong.
use interpres_gate::Shown;
use interpres_types::Instant;

/// A protected value that the gate let out. The only way to print one.
#[askama::filter_fn]
pub(super) fn shown<T>(value: &Shown<T>, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(value.shown().to_owned())
}

/// The address of an asset.
#[askama::filter_fn]
pub(super) fn asset(name: &str, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(crate::assets::url(name))
}

/// A field's name in words: `start_time` becomes `Start time`.
#[askama::filter_fn]
pub(super) fn words(name: impl AsRef<str>, _: &dyn askama::Values) -> askama::Result<String> {
    let text = name.as_ref().replace('_', " ");
    let mut chars = text.chars();
    Ok(chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default())
}

/// A time on the wall clock of a place.
#[askama::filter_fn]
pub(super) fn local(at: &Instant, _: &dyn askama::Values, zone: &str) -> askama::Result<String> {
    let zone: Result<interpres_types::Zone, _> = zone.parse();
    Ok(zone.map_or_else(
        |_| at.to_string(),
        |zone| {
            let wall = zone.wall_time(*at);
            format!("{}, {} {}", wall.date.long(), wall.clock(), zone.abbreviation(*at))
        },
    ))
}
