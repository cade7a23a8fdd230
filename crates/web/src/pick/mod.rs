//! What a field suggests, as one types.
mod routes;
mod suggest;

pub(crate) use routes::routes;
