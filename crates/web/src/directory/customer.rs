//! One customer: its page, and the form of its record.
use crate::shared::filters;
use crate::{
    App,
    directory::{
        agenda::{agenda, appointments_of, town},
        story::CUSTOMER,
        teams::teams_to_choose,
    },
    door::{Path, Posted, Signed},
    shared::{
        Answer, Frame, Pairs, Refused,
        both::{self, Sent, fields_of},
        go, page, pairs, phone,
        pick::{self, Of, Pick, told_apart},
        problems_of,
        story::Story,
        time,
        twins::{self, Named},
        value_of, versioned, with_status,
    },
};
use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
};
use interpres_directory::{
    AddCustomer, CustomerInput, CustomerView, EditCustomer, ListCustomers, ShowCustomer,
    parse_customer,
};
use interpres_gate::{Action, Actor, Permission as P};
use interpres_scheduling::{AgendaOwner, AgendaView};
use interpres_types::{CustomerId, Instant, Problems, Zone};

#[derive(Template)]
#[template(path = "customer.html")]
struct CustomerPage {
    frame: Frame,
    c: CustomerView,
    /// What is booked; nothing for those who see no appointments.
    agenda: Option<AgendaView>,
    story: Story,
    now: Instant,
    may_edit: bool,
    may_book: bool,
    may_history: bool,
}

#[derive(Template)]
#[template(path = "customer_panel.html")]
struct CustomerPanel {
    c: CustomerView,
    agenda: Option<AgendaView>,
    now: Instant,
    may_edit: bool,
    may_book: bool,
}

fn location(c: &CustomerView) -> String {
    town(c.city.as_deref(), c.state.as_deref(), c.zip.as_deref())
}

/// A website as an address to follow; nothing where it is none.
fn website(c: &CustomerView) -> Option<String> {
    let site = c.website.as_deref()?.trim();
    let plain = site.contains('.') && !site.contains([' ', ':', '"', '<']);
    match site.split_once("://") {
        Some(("https" | "http", _)) => Some(site.to_owned()),
        _ => plain.then(|| format!("https://{site}")),
    }
}

impl CustomerPage {
    /// The list of their appointments.
    fn appointments(&self) -> String {
        appointments_of("customer_name", &self.c.name)
    }
    fn location(&self) -> String {
        location(&self.c)
    }
    fn website(&self) -> Option<String> {
        website(&self.c)
    }
    fn billing_town(&self) -> String {
        self.c
            .billing
            .as_ref()
            .map(|[_, city, state, zip]| town(Some(city), Some(state), Some(zip)))
            .unwrap_or_default()
    }
    fn billing_street(&self) -> Option<&str> {
        self.c.billing.as_ref().map(|[street, ..]| street.as_str())
    }
}

impl CustomerPanel {
    /// The list of their appointments.
    fn appointments(&self) -> String {
        appointments_of("customer_name", &self.c.name)
    }
    fn location(&self) -> String {
        location(&self.c)
    }
}

pub(crate) async fn customer(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<CustomerId>,
    RawQuery(query): RawQuery,
) -> Answer {
    let c = app.gate.view(&actor, ShowCustomer(id)).await?.into_inner();
    let agenda = agenda(&app, &actor, AgendaOwner::Customer(id)).await?;
    let (may_edit, may_book) = (actor.may(P::EditCustomers), actor.may(P::BookAppointments));
    let now = app.gate.now();
    if query.as_deref() == Some("panel") {
        return page(&CustomerPanel {
            c,
            agenda,
            now,
            may_edit,
            may_book,
        });
    }
    let zone = actor.zone().to_string();
    let story = CUSTOMER
        .tell(&app, &actor, id, |at| time::moment(at, &zone))
        .await?;
    page(&CustomerPage {
        frame: Frame::of(&actor, "/customers"),
        story,
        may_history: actor.may(P::ViewHistory),
        c,
        agenda,
        now,
        may_edit,
        may_book,
    })
}

#[derive(Template)]
#[template(path = "customer_form.html")]
struct CustomerForm {
    frame: Frame,
    heading: String,
    action: String,
    /// Where somebody goes who changes nothing.
    back: String,
    version: String,
    input: CustomerInput,
    problems: Problems,
    zone: Pick,
    teams: Pairs,
    yes_no: Pairs,
    billing: Pairs,
    /// The others of this name, while nobody has said that this is another.
    twins: Vec<String>,
}

/// The customers within one's reach that are called the same.
async fn twins_of(
    app: &App,
    actor: &Actor,
    typed: &Pairs,
    id: Option<CustomerId>,
) -> Result<Vec<String>, Refused> {
    let name = value_of(typed, "name");
    if name.is_empty() || !twins::are_asked_about(app, actor, typed).await? {
        return Ok(Vec::new());
    }
    let asked = ListCustomers {
        q: twins::searched(name),
        limit: "200".into(),
        ..ListCustomers::default()
    };
    let Ok(found) = app.gate.view(actor, asked).await else {
        return Ok(Vec::new());
    };
    let named = found.into_inner().items.into_iter().map(|c| Named {
        words: told_apart(&c),
        is_edited: Some(c.id) == id,
        name: c.name,
    });
    Ok(twins::of_name(name, named))
}

/// A customer's form without what is only asked by the page.
fn customer_typed(typed: Pairs) -> (Option<i64>, CustomerInput) {
    versioned(
        typed
            .into_iter()
            .filter(|(name, _)| name != twins::ANOTHER)
            .collect(),
    )
}

