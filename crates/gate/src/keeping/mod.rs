//! Keeping the house: changing keys, sweeping, quarantine, erasing, copies, moving a workspace, and what binds data
//! and keys. It leans on the three other houses.
pub(crate) mod bind;
pub(crate) mod bond;
pub(crate) mod clear_version;
pub(crate) mod copies;
pub(crate) mod erase;
pub(crate) mod export_workspace;
pub(crate) mod import_workspace;
pub(crate) mod key_fault;
pub(crate) mod list_jobs;
pub(crate) mod prove_bond;
pub(crate) mod put_back;
pub(crate) mod quarantine;
pub(crate) mod rotate_keys;
pub(crate) mod run_jobs;
pub(crate) mod seal_passes;
pub(crate) mod show_integrity;
pub(crate) mod sweep;
pub(crate) mod sweep_keys;
pub(crate) mod workspace_file;
