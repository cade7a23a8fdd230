//! The clients of one's reach, and looking for one.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Signed},
    shared::{Answer, Frame, Refused, answered, go, page, parts::Chip},
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_directory::ShowCustomer;
use interpres_gate::{Actor, Page, Permission as P};
use interpres_scheduling::{ClientView, ListClients, SearchClients, SearchInput};
use interpres_types::CustomerId;

#[derive(Template)]
#[template(path = "clients.html")]
struct ClientsPage {
    frame: Frame,
    page: Page<ClientView>,
    may_search: bool,
    /// The name that was looked for; empty for the list.
    sought: String,
    /// Whose clients are listed, where it is one customer's.
    customer: Option<Chip>,
    /// The customer's id as it stands in the address.
    customer_id: String,
    problem: String,
}

impl ClientsPage {
    fn next_at(&self, cursor: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.customer_id.is_empty() {
            query.append_pair("customer", &self.customer_id);
        }
        format!("/clients?{}", query.append_pair("cursor", cursor).finish())
    }
}

/// The chip of the customer whose clients are listed.
async fn of_customer(app: &App, actor: &Actor, asked: &str) -> Result<Option<Chip>, Refused> {
    let Ok(id) = asked.parse::<CustomerId>() else {
        return Ok(None);
    };
    let value = if actor.may(P::ViewCustomers) {
        app.gate
            .view(actor, ShowCustomer(id))
            .await?
            .into_inner()
            .name
    } else {
        "One customer".to_owned()
    };
    Ok(Some(Chip {
        label: "Customer",
        value,
        without: "/clients".to_owned(),
    }))
}

fn table(actor: &Actor, page: Page<ClientView>, problem: String) -> ClientsPage {
    ClientsPage {
        frame: Frame::of(actor, "/clients"),
        page,
        may_search: actor.may(P::SearchClients),
        sought: String::new(),
        customer: None,
        customer_id: String::new(),
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
    let asked = filter.customer.raw().trim().to_owned();
    let customer = of_customer(&app, &actor, &asked).await?;
    let (found, problem) = answered(app.gate.view(&actor, filter).await)?;
    page(&ClientsPage {
        customer,
        customer_id: asked,
        ..table(&actor, found.unwrap_or_default(), problem)
    })
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
