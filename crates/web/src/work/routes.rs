//! Each line an address, and what is seen or done there.
use super::{day, session};
use crate::routes::{Nothing, Routes};
use interpres_billing::{FileVoucher, VoucherInput, VoucherOfAppointment};
use interpres_scheduling::{CheckIn, EndSession, ListFormerAssignments, StartSession};

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(session).with(day)
}

fn session(all: Routes) -> Routes {
    all.act(
        "/appointments/{id}/check-in",
        "Check in, or mark arrived",
        |id, _: Nothing| Ok(CheckIn(id)),
    )
    .form("/appointments/{id}/check-in", session::check_in)
    .act(
        "/appointments/{id}/start",
        "Start the timer",
        |id, _: Nothing| Ok(StartSession(id)),
    )
    .form("/appointments/{id}/start", session::start)
    .act(
        "/appointments/{id}/end",
        "End the session",
        |id, _: Nothing| Ok(EndSession(id)),
    )
    .form("/appointments/{id}/end", session::end)
    .show(
        "/appointments/{id}/voucher",
        "Its voucher",
        VoucherOfAppointment,
    )
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
    .page("/today", day::today)
    .page("/schedule", day::schedule)
}
