//! Pages and JSON API: the same gate, the same views, two coats. Handlers parse and pass on; they
//! decide nothing.
mod account;
mod app;
mod appointments;
mod assets;
mod billing;
mod clients;
mod directory;
mod door;
mod early;
mod find;
mod forwarded;
mod headers;
mod imports;
mod lists;
mod live;
mod measure;
mod oauth;
mod offers;
mod once;
mod openapi;
mod overview;
mod own_site;
mod parts;
mod people;
mod pick;
mod plain;
mod posted;
mod problem;
mod proxy;
mod routes;
mod scim;
mod settings;
mod shared;
mod sign_in;
mod texts;
mod trust;
mod work;

pub use app::{App, Options, Patience, router};
pub use plain::{Challenges, plain_router};
pub use routes::Operation;
pub use texts::{Secret, Texts};

/// The API's description, OpenAPI 3.1.
#[must_use]
pub fn openapi() -> String {
    app::routes(interpres_compliance::Serving::default(), false)
        .document
        .finish()
}

/// Every operation of the API, with the act it does.
#[must_use]
pub fn operations() -> Vec<Operation> {
    app::routes(interpres_compliance::Serving::default(), false)
        .reached
        .operations()
}

/// Each act of the register with what it asks and the addresses by which it is reached.
#[must_use]
pub fn actions() -> String {
    app::routes(interpres_compliance::Serving::default(), false)
        .reached
        .table()
}
