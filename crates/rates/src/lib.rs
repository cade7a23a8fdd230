//! What work costs: rate cards, and the one calculation that prices a job, step by step. It
//! stands below booking and dispatch, because a card is frozen on the job when it is booked and
//! assigned, and an offer tells the expected pay.
mod price;
mod rate;
mod rule;

pub use price::{Basis, Price, Step, Work, price};
pub use rate::{
    Card, Cards, ListRates, NewRate, Rate, RateInput, RateSet, RateView, SetRate, Side,
    card_in_effect, cards,
};

use interpres_gate::{History, Permission, RecordKind, Scoped};

/// The names this room brings. Cards are read by booking and assigning in any team; who sees
/// their amounts is the permission's matter.
pub const TABLES: &[Scoped] = &[Scoped::wide("rate", "rate_row", "*")];

/// The records this room keeps.
pub const RECORDS: &[RecordKind] =
    &[RecordKind::of::<Rate>().with_history(History::for_viewers(Permission::ViewRates))];
