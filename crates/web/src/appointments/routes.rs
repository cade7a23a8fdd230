//! Each line an address, and what is seen or done there.
use super::{book, choose, despite, edit, list, remarks, show};
use crate::routes::{AssignmentInput, Nothing, PageInput, Routes, need};
use interpres_billing::{RecalculateInput, RecalculateRates};
use interpres_dispatch::{
    AssignDespiteConflict, AssignInterpreter, ListCandidates, MakeOffers, Narrowed, OffersInput,
    OffersOfAppointment, OverrideInput, RemoveInterpreter,
};
use interpres_gate::Action;
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, DeclineAppointment,
    DeclineInput, EditAppointment, LeaveRemark, ListAppointments, ListRemarks, MarkMissed,
    MissedInput, OnHoldInput, PutOnHold, RemarkInput, RestoreAppointment, SearchAppointments,
    SearchInput, ShowAppointment, ShowOnHold, TakeOffHold,
};

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(looking)
        .with(booking)
        .with(showing)
        .with(changing)
        .with(choosing)
        .with(holding)
        .with(remarking)
        .with(ending)
}

fn looking(all: Routes) -> Routes {
    all.list::<ListAppointments>("/appointments", "List appointments")
        .page("/appointments", list::list)
        .of(Action::AppointmentsExport)
        .page("/appointments/export", list::export)
        .form("/appointments/selected/export", list::export_selected)
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
    .of(Action::AppointmentCheck)
    .form("/appointments/new/details", book::back_to_details)
    .page("/appointments/new/{draft}/details", book::show_details)
    .of(Action::AppointmentDraftCandidates)
    .form("/appointments/new/assignment", book::assignment)
    .page(
        "/appointments/new/{draft}/assignment",
        book::show_assignment,
    )
    .of(Action::AppointmentBookAndDispatch)
    .form("/appointments/new/review", book::review)
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
    .beside("/appointments/{id}")
    .form("/appointments/{id}/candidates", choose::find_candidates)
    .show(
        "/appointments/{id}/offers",
        "Its offers",
        OffersOfAppointment,
    )
    .beside("/appointments/{id}")
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
    .form("/appointments/{id}/assignment/override", despite::assign)
    .act_by_form(
        "/appointments/{id}/assignment/removal",
        "Take it back from its interpreter",
        "/appointments/{id}",
        |appointment, _: Nothing| Ok(RemoveInterpreter { appointment }),
    )
}

fn holding(all: Routes) -> Routes {
    all.show(
        "/appointments/{id}/on-hold",
        "Why it is on hold and until when",
        ShowOnHold,
    )
    .beside("/appointments/{id}")
    .act_by_form(
        "/appointments/{id}/on-hold",
        "Put it on hold until a day, for a reason",
        "/appointments/{id}",
        |id, input: OnHoldInput| Ok(PutOnHold { id, input }),
    )
    .act_by_form(
        "/appointments/{id}/on-hold/end",
        "Take it off hold",
        "/appointments/{id}",
        |id, _: Nothing| Ok(TakeOffHold(id)),
    )
}

fn remarking(all: Routes) -> Routes {
    all.list_of(
        "/appointments/{id}/remarks",
        "What staff remarked on it, latest first",
        |appointment, PageInput { cursor, limit }| ListRemarks {
            appointment,
            cursor,
            limit,
        },
    )
    .page("/appointments/{id}/remarks", remarks::remarks)
    .act_by_form(
        "/appointments/{id}/remarks",
        "Leave a remark on it, for staff",
        "/appointments/{id}/remarks",
        |appointment, input: RemarkInput| Ok(LeaveRemark { appointment, input }),
    )
}

fn ending(all: Routes) -> Routes {
    all.act_by_form(
        "/appointments/{id}/cancellation",
        "Cancel it",
        "/appointments/{id}",
        |id, input: CancelInput| {
            Ok(CancelAppointment {
                id,
                version: None,
                input,
            })
        },
    )
    .form("/appointments/selected/cancellation", list::cancel_selected)
    .act_by_form(
        "/appointments/{id}/missed",
        "Mark it as missed, with who did not come",
        "/appointments/{id}",
        |id, input: MissedInput| {
            Ok(MarkMissed {
                id,
                version: None,
                input,
            })
        },
    )
    .act_by_form(
        "/appointments/{id}/declination",
        "Turn a request down",
        "/appointments/{id}",
        |id, input: DeclineInput| {
            Ok(DeclineAppointment {
                id,
                version: None,
                input,
            })
        },
    )
    .act_by_form(
        "/appointments/{id}/recalculation",
        "Freeze its rates anew, for a reason",
        "/appointments/{id}",
        |id, input: RecalculateInput| Ok(RecalculateRates { id, input }),
    )
    .act_by_form(
        "/appointments/{id}/restoration",
        "Take a final status back",
        "/appointments/{id}",
        |id, _: Nothing| Ok(RestoreAppointment { id }),
    )
}
