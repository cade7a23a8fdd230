//! Checking an exported audit log with nothing but the file and a policy of whom to trust. Leans
//! on the log's own format only: no server, no database.
mod checks;
mod claims;

pub use checks::{Checked, Earlier, check};
