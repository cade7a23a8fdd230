//! Booking in three steps: details, assignment, review. Nothing is kept between them; what was
//! typed travels in the page, and the last step books and asks.
use super::{
    Answer, Frame, Refused,
    appointments::{languages, versioned},
    filters, go, page, problems_of, with_status,
};
use crate::{
    App,
    door::{Posted, Signed},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::ListTeams;
use interpres_directory::{Gender, ListCustomers, ServiceType};
use interpres_dispatch::{AssignInterpreter, CandidateList, DraftCandidates, MakeOffers, OffersInput};
use interpres_gate::{Actor, Permission as P, Refusal};
use interpres_scheduling::{AppointmentInput, AppointmentView, BookAppointment, CheckAppointment, Mode};
use interpres_types::{AppointmentId, Field, Problems};

type Pairs = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "appointment_form.html")]
pub(crate) struct AppointmentForm {
    frame: Frame,
    heading: &'static str,
    button: &'static str,
    action: String,
    steps: bool,
    version: String,
    input: AppointmentInput,
    problems: Problems,
    languages: Pairs,
    service_types: Pairs,
    modes: Pairs,
    genders: Pairs,
    customers: Pairs,
    teams: Pairs,
    which: Pairs,
}

pub(crate) fn pairs(list: &[(&str, &str)]) -> Pairs {
    list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

/// The form with what was typed and what is wrong with it.
pub(crate) async fn form(app: &App, actor: &Actor, input: AppointmentInput, problems: Problems) -> Result<AppointmentForm, Refused> {
    let own = actor.rights().customer;
    let customers: Pairs = match own {
        Some(id) => vec![(id.to_string(), "Your organization".to_owned())],
        None => {
            let found = app.gate.view(actor, ListCustomers { limit: "200".into(), ..ListCustomers::default() }).await?.into_inner();
            let mut all: Pairs = found.items.into_iter().map(|c| (c.id.to_string(), c.name)).collect();
            if !input.customer.is_blank() && !all.iter().any(|(id, _)| id == input.customer.raw()) {
                all.push((input.customer.raw().to_owned(), "The customer it has".to_owned()));
            }
            all.insert(0, (String::new(), "Choose".to_owned()));
            all
        }
    };
    let teams = if own.is_some() {
        Vec::new()
    } else {
        app.gate.view(actor, ListTeams).await?.into_inner().into_iter().filter(|t| t.own).map(|t| (t.name.clone(), t.name)).collect()
    };
    let mut languages = languages(actor);
    languages.insert(0, (String::new(), "Choose".to_owned()));
    Ok(AppointmentForm {
        frame: Frame::of(actor, "/appointments"),
        heading: "New appointment",
        button: "Continue to assignment",
        action: "/appointments/new/assignment".to_owned(),
        steps: true,
        version: String::new(),
        input,
        problems,
        languages,
        service_types: ServiceType::ALL.iter().map(|s| (s.word().to_owned(), s.label().to_owned())).collect(),
        modes: Mode::ALL.iter().map(|m| (m.word().to_owned(), m.label().to_owned())).collect(),
        genders: std::iter::once((String::new(), "Any".to_owned())).chain(Gender::ALL.iter().map(|g| (g.word().to_owned(), g.label().to_owned()))).collect(),
        customers,
        teams,
        which: pairs(&[("", "Ask me"), ("earlier", "The earlier one"), ("later", "The later one")]),
    })
}

impl AppointmentForm {
    /// The same form, to change an appointment.
    pub(crate) fn for_change(mut self, id: AppointmentId, version: i64) -> Self {
        (self.heading, self.button, self.steps) = ("Change appointment", "Save", false);
        (self.action, self.version) = (format!("/appointments/{id}/edit"), version.to_string());
        self
    }
}

pub(crate) async fn details(State(app): State<App>, Signed(actor): Signed) -> Answer {
    app.gate.may_begin::<BookAppointment>(&actor).await?;
    let input = AppointmentInput {
        minutes: "60".into(),
        customer: actor.rights().customer.map(|c| c.to_string()).unwrap_or_default().into(),
        ..AppointmentInput::default()
    };
    page(&form(&app, &actor, input, Problems::none()).await?)
}

/// What the steps carry beside the details.
struct Choice {
    how: String,
    interpreters: Vec<Field>,
}

fn split(mut typed: Pairs) -> (AppointmentInput, Choice, Pairs) {
    let how = typed.iter().find(|(k, _)| k == "how").map(|(_, v)| v.clone()).unwrap_or_default();
    let interpreters = typed.iter().filter(|(k, _)| k == "interpreters").map(|(_, v)| Field::from(v.clone())).collect();
    let carried = typed.clone();
    typed.retain(|(k, _)| !["how", "interpreters", "back", "kind"].contains(&k.as_str()));
    let (_, input) = versioned(typed);
    (input, Choice { how, interpreters }, carried.into_iter().filter(|(k, _)| k != "version" && k != "back").collect())
}

pub(crate) async fn back_to_details(State(app): State<App>, Posted(actor, typed): Posted<Pairs>) -> Answer {
    let (input, ..) = split(typed);
    page(&form(&app, &actor, input, Problems::none()).await?)
}

#[derive(Template)]
#[template(path = "appointment_step.html")]
struct Step {
    frame: Frame,
    a: AppointmentView,
    candidates: CandidateList,
    carried: Pairs,
    review: bool,
    choice: String,
    has_client: bool,
}

async fn step(app: &App, actor: &Actor, typed: Pairs, review: bool) -> Answer {
    let (input, choice, carried) = split(typed);
    let a = match app.gate.view(actor, CheckAppointment(input.clone())).await {
        Ok(view) => view.into_inner(),
        Err(refusal) => return with_status(StatusCode::UNPROCESSABLE_ENTITY, &form(app, actor, input, problems_of(refusal)?).await?),
    };
    let nobody = || CandidateList { items: Vec::new(), total: 0, excluded: Vec::new(), excluded_total: 0 };
    let candidates = if actor.may(P::AssignInterpreters) { app.gate.view(actor, DraftCandidates(input.clone())).await?.into_inner() } else { nobody() };
    let names: Vec<&str> =
        choice.interpreters.iter().filter_map(|id| candidates.items.iter().find(|c| c.interpreter.to_string() == id.raw()).map(|c| c.name.as_str())).collect();
    let words = match choice.how.as_str() {
        "single" => format!("Offer to {}", names.first().unwrap_or(&"nobody")),
        "sequence" => format!("Auto assign: {}", names.join(", then ")),
        "broadcast" => format!("Broadcast to {}", names.join(", ")),
        "assign" => format!("Assign {} without asking", names.first().unwrap_or(&"nobody")),
        _ => "Decide later".to_owned(),
    };
    page(&Step { frame: Frame::of(actor, "/appointments"), a, candidates, carried, review, choice: words, has_client: !input.lep_client.is_blank() })
}

pub(crate) async fn assignment(State(app): State<App>, Posted(actor, typed): Posted<Pairs>) -> Answer {
    step(&app, &actor, typed.into_iter().filter(|(k, _)| k != "how" && k != "interpreters").collect(), false).await
}

pub(crate) async fn review(State(app): State<App>, Posted(actor, typed): Posted<Pairs>) -> Answer {
    step(&app, &actor, typed, true).await
}

pub(crate) async fn book(State(app): State<App>, Posted(actor, typed): Posted<Pairs>) -> Answer {
    let (input, choice, _) = split(typed);
    let booked = match app.gate.perform(&actor, BookAppointment { input: input.clone() }).await {
        Ok(booked) => booked.into_inner(),
        Err(refusal) => return with_status(StatusCode::UNPROCESSABLE_ENTITY, &form(&app, &actor, input, problems_of(refusal)?).await?),
    };
    dispatch(&app, &actor, booked.id, choice).await?;
    go(format!("/appointments/{}", booked.id))
}

/// Asks whom the second step chose. The appointment is booked either way; what could not be asked
/// is told on its page.
async fn dispatch(app: &App, actor: &Actor, appointment: AppointmentId, mut choice: Choice) -> Result<(), Refused> {
    if choice.interpreters.is_empty() || choice.how == "later" || choice.how.is_empty() {
        return Ok(());
    }
    if choice.how == "assign" {
        let mut p = Problems::none();
        let interpreter = p.need("interpreters", &choice.interpreters[0]).ok_or(Refusal::Invalid(p))?;
        app.gate.perform(actor, AssignInterpreter { appointment, interpreter }).await?;
        return Ok(());
    }
    if choice.how == "single" {
        choice.interpreters.truncate(1);
    }
    app.gate
        .perform(actor, MakeOffers { appointment, input: OffersInput { kind: choice.how.into(), interpreters: choice.interpreters, ..OffersInput::default() } })
        .await?;
    Ok(())
}
