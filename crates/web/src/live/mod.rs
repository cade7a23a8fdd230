//! Pages are told at once what changed of what they show, by kinds and ids.
mod routes;
mod stream;

pub(crate) use routes::routes;
