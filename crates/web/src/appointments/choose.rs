//! Choosing who is asked or assigned, on the appointment's page.
use crate::{
    App,
    appointments::{
        choice::{Choice, How},
        show::{AppointmentPage, appointment_page},
    },
    door::{Path, Posted},
    shared::{Answer, Pairs, Refused, done, go, page, problem_lines, with_status},
};
use axum::{extract::State, http::StatusCode};
use interpres_dispatch::{AssignInterpreter, Dispatch, ListCandidates, MakeOffers};
use interpres_gate::{Actor, Refusal};
use interpres_types::{AppointmentId, Problems};

/// The same page, looking at other candidates.
pub(crate) async fn find_candidates(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, typed): Posted<Pairs>,
) -> Answer {
    page(&choosing(&app, &actor, id, Choice::of(&typed), String::new()).await?)
}

async fn choosing(
    app: &App,
    actor: &Actor,
    id: AppointmentId,
    pick: Choice,
    told: String,
) -> Result<AppointmentPage, Refused> {
    let candidates = app
        .gate
        .view(
            actor,
            ListCandidates {
                appointment: id,
                narrowed: pick.narrowed(),
            },
        )
        .await?
        .into_inner();
    Ok(AppointmentPage {
        candidates: Some(candidates),
        pick,
        told,
        ..appointment_page(app, actor, id, None, Problems::none()).await?
    })
}

/// Offers or assigns what was chosen; what does not fit is told where it was chosen, and the ticks stay.
async fn dispatch(app: &App, actor: &Actor, appointment: AppointmentId, pick: Choice) -> Answer {
    let done = match pick.dispatch() {
        Ok(Some(Dispatch::Offer(input))) => app
            .gate
            .perform(actor, MakeOffers { appointment, input })
            .await
            .map(drop),
        Ok(Some(Dispatch::Assign(interpreter))) => {
            done::did("/appointments/{id}/assignment");
            let assign = AssignInterpreter {
                appointment,
                interpreter,
            };
            app.gate.perform(actor, assign).await.map(drop)
        }
        Ok(None) => Err(Refusal::invalid("kind", "is required: say how to ask")),
        Err(refusal) => Err(refusal),
    };
    let told = match done {
        Ok(()) => return go(format!("/appointments/{appointment}")),
        Err(Refusal::Invalid(problems)) => problem_lines(&problems).join("; "),
        Err(Refusal::Conflict(conflict)) => say::overheard(&conflict.message).into_owned(),
        Err(other) => return Err(other.into()),
    };
    with_status(
        StatusCode::UNPROCESSABLE_ENTITY,
        &choosing(app, actor, appointment, pick, told).await?,
    )
}

pub(crate) async fn offer(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, typed): Posted<Pairs>,
) -> Answer {
    dispatch(&app, &actor, id, Choice::of(&typed)).await
}

pub(crate) async fn assign(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, typed): Posted<Pairs>,
) -> Answer {
    dispatch(
        &app,
        &actor,
        id,
        Choice {
            how: How::Assign,
            ..Choice::of(&typed)
        },
    )
    .await
}