async fn form(
    app: &App,
    actor: &Actor,
    id: Option<CustomerId>,
    version: Option<i64>,
    input: CustomerInput,
    zone: Option<Pick>,
    problems: Problems,
) -> Result<CustomerForm, Refused> {
    let zone = match zone {
        Some(zone) => zone,
        None => Pick::from_stored(app, actor, "zone", Of::Zones, input.zone.raw()).await?,
    };
    let at = id.map_or_else(|| "/customers".to_owned(), |id| format!("/customers/{id}"));
    Ok(CustomerForm {
        frame: Frame::of(actor, "/customers"),
        heading: id.map_or_else(
            || say::new_customer().to_owned(),
            |_| input.name.raw().to_owned(),
        ),
        back: at.clone(),
        action: at,
        version: version.map(|v| v.to_string()).unwrap_or_default(),
        teams: teams_to_choose(app, actor, input.team.raw()).await?,
        input: CustomerInput {
            health_care: input.health_care.or("yes".into()),
            ..input
        },
        problems,
        zone,
        yes_no: pairs(&[
            ("yes", say::health_care_yes()),
            ("no", say::health_care_no_such()),
        ]),
        billing: pairs(&[
            ("", say::billing_same()),
            ("different", say::billing_elsewhere()),
        ]),
        twins: Vec::new(),
    })
}

pub(crate) async fn new_customer(State(app): State<App>, Signed(actor): Signed) -> Answer {
    app.gate.may_begin::<AddCustomer>(&actor).await?;
    let blank = CustomerInput::default();
    page(&form(&app, &actor, None, None, blank, None, Problems::none()).await?)
}

pub(crate) async fn add_customer(
    State(app): State<App>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let (mut pairs, mut open) = (pairs, Problems::none());
    phone::kept(&mut pairs, &["phone", "fax"]);
    let zone = pick::one(&app, &actor, &mut pairs, "zone", Of::Zones, &mut open).await?;
    let twins = twins_of(&app, &actor, &pairs, None).await?;
    let (_, input) = customer_typed(pairs);
    if !twins.is_empty() || !open.is_empty() {
        let open = pick::and(open, parse_customer(&input).err());
        let form = form(&app, &actor, None, None, input, Some(zone), open).await?;
        return with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &CustomerForm { twins, ..form },
        );
    }
    let add = AddCustomer {
        input: input.clone(),
    };
    match app.gate.perform(&actor, add).await {
        Ok(stored) => go(format!("/customers/{}", stored.id)),
        Err(refusal) => with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &form(
                &app,
                &actor,
                None,
                None,
                input,
                Some(zone),
                problems_of(refusal)?,
            )
            .await?,
        ),
    }
}

pub(crate) async fn edit(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<CustomerId>,
) -> Answer {
    app.gate.may_begin::<EditCustomer>(&actor).await?;
    let c = app.gate.view(&actor, ShowCustomer(id)).await?.into_inner();
    let version = Some(c.version);
    page(
        &form(
            &app,
            &actor,
            Some(id),
            version,
            c.into(),
            None,
            Problems::none(),
        )
        .await?,
    )
}

/// What a value of the form means, where it is a word of a list.
fn customer_meaning(field: &str, value: &str) -> Option<String> {
    match (field, value) {
        ("phone" | "fax", number) => Some(phone::said(number)),
        ("zone", zone) => zone.parse().ok().map(|zone: Zone| zone.words()),
        ("health_care", "yes") => Some(say::health_care_yes().to_owned()),
        ("health_care", "no") => Some(say::health_care_no().to_owned()),
        ("billing", "") => Some(say::billing_same().to_owned()),
        ("billing", _) => Some(say::billing_elsewhere().to_owned()),
        _ => None,
    }
}

pub(crate) async fn save(
    State(app): State<App>,
    Path(id): Path<CustomerId>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let (mut pairs, mut open) = (pairs, Problems::none());
    phone::kept(&mut pairs, &["phone", "fax"]);
    let zone = pick::one(&app, &actor, &mut pairs, "zone", Of::Zones, &mut open).await?;
    let twins = twins_of(&app, &actor, &pairs, Some(id)).await?;
    let (version, input) = customer_typed(pairs.clone());
    if !twins.is_empty() || !open.is_empty() {
        let open = pick::and(open, parse_customer(&input).err());
        let form = form(&app, &actor, Some(id), version, input, Some(zone), open).await?;
        return with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &CustomerForm { twins, ..form },
        );
    }
    let edit = EditCustomer {
        id,
        version,
        input: input.clone(),
    };
    let back = format!("/customers/{id}");
    match app.gate.perform(&actor, edit).await {
        Ok(_) => go(back),
        Err(refusal) if both::is_late(&refusal) => {
            let saved = app.gate.view(&actor, ShowCustomer(id)).await?;
            let saved = CustomerInput::from(saved.into_inner());
            let now = fields_of!(saved; name, email, team, website, phone, fax, address, city, state, zip, zone, billing, billing_address, billing_city, billing_state, billing_zip, health_care);
            both::page(
                &actor,
                refusal,
                Sent {
                    here: "/customers",
                    action: back.clone(),
                    back,
                    yours: pairs,
                    lists: &[],
                    meaning: &customer_meaning,
                },
                &now,
            )
        }
        Err(refusal) => {
            let problems = problems_of(refusal)?;
            let form = form(&app, &actor, Some(id), version, input, Some(zone), problems).await?;
            with_status(StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
    }
}
