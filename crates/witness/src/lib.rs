//! A witness for audit logs (C2SP tlog-witness). It remembers the latest checkpoint of each log it knows and cosigns
//! a later one only with a consistency proof, which keeps the log's operator from showing different histories to
//! different people.
mod memory;
mod protocol;

pub use memory::{Memory, MemoryError};
pub use protocol::{Witness, router};
