//! A witness for audit logs (C2SP tlog-witness): it remembers the latest checkpoint of each log it
//! knows, signs a later one only with a proof that nothing before it was rewritten, and so keeps
//! whoever runs the log from showing different people different pasts.
mod memory;
mod protocol;

pub use memory::{Memory, MemoryError};
pub use protocol::{Witness, router};
