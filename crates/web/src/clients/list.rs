//! The clients of one's reach, and looking for one.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Signed},
    shared::{
        Answer, Frame, Refused, answered, go,
        listing::{Filtered, Listing, filtered},
        many::may_export,
        own_list::{Choice, OwnList, choice},
        page,
        paper::spreadsheet,
        parts::{Column, Pager},
    },
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_accounts::ListName;
use interpres_directory::ShowCustomer;
use interpres_gate::{Action, Actor, Page, Permission as P};
use interpres_scheduling::{
    ClientView, CountClients, ExportClients, ListClients, SearchClients, SearchInput,
};
use interpres_types::CustomerId;

const PATH: &str = "/clients";

fn filters_of_list() -> [Filtered; 1] {
    [filtered("customer", say::customer())]
}

/// The columns that can be left out.
const CHOICES: [Choice; 2] = [choice("customer", "c-cust"), choice("team", "c-team")];

#[derive(Template)]
#[template(path = "clients.html")]
struct ClientsPage {
    frame: Frame,
    page: Page<ClientView>,
    list: Listing,
    columns: Vec<Column>,
    own: OwnList,
    pager: Pager,
    exports: Option<String>,
    may_search: bool,
    /// The name that was looked for; empty for the list.
    sought: String,
    problem: String,
}

/// What the customer is called whose clients are listed.
async fn customer(app: &App, actor: &Actor, asked: &str) -> Result<Option<String>, Refused> {
    match asked.parse::<CustomerId>() {
        Ok(id) if actor.may(P::ViewCustomers) => {
            let customer = app.gate.view(actor, ShowCustomer(id)).await?;
            Ok(Some(customer.into_inner().name))
        }
        _ => Ok(None),
    }
}

/// The list of an address, with nothing found yet.
async fn table(app: &App, actor: &Actor, raw: &str) -> Result<ClientsPage, Refused> {
    let mut own = OwnList::of(app, actor, ListName::Clients, PATH, &CHOICES).await?;
    let list = Listing::of(PATH, raw, &filters_of_list(), |_, _| {
        say::one_customer().to_owned()
    });
    let columns = vec![
        Column::plain(say::label_client(), "c-name"),
        Column::plain(say::customer(), "c-cust"),
        Column::plain(say::field_team(), "c-team"),
    ];
    Ok(ClientsPage {
        frame: Frame::of(actor, PATH),
        page: Page::default(),
        columns: own.columns(columns),
        own,
        pager: Pager::default(),
        exports: may_export(actor, Action::ClientsExport).then(|| list.export()),
        list,
        may_search: actor.may(P::SearchClients),
        sought: String::new(),
        problem: String::new(),
    })
}

pub(crate) async fn list(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let mut shown = table(&app, &actor, &raw.unwrap_or_default()).await?;
    if let Some(name) = customer(&app, &actor, shown.list.value("customer")).await? {
        shown.list.call(say::customer(), name);
    }
    let asked: ListClients = shown.list.query();
    let (found, problem) = answered(app.gate.view(&actor, asked.clone()).await)?;
    let (total, _) = answered(app.gate.view(&actor, CountClients(asked)).await)?;
    shown.page = found.unwrap_or_default();
    shown.pager = shown
        .list
        .pager(shown.page.items.len(), total.unwrap_or_default());
    page(&ClientsPage { problem, ..shown })
}

/// The clients of a name. It came in the form's body and goes back into the page, and stands in no address.
pub(crate) async fn search(
    State(app): State<App>,
    Posted(actor, input): Posted<SearchInput>,
) -> Answer {
    let sought = input.client.raw().trim().to_owned();
    if sought.is_empty() {
        return go(PATH);
    }
    let (found, problem) = answered(app.gate.view(&actor, SearchClients { input }).await)?;
    page(&ClientsPage {
        page: found.unwrap_or_default(),
        sought,
        problem,
        exports: None,
        ..table(&app, &actor, "").await?
    })
}

pub(crate) async fn export(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let list = Listing::of(PATH, &raw, &filters_of_list(), |_, value| value.to_owned());
    let found = app.gate.view(&actor, ExportClients(list.query())).await?;
    let lines = found.into_inner().into_iter().map(line);
    let today = actor.today(app.gate.now());
    Ok(spreadsheet(
        "clients",
        today,
        &["Client", "Customer", "Team"],
        lines,
    )?)
}

fn line(c: ClientView) -> Vec<String> {
    let client = match &c.lep_client {
        Some(name) => name.shown().to_owned(),
        None => c.client_label.unwrap_or_default(),
    };
    vec![client, c.customer.name, c.team.name]
}
