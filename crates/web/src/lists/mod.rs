//! Lists as their readers have them: saved views, and which columns are shown.
mod keep;
mod routes;

pub(crate) use routes::routes;
