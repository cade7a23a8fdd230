//! The clients of one's reach, and looking for one.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Signed},
    shared::{Answer, Frame, answered, go, page},
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_gate::{Actor, Page, Permission as P};
use interpres_scheduling::{ClientView, ListClients, SearchClients, SearchInput};

#[derive(Template)]
#[template(path = "clients.html")]
struct ClientsPage {
    frame: Frame,
    page: Page<ClientView>,
    may_search: bool,
    /// The name that was looked for; empty for the list.
    sought: String,
    problem: String,
}

fn table(actor: &Actor, page: Page<ClientView>, problem: String) -> ClientsPage {
    ClientsPage {
        frame: Frame::of(actor, "/clients"),
        page,
        may_search: actor.may(P::SearchClients),
        sought: String::new(),
        problem,
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let filter: ListClients =
        serde_html_form::from_str(&raw.unwrap_or_default()).unwrap_or_default();
    let (found, problem) = answered(app.gate.view(&actor, filter).await)?;
    page(&table(&actor, found.unwrap_or_default(), problem))
}

/// The clients of a name. It came in the form's body and goes back into the page, and stands in no address.
pub(crate) async fn search(
    State(app): State<App>,
    Posted(actor, input): Posted<SearchInput>,
) -> Answer {
    let sought = input.client.raw().trim().to_owned();
    if sought.is_empty() {
        return go("/clients");
    }
    let (found, problem) = answered(app.gate.view(&actor, SearchClients { input }).await)?;
    page(&ClientsPage {
        sought,
        ..table(&actor, found.unwrap_or_default(), problem)
    })
}
