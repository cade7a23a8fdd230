//! Changing an appointment.
use crate::{
    App,
    appointments::form::{Picked, form},
    door::{Path, Posted, Signed},
    shared::{
        Answer, Pairs,
        both::{self, Sent, fields_of},
        go, page, pick, problems_of, versioned, with_status,
    },
};
use axum::{extract::State, http::StatusCode};
use interpres_gate::{Actor, Refusal};
use interpres_scheduling::{
    AppointmentInput, AppointmentView, EditAppointment, ShowAppointment, parse_appointment,
};
use interpres_types::{AppointmentId, Field, Problems, Rule};

pub(crate) async fn edit(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<AppointmentId>,
) -> Answer {
    app.gate.may_begin::<EditAppointment>(&actor).await?;
    let a = app
        .gate
        .view(&actor, ShowAppointment(id))
        .await?
        .into_inner();
    let version = a.version;
    let form = form(&app, &actor, typed(a), None, Problems::none()).await?;
    page(&form.for_change(id, version))
}

/// An appointment as its form has it.
fn typed(a: AppointmentView) -> AppointmentInput {
    let [address, city, state, zip] = a.place_parts.map(Field::from);
    let text = |t: Option<String>| Field::from(t.unwrap_or_default());
    AppointmentInput {
        date: a.date.into(),
        start: a.start.into(),
        which: Field::default(),
        minutes: a.minutes.to_string().into(),
        zone: a.zone.into(),
        language: a.language.into(),
        service_type: a.service_type.word().into(),
        mode: a.mode.word().into(),
        team: a.team.name.into(),
        customer: a.customer.id.into(),
        reference: a.reference.into(),
        address,
        city,
        state,
        zip,
        meeting: text(a.meeting),
        lep_client: text(
            a.lep_client
                .map(|c| c.shown().to_owned())
                .or(a.client_label),
        ),
        client: Field::default(),
        gender: text(a.gender.map(|g| g.word().to_owned())),
        notes: text(a.notes.map(|n| n.shown().to_owned())),
        internal_notes: text(a.internal_notes.map(|n| n.shown().to_owned())),
        override_reason: Field::default(),
    }
}

/// The details in a form, and the version that they are about.
fn details(pairs: Pairs) -> (Option<i64>, AppointmentInput) {
    versioned(
        pairs
            .into_iter()
            .filter(|(name, _)| !pick::is_beside(name))
            .collect(),
    )
}

pub(crate) async fn save(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let (mut pairs, mut open) = (pairs, Problems::none());
    let picked = Picked::sent(&app, &actor, &mut pairs, &mut open).await?;
    let (version, input) = details(pairs.clone());
    if !open.is_empty() {
        let open = pick::and(open, parse_appointment(&input).err());
        let form = form(&app, &actor, input, Some(picked), open).await?;
        return with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &form.for_change(id, version.unwrap_or(0)),
        );
    }
    let refusal = match app
        .gate
        .perform(
            &actor,
            EditAppointment {
                id,
                version,
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => return go(format!("/appointments/{id}")),
        Err(refusal) if both::is_late(&refusal) => {
            return late(&app, &actor, id, pairs, refusal).await;
        }
        Err(refusal) => refusal,
    };
    // What stands in the way of a change is told on the form, like a broken rule.
    let problems = match refusal {
        Refusal::Conflict(conflict) => Problems::one(
            "start",
            Rule::from(format!("does not fit. {}", conflict.message)),
        ),
        other => problems_of(other)?,
    };
    let form = form(&app, &actor, input, Some(picked), problems).await?;
    with_status(
        StatusCode::UNPROCESSABLE_ENTITY,
        &form.for_change(id, version.unwrap_or(0)),
    )
}

/// Both versions, where somebody else saved in between.
async fn late(
    app: &App,
    actor: &Actor,
    id: AppointmentId,
    pairs: Pairs,
    refusal: Refusal,
) -> Answer {
    let saved = typed(
        app.gate
            .view(actor, ShowAppointment(id))
            .await?
            .into_inner(),
    );
    let now = fields_of!(saved; date, start, which, minutes, zone, language, service_type, mode, team, customer, reference, address, city, state, zip, meeting, lep_client, gender, notes, internal_notes);
    let (_, yours) = details(pairs.clone());
    let (of_saved, of_yours) = (
        form(app, actor, saved, None, Problems::none()).await?,
        form(app, actor, yours, None, Problems::none()).await?,
    );
    let meaning = |field: &str, value: &str| {
        of_yours
            .meaning(field, value)
            .or_else(|| of_saved.meaning(field, value))
    };
    let yours = pairs
        .into_iter()
        .filter(|(name, _)| !pick::is_beside(name))
        .collect();
    let sent = Sent {
        here: "/appointments",
        action: format!("/appointments/{id}/edit"),
        back: format!("/appointments/{id}"),
        yours,
        lists: &[],
        meaning: &meaning,
    };
    both::page(actor, refusal, sent, &now)
}
