//! Stories: what people do, told on the named world, on both engines.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a story that goes wrong should stop"
)]
mod backups;
mod bond;
mod book;
mod carried_over;
mod clients;
mod decoys;
mod disclosures;
mod dispatch;
mod earlier_version;
mod erase;
mod export;
mod fhir;
mod field_matrix;
mod forged;
mod history;
mod history_for_whom;
mod import;
mod input;
mod integrity;
mod jobs;
mod keys;
mod log;
mod move_workspace;
mod overview;
mod partial_import;
mod prove;
mod retention;
mod review;
mod rolled_back;
mod search;
mod server_tls;
mod siem;
mod states;
mod strangers;
mod taken_over;
mod watch;
mod work_and_bill;
