//! What the workspace is and asks, HIPAA mode, identity providers, readiness.
mod hipaa;
mod jobs;
mod legal;
mod places;
mod providers;
mod readiness;
mod routes;
mod security;
mod workspace;

pub(crate) use places::places;
pub(crate) use routes::routes;
pub(crate) use workspace::workspace_page;
