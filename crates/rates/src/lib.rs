//! Rate cards and price calculation. Scheduling and dispatch depend on it, because rates are frozen at booking and
//! assignment and offers show expected pay.
mod price;
mod rate;
mod rule;

pub use price::{Basis, Price, Step, Work, price};
pub use rate::{
    Card, Cards, ListRates, NewRate, Rate, RateInput, RateSet, RateView, SetRate, Side,
    card_in_effect, cards,
};

use interpres_gate::{History, Permission, RecordKind, Scoped};

/// The room's scoped names. Booking and assigning read cards in any team; a permission decides who sees their
/// amounts.
pub const TABLES: &[Scoped] = &[Scoped::wide("rate", "rate_row", "*")];

/// The room's record kinds.
pub const RECORDS: &[RecordKind] =
    &[RecordKind::of::<Rate>().with_history(History::for_viewers(Permission::ViewRates))];
