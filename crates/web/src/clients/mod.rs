//! LEP clients: the list, and one's page.
mod list;
mod routes;
mod show;

pub(crate) use routes::routes;
