//! What the workspace is and asks, HIPAA mode, identity providers, readiness.
mod hipaa;
mod jobs;
mod legal;
mod providers;
mod readiness;
mod routes;
mod security;
mod workspace;

pub(crate) use routes::routes;
pub(crate) use workspace::{tabs, workspace_page};
