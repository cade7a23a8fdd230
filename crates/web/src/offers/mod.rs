//! Offers, as those see them who are asked.
mod answer;
mod routes;

pub(crate) use routes::routes;
