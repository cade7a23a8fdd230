//! Interpreters and customers.
mod customers;
mod interpreters;
mod routes;
mod teams;

pub(crate) use routes::routes;
