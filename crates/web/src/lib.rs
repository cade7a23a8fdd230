//! Pages and JSON API: the same gate, the same views, two coats. Handlers parse and pass on; they
//! decide nothing.
mod api;
mod api_routes;
mod app;
mod assets;
mod door;
mod early;
mod export_log;
mod export_workspace;
mod forwarded;
mod headers;
mod measure;
mod oauth;
mod once;
mod openapi;
mod own_site;
mod pages;
mod plain;
mod posted;
mod problem;
mod proxy;
mod scim;
mod texts;

pub use app::{App, Options, Patience, router};
pub use plain::{Challenges, plain_router};
pub use texts::{Secret, Texts};

/// The API's description, OpenAPI 3.1.
#[must_use]
pub fn openapi() -> String {
    api::routes(interpres_compliance::Serving::default()).1
}
