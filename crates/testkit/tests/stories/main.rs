//! Stories: what people do, told on the named world, on both engines.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a story that goes wrong should stop")]
mod backups;
mod bond;
mod book;
mod decoys;
mod disclosures;
mod dispatch;
mod erase;
mod export;
mod fhir;
mod field_matrix;
mod history;
mod import;
mod integrity;
mod keys;
mod log;
mod move_workspace;
mod prove;
mod retention;
mod review;
mod search;
mod server_tls;
mod siem;
mod states;
mod strangers;
mod watch;
mod work_and_bill;
