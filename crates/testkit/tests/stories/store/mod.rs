//! Databases, keys and files; and what earlier versions left.
pub(crate) mod backups;
pub(crate) mod before_clients;
pub(crate) mod bond;
pub(crate) mod carried_over;
pub(crate) mod closed_home;
pub(crate) mod earlier_version;
pub(crate) mod move_workspace;
pub(crate) mod moved_on_hold;
pub(crate) mod server_tls;

use std::path::{Path, PathBuf};

/// The passphrase of a workspace's file.
pub(crate) const WORDS: &str = "violet kettle harbor nineteen";

/// What an earlier version left: `fixtures/README.md` says how it was made.
pub(crate) fn fixture(name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    fixtures.join(name)
}
