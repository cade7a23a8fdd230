//! Each line an address, and what is seen or done there.
use super::{book, choose, edit, end, list, show};
use crate::routes::{AssignmentInput, Nothing, Routes, need};
use interpres_billing::{RecalculateInput, RecalculateRates};
use interpres_dispatch::{
    AssignDespiteConflict, AssignInterpreter, ListCandidates, MakeOffers, Narrowed, OffersInput,
    OffersOfAppointment, OverrideInput, RemoveInterpreter,
};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, DeclineAppointment,
    DeclineInput, EditAppointment, ListAppointments, MarkMissed, MissedInput, RestoreAppointment,
    SearchAppointments, SearchInput, ShowAppointment,
};

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(looking)
        .with(booking)
        .with(showing)
        .with(changing)
        .with(choosing)
        .with(ending)
}

fn looking(all: Routes) -> Routes {
    all.list::<ListAppointments>("/appointments", "List appointments")
        .page("/appointments", list::list)
        .page("/appointments/export", list::export)
        .ask(
            "/appointments/search",
            "Find a client's appointments by name",
            |input: SearchInput| SearchAppointments { input },
        )
        .form("/appointments/search", list::search)
}

fn booking(all: Routes) -> Routes {
    all.act(
        "/appointments",
        "Book an appointment",
        |(), input: AppointmentInput| Ok(BookAppointment { input }),
    )
    .form("/appointments", book::book)
    .page("/appointments/new", book::begin)
    .form("/appointments/new/details", book::back_to_details)
    .form("/appointments/new/assignment", book::assignment)
    .form("/appointments/new/review", book::review)
    .page("/appointments/new/{draft}/details", book::show_details)
    .page(
        "/appointments/new/{draft}/assignment",
        book::show_assignment,
    )
    .page("/appointments/new/{draft}/review", book::show_review)
}

fn showing(all: Routes) -> Routes {
    all.show("/appointments/{id}", "Show an appointment", ShowAppointment)
        .page("/appointments/{id}", show::show)
}

fn changing(all: Routes) -> Routes {
    all.replace(
        "/appointments/{id}",
        "Change an appointment",
        |id, version, input: AppointmentInput| EditAppointment { id, version, input },
    )
    .form("/appointments/{id}/edit", edit::save)
    .page("/appointments/{id}/edit", edit::edit)
    .form("/appointments/{id}/edit/details", edit::look_again)
}

fn choosing(all: Routes) -> Routes {
    all.show(
        "/appointments/{id}/candidates",
        "Who could take it, and why the others can't",
        |appointment| ListCandidates {
            appointment,
            narrowed: Narrowed::default(),
        },
    )
    .show(
        "/appointments/{id}/offers",
        "Its offers",
        OffersOfAppointment,
    )
    .act(
        "/appointments/{id}/offers",
        "Offer it: single, sequence or broadcast",
        |appointment, input: OffersInput| Ok(MakeOffers { appointment, input }),
    )
    .form("/appointments/{id}/offers", choose::offer)
    .act(
        "/appointments/{id}/assignment",
        "Assign an interpreter without asking",
        |appointment, input: AssignmentInput| {
            Ok(AssignInterpreter {
                appointment,
                interpreter: need("interpreter", &input.interpreter)?,
            })
        },
    )
    .form("/appointments/{id}/assignment", choose::assign)
    .act(
        "/appointments/{id}/assignment/override",
        "Assign an interpreter despite a conflict, for a reason",
        |appointment, input: OverrideInput| Ok(AssignDespiteConflict { appointment, input }),
    )
    .form(
        "/appointments/{id}/assignment/override",
        choose::assign_anyway,
    )
    .act(
        "/appointments/{id}/assignment/removal",
        "Take it back from its interpreter",
        |appointment, _: Nothing| Ok(RemoveInterpreter { appointment }),
    )
    .form("/appointments/{id}/assignment/removal", choose::release)
    .form("/appointments/{id}/candidates", choose::find_candidates)
}

fn ending(all: Routes) -> Routes {
    all.act(
        "/appointments/{id}/cancellation",
        "Cancel it",
        |id, input: CancelInput| {
            Ok(CancelAppointment {
                id,
                version: None,
                input,
            })
        },
    )
    .form("/appointments/{id}/cancellation", end::cancel)
    .act(
        "/appointments/{id}/missed",
        "Mark it as missed, with who did not come",
        |id, input: MissedInput| {
            Ok(MarkMissed {
                id,
                version: None,
                input,
            })
        },
    )
    .form("/appointments/{id}/missed", end::missed)
    .act(
        "/appointments/{id}/declination",
        "Turn a request down",
        |id, input: DeclineInput| {
            Ok(DeclineAppointment {
                id,
                version: None,
                input,
            })
        },
    )
    .form("/appointments/{id}/declination", end::decline)
    .act(
        "/appointments/{id}/recalculation",
        "Freeze its rates anew, for a reason",
        |id, input: RecalculateInput| Ok(RecalculateRates { id, input }),
    )
    .form("/appointments/{id}/recalculation", end::recalculate)
    .act(
        "/appointments/{id}/restoration",
        "Take a final status back",
        |id, _: Nothing| Ok(RestoreAppointment { id }),
    )
    .form("/appointments/{id}/restoration", end::restore)
}
