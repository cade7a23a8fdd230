//! What somebody looks for from anywhere: a reference, a customer, an interpreter. It may be a client's name that was
//! typed here by mistake, so it comes in a form's body and stands in no address.
use crate::shared::filters;
use crate::{
    App,
    door::Posted,
    shared::{Answer, Frame, answered, page},
};
use askama::Template;
use axum::extract::State;
use interpres_directory::{CustomerView, InterpreterView, ListCustomers, ListInterpreters};
use interpres_gate::{Page, Permission as P};
use interpres_scheduling::{AppointmentView, ListAppointments};
use interpres_types::Field;
use serde::Deserialize;

/// How many of each kind are shown.
const OF_EACH: &str = "6";

#[derive(Template)]
#[template(path = "find.html")]
struct FindPage {
    frame: Frame,
    q: String,
    problem: String,
    appointments: Page<AppointmentView>,
    customers: Page<CustomerView>,
    interpreters: Page<InterpreterView>,
}

impl FindPage {
    fn is_empty(&self) -> bool {
        self.appointments.items.is_empty()
            && self.customers.items.is_empty()
            && self.interpreters.items.is_empty()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sought {
    q: Field,
}

pub(super) async fn find(State(app): State<App>, Posted(actor, sought): Posted<Sought>) -> Answer {
    let mut found = FindPage {
        frame: Frame::of(&actor, ""),
        q: sought.q.raw().trim().to_owned(),
        problem: String::new(),
        appointments: Page::default(),
        customers: Page::default(),
        interpreters: Page::default(),
    };
    if sought.q.is_blank() {
        return page(&found);
    }
    let q = sought.q;
    if actor.may(P::ViewAppointments) {
        let asked = ListAppointments {
            q: q.clone(),
            limit: OF_EACH.into(),
            ..ListAppointments::default()
        };
        let (some, problem) = answered(app.gate.view(&actor, asked).await)?;
        found.appointments = some.unwrap_or_default();
        found.problem = problem;
    }
    if actor.may(P::ViewCustomers) {
        let asked = ListCustomers {
            q: q.clone(),
            limit: OF_EACH.into(),
            ..ListCustomers::default()
        };
        found.customers = answered(app.gate.view(&actor, asked).await)?
            .0
            .unwrap_or_default();
    }
    if actor.may(P::ViewInterpreters) {
        let asked = ListInterpreters {
            q,
            limit: OF_EACH.into(),
            ..ListInterpreters::default()
        };
        found.interpreters = answered(app.gate.view(&actor, asked).await)?
            .0
            .unwrap_or_default();
    }
    page(&found)
}
