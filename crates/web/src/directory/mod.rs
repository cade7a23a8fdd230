//! Interpreters and customers.
mod agenda;
mod customer;
mod customers;
mod interpreter;
mod interpreter_form;
mod interpreters;
mod routes;
mod story;
mod teams;

pub(crate) use routes::routes;
