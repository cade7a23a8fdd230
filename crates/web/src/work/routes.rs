//! Each line an address, and what is seen or done there.
use super::{day, session, week};
use crate::routes::{Nothing, Routes};
use interpres_billing::{FileVoucher, VoucherInput, VoucherOfAppointment};
use interpres_gate::Action;
use interpres_scheduling::{CheckIn, EndSession, ListFormerAssignments, StartSession};

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(session).with(day)
}

fn session(all: Routes) -> Routes {
    all.act_by_form(
        "/appointments/{id}/check-in",
        "Check in, or mark arrived",
        "/appointments/{id}",
        |id, _: Nothing| Ok(CheckIn(id)),
    )
    .act_by_form(
        "/appointments/{id}/start",
        "Start the timer",
        "/appointments/{id}",
        |id, _: Nothing| Ok(StartSession(id)),
    )
    .act_by_form(
        "/appointments/{id}/end",
        "End the session",
        "/appointments/{id}",
        |id, _: Nothing| Ok(EndSession(id)),
    )
    .show(
        "/appointments/{id}/voucher",
        "Its voucher",
        VoucherOfAppointment,
    )
    .beside("/appointments/{id}")
    .act(
        "/appointments/{id}/voucher",
        "File its voucher",
        |appointment, input: VoucherInput| Ok(FileVoucher { appointment, input }),
    )
    .form("/appointments/{id}/voucher", session::file_voucher)
}

fn day(all: Routes) -> Routes {
    all.list::<ListFormerAssignments>(
        "/former-assignments",
        "One's own appointments that were taken away, latest first",
    )
    .beside("/today")
    .of(Action::AppointmentsList)
    .page("/today", day::today)
    .page("/schedule", week::schedule)
}
