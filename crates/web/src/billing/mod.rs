//! Vouchers, invoices, rates.
mod api;
mod invoices;
mod rates;
mod routes;
mod vouchers;

pub(crate) use routes::routes;
