//! Booking in three steps: details, assignment, review. Each step is a page of its own address, so that going back and
//! loading again lose nothing. The last step books and asks at once.
use crate::{
    App,
    appointments::{
        choice::Choice,
        draft::{
            carried_draft, draft_of, keep, load_draft, new_draft, picks, place, split, with_team,
        },
        form::{AppointmentForm, Picked, form},
        step::step,
    },
    door::{Path, Posted, Query, Signed},
    shared::{Answer, Pairs, done, go, page, pick, problem_lines, with_status},
};
use axum::{extract::State, http::StatusCode};
use interpres_accounts::OWN_CUSTOMER;
use interpres_directory::{ServiceType, ShowCustomer};
use interpres_dispatch::{BookAndDispatch, Dispatch};
use interpres_gate::{Actor, Command, DraftId, FinishDraft, Refusal, Released};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, Booked, Mode, ShowClient, parse_appointment,
};
use interpres_types::{CustomerId, Field, LepClientId, Problems};
use serde::Deserialize;

/// For whom a booking begins, where that is known.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Begun {
    client: Field,
    customer: Field,
}

/// Begins a booking, under an address of its own.
pub(crate) async fn begin(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(begun): Query<Begun>,
) -> Answer {
    app.gate.may_begin::<BookAppointment>(&actor).await?;
    let input = if let Ok(id) = begun.client.raw().parse::<LepClientId>() {
        let client = app.gate.view(&actor, ShowClient(id)).await?;
        AppointmentInput {
            minutes: "60".into(),
            customer: client.customer.id.as_str().into(),
            team: client.team.name.as_str().into(),
            client: id.to_string().into(),
            ..AppointmentInput::default()
        }
    } else if let Ok(id) = begun.customer.raw().parse::<CustomerId>() {
        let customer = app.gate.view(&actor, ShowCustomer(id)).await?;
        AppointmentInput {
            minutes: "60".into(),
            service_type: ServiceType::InPerson.word().into(),
            mode: Mode::Consecutive.word().into(),
            customer: id.to_string().into(),
            team: customer.team.as_str().into(),
            ..AppointmentInput::default()
        }
    } else {
        return go(place(&new_draft()?, "details"));
    };
    page(&AppointmentForm {
        draft: new_draft()?.to_string(),
        ..form(&app, &actor, input, None, Problems::none()).await?
    })
}

pub(crate) async fn show_details(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(draft): Path<DraftId>,
) -> Answer {
    app.gate.may_begin::<BookAppointment>(&actor).await?;
    let Some(typed) = load_draft(&app, &actor, &draft).await? else {
        let input = AppointmentInput {
            minutes: "60".into(),
            service_type: ServiceType::InPerson.word().into(),
            mode: Mode::Consecutive.word().into(),
            customer: actor
                .rights()
                .own(&OWN_CUSTOMER)
                .map(|c| c.to_string())
                .unwrap_or_default()
                .into(),
            ..AppointmentInput::default()
        };
        return page(&AppointmentForm {
            draft: draft.to_string(),
            ..form(&app, &actor, input, None, Problems::none()).await?
        });
    };
    let (mut typed, mut open) = (typed, Problems::none());
    let picked = Picked::sent(&app, &actor, &mut typed, &mut open).await?;
    let (input, choice) = split(typed);
    page(&AppointmentForm {
        picks: picks(&choice),
        draft: draft.to_string(),
        ..form(&app, &actor, input, Some(picked), open).await?
    })
}

pub(crate) async fn show_assignment(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(draft): Path<DraftId>,
) -> Answer {
    match load_draft(&app, &actor, &draft).await? {
        Some(typed) => step(&app, &actor, typed, false, String::new()).await,
        None => go(place(&draft, "details")),
    }
}

pub(crate) async fn show_review(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(draft): Path<DraftId>,
) -> Answer {
    let Some(typed) = load_draft(&app, &actor, &draft).await? else {
        return go(place(&draft, "details"));
    };
    let misfit = Choice::of(&typed).misfit();
    step(
        &app,
        &actor,
        typed,
        misfit.is_none(),
        misfit.unwrap_or_default(),
    )
    .await
}

pub(crate) async fn back_to_details(
    State(app): State<App>,
    Posted(actor, typed): Posted<Pairs>,
) -> Answer {
    keep(&app, &actor, typed, "details").await
}

pub(crate) async fn assignment(
    State(app): State<App>,
    Posted(actor, typed): Posted<Pairs>,
) -> Answer {
    let (mut settled, mut open) = (typed.clone(), Problems::none());
    Picked::sent(&app, &actor, &mut settled, &mut open).await?;
    if open.is_empty() {
        keep(&app, &actor, settled, "assignment").await
    } else {
        keep(&app, &actor, typed, "details").await
    }
}

pub(crate) async fn review(State(app): State<App>, Posted(actor, typed): Posted<Pairs>) -> Answer {
    // Enter in the search field looks for somebody; it doesn't go on.
    let to = if Choice::of(&typed).is_looking {
        "assignment"
    } else {
        "review"
    };
    keep(&app, &actor, typed, to).await
}

/// Books by what a draft was for, or by a form that has none.
async fn finish<C: Command<Outcome = Booked>>(
    app: &App,
    actor: &Actor,
    draft: Option<DraftId>,
    command: C,
) -> Result<Booked, Refusal> {
    let booked = match draft {
        Some(draft) => {
            app.gate
                .perform(actor, FinishDraft { draft, command })
                .await
        }
        None => app.gate.perform(actor, command).await,
    };
    booked.map(Released::into_inner)
}

/// Books, and dispatches with it: both or neither.
pub(crate) async fn book(State(app): State<App>, Posted(actor, typed): Posted<Pairs>) -> Answer {
    let draft = draft_of(&typed);
    let (mut typed, mut open) = (typed, Problems::none());
    let picked = Picked::sent(&app, &actor, &mut typed, &mut open).await?;
    let typed = with_team(&app, &actor, typed).await?;
    let (input, choice) = split(typed.clone());
    let booked = match choice.dispatch() {
        _ if !open.is_empty() => Err(pick::and(open, parse_appointment(&input).err()).into()),
        Ok(None) => finish(&app, &actor, draft, BookAppointment { input }).await,
        Ok(Some(dispatch)) => {
            done::did(match dispatch {
                Dispatch::Offer(_) => done::BOOKED_AND_OFFERED,
                Dispatch::Assign(_) => done::BOOKED_AND_ASSIGNED,
            });
            finish(&app, &actor, draft, BookAndDispatch { input, dispatch }).await
        }
        Err(refusal) => Err(refusal),
    };
    match booked {
        Ok(booked) => go(format!("/appointments/{}", booked.id)),
        Err(Refusal::Invalid(problems))
            if problems
                .of("interpreters")
                .or(problems.of("interpreter"))
                .is_none() =>
        {
            let draft = carried_draft(&typed);
            let (input, choice) = split(typed);
            let form = AppointmentForm {
                picks: picks(&choice),
                draft,
                ..form(&app, &actor, input, Some(picked), problems).await?
            };
            with_status(StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
        Err(Refusal::Invalid(problems)) => {
            step(
                &app,
                &actor,
                typed,
                false,
                problem_lines(&problems).join("; "),
            )
            .await
        }
        Err(Refusal::Conflict(conflict)) => {
            step(
                &app,
                &actor,
                typed,
                false,
                say::nothing_was_booked(say::overheard(&conflict.message)),
            )
            .await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
