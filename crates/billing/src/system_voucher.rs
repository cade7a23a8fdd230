//! Late cancels and missed jobs get a voucher from the system, so that they bill and pay (SV4).
use crate::{
    file_voucher::{blank, set_parties},
    voucher::{Voucher, VoucherState},
};
use interpres_gate::{Json, React, Refusal, Val, WriteTx};
use interpres_scheduling::{Appointment, Assignment, Moved, Party, Status};

/// What vouchers of the system do when their appointment moves.
pub(crate) struct VouchersFollow;

/// Whether a job that did not take place is owed, for its scheduled time, to bill and to pay alike: a late
/// cancel is, and so is one to which client or customer did not come; but not when it lay with the
/// interpreter or the agency. The one place for this rule.
fn is_owed(a: &Appointment) -> bool {
    matches!(a.status, Status::LateCancel | Status::Missed)
        && !matches!(a.ended_by, Some(Party::Interpreter | Party::Agency))
}

/// Why a job was not worked, in words for who reviews it and who pays; nothing for one that was.
pub(crate) fn not_worked(a: &Appointment) -> Option<&'static str> {
    match (a.status, a.ended_by) {
        (Status::LateCancel, _) => Some("Late cancel"),
        (Status::Missed, Some(Party::Customer)) => Some("Customer did not come"),
        (Status::Missed, _) => Some("Client did not come"),
        _ => None,
    }
}

impl React<Moved> for VouchersFollow {
    async fn react(tx: &mut WriteTx, event: &Moved) -> Result<(), Refusal> {
        let a = &event.appointment;
        match event.assignment.as_ref().filter(|_| is_owed(a)) {
            Some(has) => file(tx, a, has).await,
            None if matches!(event.from, Status::LateCancel | Status::Missed) => {
                withdraw(tx, a).await
            }
            None => Ok(()),
        }
    }
}

/// The voucher of an appointment, also for who calls it off and sees no vouchers.
pub(crate) async fn voucher_of(
    tx: &mut WriteTx,
    a: &Appointment,
) -> Result<Option<Voucher>, Refusal> {
    Ok(tx
        .list_as(
            "voucher_of_job",
            "where appointment_id = $1",
            vec![Val::text(a.id)],
        )
        .await?
        .pop())
}

async fn file(tx: &mut WriteTx, a: &Appointment, has: &Assignment) -> Result<(), Refusal> {
    let mut v = match voucher_of(tx, a).await? {
        Some(withdrawn) => withdrawn,
        None => blank(tx, a, has).await?,
    };
    set_parties(&mut v, a, has);
    v.state = VoucherState::Submitted;
    v.submitted_at = tx.now();
    v.starts_at = a.starts_at;
    v.ends_at = a.ends_at;
    v.flags = Json(v.find_flags(a, Some(has)));
    v.reprice(a, Some(has));
    tx.save(&v).await.map(drop)
}

/// What is on again is not owed; what was approved must be settled first.
async fn withdraw(tx: &mut WriteTx, a: &Appointment) -> Result<(), Refusal> {
    let Some(mut v) = voucher_of(tx, a).await? else {
        return Ok(());
    };
    if matches!(v.state, VoucherState::Approved | VoucherState::Billed) {
        return Err(Refusal::conflict(
            "Its voucher is approved already, so the appointment can't be restored. Book a new one.",
        ));
    }
    v.state = VoucherState::Withdrawn;
    tx.save(&v).await.map(drop)
}
