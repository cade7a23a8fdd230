//! Vouchers, invoices, rates.
mod api;
mod earnings;
mod filter;
mod invoices;
mod rates;
mod routes;
mod vouchers;
mod worked;

pub(crate) use routes::routes;
