//! Live updates: pages are sent the kinds and ids of what changed.
mod routes;
mod stream;

pub(crate) use routes::routes;
