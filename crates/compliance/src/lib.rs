//! What an agency owes its clients' data after the work is done: erasing them, holding them for a
//! legal matter, and the certificates that show it.
mod erase_client;
mod hold_appointment;
mod list_erasures;

pub use erase_client::{EraseClient, EraseInput, Erased, Erasure};
pub use hold_appointment::{Held, Hold, HoldAppointment, HoldInput, ReleaseHold};
pub use list_erasures::{ErasureView, HoldView, ListErasures, ListHolds};

use interpres_gate::{RecordKind, Scoped};

/// The names this room brings; for those who see the whole workspace.
pub const TABLES: &[Scoped] = &[
    Scoped { name: "erasure", table: "erasure_row", columns: "*", all: "", team: " and false", own: " and false" },
    Scoped { name: "hold", table: "hold_row", columns: "*", all: "", team: " and false", own: " and false" },
];

/// The records this room keeps.
pub const RECORDS: &[RecordKind] = &[RecordKind::of::<Erasure>(), RecordKind::of::<Hold>()];
