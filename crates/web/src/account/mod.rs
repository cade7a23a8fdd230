//! One's own account.
mod address;
mod factors;
mod home;
mod notices;
mod pictures;
mod profile;
mod routes;
mod workspaces;

pub(crate) use routes::routes;
