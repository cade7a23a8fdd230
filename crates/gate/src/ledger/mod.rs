//! What happened: the log with its proofs, exports and witnesses, the versions of records, and what is read from
//! both. It leans on the passage alone.
pub(crate) mod change;
pub(crate) mod check_log;
pub(crate) mod compare_versions;
pub(crate) mod count_entries;
pub(crate) mod disclosures;
pub(crate) mod export_entries;
pub(crate) mod export_pages;
pub(crate) mod fhir;
pub(crate) mod list_entries;
pub(crate) mod log;
pub(crate) mod look_up_entries;
pub(crate) mod outgoing;
pub(crate) mod parts;
pub(crate) mod prove_entry;
pub(crate) mod record_names;
pub(crate) mod review;
pub(crate) mod show_history;
pub(crate) mod stream_log;
pub(crate) mod tree;
pub(crate) mod versions;
pub(crate) mod watchfulness;
pub(crate) mod witness;
