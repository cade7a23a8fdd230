//! Appointments: looking, booking, changing, choosing who comes, and ending.
mod book;
mod choice;
mod choose;
mod draft;
mod edit;
mod form;
mod list;
mod remarks;
mod routes;
mod show;
mod step;

pub(crate) use routes::routes;
pub(crate) use show::appointment_page;
