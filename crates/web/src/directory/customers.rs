//! Customers: the list, and one's form.
use crate::shared::filters;
use crate::{
    App,
    directory::teams::teams,
    door::{Path, Posted, Signed},
    shared::{
        Answer, Frame, Pairs, Refused,
        both::{self, Sent, fields_of},
        go, page, pairs,
        picker::told_apart,
        problems_of, versioned, with_status,
    },
};
use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
};
use interpres_accounts::fold;
use interpres_directory::{
    AddCustomer, CustomerInput, CustomerView, EditCustomer, ListCustomers, ShowCustomer,
};
use interpres_gate::{Actor, Page, Permission as P};
use interpres_types::{CustomerId, Problems};

#[derive(Template)]
#[template(path = "customers.html")]
struct CustomersPage {
    frame: Frame,
    page: Page<CustomerView>,
    filter: ListCustomers,
    may_edit: bool,
    may_import: bool,
}

pub(crate) async fn customers(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let filter: ListCustomers =
        serde_html_form::from_str(&raw.unwrap_or_default()).unwrap_or_default();
    let found = app.gate.view(&actor, filter.clone()).await?.into_inner();
    page(&CustomersPage {
        frame: Frame::of(&actor, "/customers"),
        page: found,
        filter,
        may_edit: actor.may(P::EditCustomers),
        may_import: actor.may(P::Import),
    })
}

#[derive(Template)]
#[template(path = "customer.html")]
struct CustomerForm {
    frame: Frame,
    heading: String,
    action: String,
    history: String,
    version: String,
    input: CustomerInput,
    problems: Problems,
    teams: Pairs,
    yes_no: Pairs,
    billing: Pairs,
    may_edit: bool,
    /// The others of this name, while nobody has said that this is another.
    twins: Vec<String>,
}

/// The field by which somebody says that a customer is another one of the same name.
const ANOTHER: &str = "another";

/// The customers within one's reach that are called the same, where that was not said to be meant, or was so before.
async fn twins(
    app: &App,
    actor: &Actor,
    typed: &[(String, String)],
    id: Option<CustomerId>,
) -> Result<Vec<String>, Refused> {
    let of = |field: &str| {
        typed
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, value)| value.trim())
            .unwrap_or_default()
    };
    let name = fold(of("name"));
    if name.is_empty() || !of(ANOTHER).is_empty() {
        return Ok(Vec::new());
    }
    let q: String = name.chars().take(80).collect();
    let asked = ListCustomers {
        q: q.trim().into(),
        limit: "200".into(),
        ..ListCustomers::default()
    };
    let Ok(found) = app.gate.view(actor, asked).await else {
        return Ok(Vec::new());
    };
    let same: Vec<CustomerView> = found
        .into_inner()
        .items
        .into_iter()
        .filter(|c| fold(&c.name) == name)
        .collect();
    let kept_its_name = same.iter().any(|c| Some(c.id) == id);
    Ok(if kept_its_name {
        Vec::new()
    } else {
        same.iter().map(told_apart).collect()
    })
}

/// A customer's form without what is only asked by the page.
fn customer_typed(typed: Pairs) -> (Option<i64>, CustomerInput) {
    versioned(
        typed
            .into_iter()
            .filter(|(name, _)| name != ANOTHER)
            .collect(),
    )
}

async fn customer_form(
    app: &App,
    actor: &Actor,
    id: Option<CustomerId>,
    version: Option<i64>,
    input: CustomerInput,
    problems: Problems,
) -> Result<CustomerForm, Refused> {
    Ok(CustomerForm {
        frame: Frame::of(actor, "/customers"),
        heading: id.map_or_else(
            || "New customer".to_owned(),
            |_| input.name.raw().to_owned(),
        ),
        action: id.map_or_else(|| "/customers".to_owned(), |id| format!("/customers/{id}")),
        history: id
            .filter(|_| actor.may(P::ViewHistory))
            .map(|id| format!("/history/customer/{id}"))
            .unwrap_or_default(),
        version: version.map(|v| v.to_string()).unwrap_or_default(),
        input,
        problems,
        teams: teams(app, actor).await?,
        yes_no: pairs(&[
            ("yes", "Yes: health care"),
            ("no", "No: a court, a school, an office"),
        ]),
        billing: pairs(&[
            ("", "The location's address"),
            ("different", "Another address"),
        ]),
        may_edit: actor.may(P::EditCustomers),
        twins: Vec::new(),
    })
}

pub(crate) async fn new_customer(State(app): State<App>, Signed(actor): Signed) -> Answer {
    app.gate.may_begin::<AddCustomer>(&actor).await?;
    page(
        &customer_form(
            &app,
            &actor,
            None,
            None,
            CustomerInput::default(),
            Problems::none(),
        )
        .await?,
    )
}

pub(crate) async fn add_customer(
    State(app): State<App>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let twins = twins(&app, &actor, &pairs, None).await?;
    let (_, input) = customer_typed(pairs);
    if !twins.is_empty() {
        let form = customer_form(&app, &actor, None, None, input, Problems::none()).await?;
        return with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &CustomerForm { twins, ..form },
        );
    }
    match app
        .gate
        .perform(
            &actor,
            AddCustomer {
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => go("/customers"),
        Err(refusal) => with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &customer_form(&app, &actor, None, None, input, problems_of(refusal)?).await?,
        ),
    }
}

pub(crate) async fn customer(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<CustomerId>,
) -> Answer {
    let c = app.gate.view(&actor, ShowCustomer(id)).await?.into_inner();
    let version = c.version;
    page(
        &customer_form(
            &app,
            &actor,
            Some(id),
            Some(version),
            c.into(),
            Problems::none(),
        )
        .await?,
    )
}

pub(crate) async fn edit_customer(
    State(app): State<App>,
    Path(id): Path<CustomerId>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let twins = twins(&app, &actor, &pairs, Some(id)).await?;
    let (version, input) = customer_typed(pairs.clone());
    if !twins.is_empty() {
        let form = customer_form(&app, &actor, Some(id), version, input, Problems::none()).await?;
        return with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &CustomerForm { twins, ..form },
        );
    }
    match app
        .gate
        .perform(
            &actor,
            EditCustomer {
                id,
                version,
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => go("/customers"),
        Err(refusal) if both::is_late(&refusal) => {
            let saved =
                CustomerInput::from(app.gate.view(&actor, ShowCustomer(id)).await?.into_inner());
            let now = fields_of!(saved; name, email, team, website, phone, fax, address, city, state, zip, zone, billing, billing_address, billing_city, billing_state, billing_zip, health_care);
            let back = format!("/customers/{id}");
            both::page(
                &actor,
                refusal,
                Sent {
                    here: "/customers",
                    action: back.clone(),
                    back,
                    yours: pairs,
                    lists: &[],
                    meaning: &|_, _| None,
                },
                &now,
            )
        }
        Err(refusal) => with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &customer_form(
                &app,
                &actor,
                Some(id),
                version,
                input,
                problems_of(refusal)?,
            )
            .await?,
        ),
    }
}
