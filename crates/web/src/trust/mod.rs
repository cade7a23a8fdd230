//! The log and what it is for: findings, disclosures, erasing, retention, integrity, broken glasses.
mod api;
mod disclosures;
mod entries;
mod erasures;
mod export_log;
mod export_workspace;
mod findings;
mod glass;
mod history;
mod integrity;
mod kept;
mod log_filter;
mod retention;
mod routes;
mod sentence;
mod verbs;
mod who;
mod who_saw;

pub(crate) use routes::routes;
