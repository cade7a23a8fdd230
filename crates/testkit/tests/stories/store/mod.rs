pub(crate) mod backups;
pub(crate) mod bond;
pub(crate) mod carried_over;
pub(crate) mod earlier_version;
pub(crate) mod move_workspace;
pub(crate) mod moved_on_hold;
pub(crate) mod server_tls;
