//! Stories: what people do, told on the named world, on both engines.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a story that goes wrong should stop"
)]
mod accounts;
mod audit_log;
mod billing;
mod compliance;
mod directory;
mod dispatch;
mod gate;
mod imports;
mod scheduling;
mod sso;
mod store;
