//! The interpreter's work: the day, and the time at a patient's side.
mod day;
mod routes;
mod session;
mod week;

pub(crate) use day::own;
pub(crate) use routes::routes;
