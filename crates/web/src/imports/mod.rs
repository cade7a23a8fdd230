//! Files from elsewhere.
mod api;
mod review;
mod routes;

pub(crate) use routes::routes;
