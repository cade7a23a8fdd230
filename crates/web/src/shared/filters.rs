//! How templates print what has no `Display`, and times where they belong.
use super::{
    frame::initials as first_letters,
    parts::{Toned, meaning_of, sign_of, tint_of},
    time,
};
use interpres_directory::ServiceType;
use interpres_gate::Shown;
use interpres_scheduling::Status;
use interpres_types::{Cents, Instant, LocalDate, Zone};

/// A protected value that the gate let out. The only way to print one.
#[askama::filter_fn]
pub(crate) fn shown<T>(value: &Shown<T>, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(value.shown().to_owned())
}

/// What paper has of a client's name.
#[askama::filter_fn]
pub(crate) fn on_paper<T>(value: &Shown<T>, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(first_letters(value.shown()))
}

/// The address of an asset.
#[askama::filter_fn]
pub(crate) fn asset(name: &str, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(crate::assets::url(name))
}

/// What rooms below say in English, in the language that is spoken.
#[askama::filter_fn]
pub(crate) fn said(text: impl std::fmt::Display, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(say::overheard(&text.to_string()).into_owned())
}

/// A field's name in words: `start_time` becomes `Start time`.
#[askama::filter_fn]
pub(crate) fn words(name: impl AsRef<str>, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(in_words(name.as_ref()))
}

/// What the words of a field's name alone would not say.
const CALLED: [(&str, &str); 10] = [
    ("recognised", "Verification"),
    ("payment_days", "Payment terms"),
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
    upper_first(&name.replace(['_', '-'], " "))
}

/// A text with a capital at its beginning.
pub(crate) fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
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

/// A day at a place with its year: "Sat, Nov 28, 2026".
#[askama::filter_fn]
pub(crate) fn long_day(at: &Instant, _: &dyn askama::Values, zone: &str) -> askama::Result<String> {
    Ok(time::long_day(*at, zone))
}

/// A day as a view has it, with its year: "Sat, Nov 28, 2026".
#[askama::filter_fn]
pub(crate) fn day_of(day: &str, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(day.parse().map_or_else(|_| day.to_owned(), time::date))
}

/// A day in full words: "Saturday, November 28".
#[askama::filter_fn]
pub(crate) fn in_full(day: &LocalDate, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(time::in_words(*day))
}

/// A day and a time of day as a view has them: "Sat, Nov 28, 2026, 1:00 PM".
#[askama::filter_fn]
pub(crate) fn wall(day: &str, _: &dyn askama::Values, clock: &str) -> askama::Result<String> {
    let wall = day
        .parse()
        .and_then(|day| interpres_types::WallTime::parse(day, clock));
    Ok(wall.map_or_else(|_| format!("{day}, {clock}"), time::wall))
}

/// How long it is until a time, or since: "in 48 min".
#[askama::filter_fn]
pub(crate) fn away(at: &Instant, _: &dyn askama::Values, now: &Instant) -> askama::Result<String> {
    Ok(time::away(*at, *now))
}

/// From a time to another at a place: "8:00 – 9:00 AM".
#[askama::filter_fn]
pub(crate) fn range(
    start: &Instant,
    _: &dyn askama::Values,
    end: &Instant,
    zone: &str,
) -> askama::Result<String> {
    Ok(time::range(*start, *end, zone))
}

/// The hands of a clock at a place: "1:00".
#[askama::filter_fn]
pub(crate) fn hands(at: &Instant, _: &dyn askama::Values, zone: &str) -> askama::Result<String> {
    Ok(time::hands(*at, zone))
}

/// Which half of the day it is at a place: "PM".
#[askama::filter_fn]
pub(crate) fn half(at: &Instant, _: &dyn askama::Values, zone: &str) -> askama::Result<String> {
    Ok(time::half(*at, zone))
}

/// So many minutes: "2 h 5 min".
#[askama::filter_fn]
pub(crate) fn lasting(minutes: &i64, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(time::long(*minutes))
}

/// An amount with its currency: "$1,234.50".
#[askama::filter_fn]
pub(crate) fn money(
    amount: &Cents,
    _: &dyn askama::Values,
    currency: &str,
) -> askama::Result<String> {
    Ok(super::money::money(*amount, currency))
}

/// A phone number as people write it: "(303) 555-0142"; whatever is none as it is.
#[askama::filter_fn]
pub(crate) fn phone(number: impl AsRef<str>, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(super::phone::said(number.as_ref()))
}

/// A time zone as people know it: "Mountain Time — Denver".
#[askama::filter_fn]
pub(crate) fn zone(name: impl AsRef<str>, _: &dyn askama::Values) -> askama::Result<String> {
    let name = name.as_ref();
    Ok(name
        .parse()
        .map_or_else(|_| name.to_owned(), |zone: Zone| zone.words()))
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
