//! Interpreters and customers.
mod customer;
mod customers;
mod interpreter;
mod interpreters;
mod routes;
mod story;
mod teams;

pub(crate) use routes::routes;
