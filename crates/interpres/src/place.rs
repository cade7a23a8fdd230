//! The part of the command line that says where data and keys are: every command takes it.
use clap::Args;
use std::path::PathBuf;

/// Where data and keys are.
#[derive(Args)]
pub(crate) struct DataArgs {
    /// The data folder: keys, and the embedded database.
    #[arg(
        long,
        global = true,
        env = "INTERPRES_DATA",
        default_value = "interpres-data"
    )]
    pub(crate) data: PathBuf,
    /// A PostgreSQL address (postgres://…) for the data, instead of the embedded database.
    #[arg(
        long,
        global = true,
        env = "INTERPRES_DATABASE",
        hide_env_values = true
    )]
    pub(crate) database: Option<String>,
    /// A PostgreSQL address for the key store: a database of its own, never in the same backup.
    #[arg(long, global = true, env = "INTERPRES_KEYS", hide_env_values = true)]
    pub(crate) keys: Option<String>,
    /// Where the master key is: `file` (master.key in the data folder), `environment`
    /// (`INTERPRES_MASTER_KEY`), or `transit` (Vault or OpenBao; then the three options below).
    #[arg(long, global = true, env = "INTERPRES_MASTER", default_value = "file")]
    pub(crate) master: MasterKind,
    /// The transit engine's address, such as https://vault.internal:8200/v1/transit.
    #[arg(
        long,
        global = true,
        env = "INTERPRES_TRANSIT_URL",
        required_if_eq("master", "transit")
    )]
    pub(crate) transit_url: Option<String>,
    /// The transit key's name.
    #[arg(
        long,
        global = true,
        env = "INTERPRES_TRANSIT_KEY",
        default_value = "interpres"
    )]
    pub(crate) transit_key: String,
    /// A file that holds the token for the transit engine.
    #[arg(
        long,
        global = true,
        env = "INTERPRES_TRANSIT_TOKEN_FILE",
        default_value = "/run/secrets/transit-token"
    )]
    pub(crate) transit_token_file: PathBuf,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum MasterKind {
    File,
    Environment,
    Transit,
}
