//! How an appointment ends without having taken place, and taking that back.
use crate::{
    App,
    door::{Path, Posted},
    shared::{Answer, Nothing, go},
};
use axum::extract::State;
use interpres_billing::{RecalculateInput, RecalculateRates};
use interpres_gate::{Actor, Command};
use interpres_scheduling::{
    CancelAppointment, CancelInput, DeclineAppointment, DeclineInput, MarkMissed, MissedInput,
    RestoreAppointment,
};
use interpres_types::AppointmentId;

/// Does it, and shows the appointment as it is then.
pub(crate) async fn done(
    app: &App,
    actor: &Actor,
    id: AppointmentId,
    command: impl Command,
) -> Answer {
    app.gate.perform(actor, command).await?;
    go(format!("/appointments/{id}"))
}

pub(crate) async fn cancel(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, input): Posted<CancelInput>,
) -> Answer {
    done(
        &app,
        &actor,
        id,
        CancelAppointment {
            id,
            version: None,
            input,
        },
    )
    .await
}

pub(crate) async fn missed(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, input): Posted<MissedInput>,
) -> Answer {
    done(
        &app,
        &actor,
        id,
        MarkMissed {
            id,
            version: None,
            input,
        },
    )
    .await
}

pub(crate) async fn decline(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, input): Posted<DeclineInput>,
) -> Answer {
    done(
        &app,
        &actor,
        id,
        DeclineAppointment {
            id,
            version: None,
            input,
        },
    )
    .await
}

pub(crate) async fn restore(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    done(&app, &actor, id, RestoreAppointment { id }).await
}

pub(crate) async fn recalculate(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, input): Posted<RecalculateInput>,
) -> Answer {
    done(&app, &actor, id, RecalculateRates { id, input }).await
}
