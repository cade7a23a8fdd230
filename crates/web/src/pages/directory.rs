use super::{
    Answer, Frame, Nothing, Refused,
    appointments::{languages, versioned},
    book::pairs,
    both::{self, Sent, fields_of},
    filters, go, page,
    picker::told_apart,
    problems_of, with_status,
};
use crate::{
    App,
    door::{Path, Posted, Signed},
};
use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
};
use interpres_accounts::{ListTeams, fold};
use interpres_directory::{
    AddCustomer, AddInterpreter, CustomerInput, CustomerView, EditCustomer, EditInterpreter,
    InterpreterInput, InterpreterView, InviteInterpreter, ListCustomers, ListInterpreters,
    ShowCustomer, ShowInterpreter, SignUp,
};
use interpres_gate::{Actor, Page, Permission as P};
use interpres_types::{CustomerId, InterpreterId, Problems};

type Pairs = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "interpreters.html")]
struct InterpretersPage {
    frame: Frame,
    page: Page<InterpreterView>,
    filter: ListInterpreters,
    languages: Vec<String>,
    may_edit: bool,
    may_import: bool,
    personal: bool,
}

pub(crate) async fn interpreters(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let filter: ListInterpreters =
        serde_html_form::from_str(&raw.unwrap_or_default()).unwrap_or_default();
    let found = app.gate.view(&actor, filter.clone()).await?.into_inner();
    page(&InterpretersPage {
        frame: Frame::of(&actor, "/interpreters"),
        page: found,
        filter,
        languages: languages(&actor),
        may_edit: actor.may(P::EditInterpreters),
        may_import: actor.may(P::Import),
        personal: actor.rights().role.sees_personal_data(),
    })
}

#[derive(Template)]
#[template(path = "interpreter.html")]
struct InterpreterForm {
    frame: Frame,
    heading: String,
    action: String,
    history: String,
    version: String,
    input: InterpreterInput,
    problems: Problems,
    teams: Pairs,
    genders: Pairs,
    may_edit: bool,
    personal: bool,
    /// Whom to invite, where they have not signed up.
    invite: Option<(InterpreterId, SignUp)>,
}

async fn teams(app: &App, actor: &Actor) -> Result<Pairs, Refused> {
    let all = app.gate.view(actor, ListTeams).await?.into_inner();
    Ok(all.into_iter().map(|t| (t.name.clone(), t.name)).collect())
}

async fn interpreter_form(
    app: &App,
    actor: &Actor,
    id: Option<InterpreterId>,
    version: Option<i64>,
    input: InterpreterInput,
    problems: Problems,
) -> Result<InterpreterForm, Refused> {
    let heading = id.map_or_else(
        || "New interpreter".to_owned(),
        |_| format!("{} {}", input.first_name.raw(), input.last_name.raw()),
    );
    Ok(InterpreterForm {
        frame: Frame::of(actor, "/interpreters"),
        heading,
        action: id.map_or_else(
            || "/interpreters".to_owned(),
            |id| format!("/interpreters/{id}"),
        ),
        history: id
            .filter(|_| actor.may(P::ViewHistory))
            .map(|id| format!("/history/interpreter/{id}"))
            .unwrap_or_default(),
        version: version.map(|v| v.to_string()).unwrap_or_default(),
        input,
        problems,
        teams: teams(app, actor).await?,
        genders: pairs(&[("", "Not said"), ("female", "Female"), ("male", "Male")]),
        may_edit: actor.may(P::EditInterpreters),
        personal: actor.rights().role.sees_personal_data(),
        invite: None,
    })
}

pub(crate) async fn new_interpreter(State(app): State<App>, Signed(actor): Signed) -> Answer {
    app.gate.may_begin::<AddInterpreter>(&actor).await?;
    page(
        &interpreter_form(
            &app,
            &actor,
            None,
            None,
            InterpreterInput::default(),
            Problems::none(),
        )
        .await?,
    )
}

pub(crate) async fn add_interpreter(
    State(app): State<App>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let (_, input) = versioned::<InterpreterInput>(pairs);
    match app
        .gate
        .perform(
            &actor,
            AddInterpreter {
                input: input.clone(),
                id: None,
            },
        )
        .await
    {
        Ok(_) => go("/interpreters"),
        Err(refusal) => with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &interpreter_form(&app, &actor, None, None, input, problems_of(refusal)?).await?,
        ),
    }
}

pub(crate) async fn interpreter(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<InterpreterId>,
) -> Answer {
    let i = app
        .gate
        .view(&actor, ShowInterpreter(id))
        .await?
        .into_inner();
    let (version, sign_up) = (i.version, i.sign_up);
    let input = InterpreterInput::from(i);
    let invite = Some((id, sign_up))
        .filter(|_| sign_up != SignUp::Accepted && actor.may(P::EditInterpreters));
    let form = interpreter_form(
        &app,
        &actor,
        Some(id),
        Some(version),
        input,
        Problems::none(),
    )
    .await?;
    page(&InterpreterForm { invite, ..form })
}

pub(crate) async fn invite_interpreter(
    State(app): State<App>,
    Path(id): Path<InterpreterId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, InviteInterpreter(id)).await?;
    go(format!("/interpreters/{id}"))
}

pub(crate) async fn edit_interpreter(
    State(app): State<App>,
    Path(id): Path<InterpreterId>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let (version, input) = versioned::<InterpreterInput>(pairs.clone());
    match app
        .gate
        .perform(
            &actor,
            EditInterpreter {
                id,
                version,
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => go("/interpreters"),
        Err(refusal) if both::is_late(&refusal) => {
            let saved = InterpreterInput::from(
                app.gate
                    .view(&actor, ShowInterpreter(id))
                    .await?
                    .into_inner(),
            );
            let now = fields_of!(saved; first_name, last_name, email, phone, languages, team, service_types, gender, address, city, state, zip);
            let back = format!("/interpreters/{id}");
            both::page(
                &actor,
                refusal,
                Sent {
                    here: "/interpreters",
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
            &interpreter_form(
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
