//! Files from elsewhere.
mod api;
mod review;
mod routes;
mod uploads;

pub(crate) use routes::routes;
