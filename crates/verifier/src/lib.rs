//! Verifies an exported audit log from the file and a trust policy alone. Depends only on the log's format: no
//! server, no database.
mod checks;
mod claims;

pub use checks::{Checked, Earlier, check};
