//! Assigning somebody in whose way something is, for a reason.
use crate::{
    App,
    appointments::show::{AppointmentPage, appointment_page},
    door::{Path, Posted},
    shared::{
        Answer, Pairs, go,
        pick::{self, Of, Pick},
        versioned, with_status,
    },
};
use axum::{extract::State, http::StatusCode};
use interpres_dispatch::{AssignDespiteConflict, OverrideInput};
use interpres_gate::Refusal;
use interpres_types::{AppointmentId, Problems};

/// The form as it was typed, and what is wrong with it.
pub(crate) struct Despite {
    pub(super) pick: Pick,
    pub(super) reason: String,
    pub(super) problems: Problems,
}

impl Despite {
    pub(super) fn blank() -> Self {
        Self {
            pick: Pick::blank("interpreter", Of::Interpreters),
            reason: String::new(),
            problems: Problems::none(),
        }
    }
}

pub(crate) async fn assign(
    State(app): State<App>,
    Path(appointment): Path<AppointmentId>,
    Posted(actor, mut pairs): Posted<Pairs>,
) -> Answer {
    let mut open = Problems::none();
    let name = "interpreter";
    let pick = pick::one(&app, &actor, &mut pairs, name, Of::Interpreters, &mut open).await?;
    let (_, input) = versioned::<OverrideInput>(pairs);
    let reason = input.reason.raw().to_owned();
    let assigned = if open.is_empty() {
        let assign = AssignDespiteConflict { appointment, input };
        app.gate.perform(&actor, assign).await.map(drop)
    } else {
        Err(open.into())
    };
    let problems = match assigned {
        Ok(()) => return go(format!("/appointments/{appointment}")),
        Err(Refusal::Invalid(problems)) => on_the_page(&problems),
        Err(other) => return Err(other.into()),
    };
    let shown = appointment_page(&app, &actor, appointment, None, Problems::none()).await?;
    let despite = Despite {
        pick,
        reason,
        problems,
    };
    let page = AppointmentPage { despite, ..shown };
    with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// The page has another field called so.
fn on_the_page(problems: &Problems) -> Problems {
    let mut all = Problems::none();
    for problem in problems.list() {
        let field = match &*problem.field {
            "reason" => "override-reason".into(),
            _ => problem.field.clone(),
        };
        all.add(field, problem.rule.clone());
    }
    all
}
