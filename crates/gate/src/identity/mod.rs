//! Letting people and programs in: passwords' sessions, keys, tickets, letters, guesses that are slowed down. It
//! makes actors, and leans on the passage alone.
pub(crate) mod admission;
pub(crate) mod admit;
pub(crate) mod admit_key;
pub(crate) mod api_keys;
pub(crate) mod drafts;
pub(crate) mod end_sessions;
pub(crate) mod factors;
pub(crate) mod form_token;
pub(crate) mod hear;
pub(crate) mod issue_pass;
pub(crate) mod kept_forms;
pub(crate) mod letters;
pub(crate) mod listen;
pub(crate) mod mint_key;
pub(crate) mod open_session;
pub(crate) mod pass;
pub(crate) mod position;
pub(crate) mod presence;
pub(crate) mod providers;
pub(crate) mod revoke_key;
pub(crate) mod seen_in_clear;
pub(crate) mod sessions;
pub(crate) mod throttle;
pub(crate) mod tickets;
pub(crate) mod token;
