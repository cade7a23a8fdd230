//! Appointments: looking, booking, changing, choosing who comes, and ending.
mod acts;
mod book;
mod choice;
mod choose;
mod despite;
mod draft;
mod edit;
mod filter;
mod form;
mod list;
mod panel;
mod remarks;
mod routes;
mod show;
mod step;
mod story;

pub(crate) use acts::{Act, Acts};
pub(crate) use routes::routes;
pub(crate) use show::appointment_page;
