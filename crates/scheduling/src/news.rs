//! Who hears of it when an appointment moves. Each notice names the appointment by its number.
use crate::{Appointment, Move};
use interpres_accounts::user_of_interpreter;
use interpres_gate::{Notice, Refusal, WriteTx};
use interpres_types::{InterpreterId, Reference, UserId};

/// A kind of notice and the words it begins with.
type Words = (&'static str, &'static str);

const REMOVED: Words = ("appointment.removed", "You are no longer assigned: ");

/// What the interpreter hears who has the appointment.
const fn for_interpreter(done: Move) -> Option<Words> {
    match done {
        Move::Assign => Some(("appointment.assigned", "You are assigned: ")),
        Move::Cancel => Some(("appointment.canceled", "Your appointment was canceled: ")),
        Move::Miss => Some((
            "appointment.missed",
            "An appointment of yours was marked as missed: ",
        )),
        Move::Restore => Some(("appointment.restored", "Your appointment is back on: ")),
        _ => None,
    }
}

/// What the person hears who filed the request.
const fn for_requester(done: Move) -> Option<Words> {
    match done {
        Move::Assign => Some((
            "request.assigned",
            "An interpreter is assigned to your request: ",
        )),
        Move::Cancel => Some(("request.canceled", "Your request was canceled: ")),
        Move::Miss => Some(("request.missed", "Your request was marked as missed: ")),
        Move::Decline => Some(("request.declined", "Your request was declined: ")),
        Move::Restore => Some(("request.restored", "Your request is open again: ")),
        _ => None,
    }
}

/// A notice about an appointment: its number, language and time.
#[must_use]
pub fn about(a: &Appointment, kind: &'static str, words: &'static str) -> Notice {
    Notice::new(kind, words)
        .mention(&Reference::from(&a.reference))
        .say(", ")
        .mention(&a.language)
        .say(", ")
        .at(&a.wall_start)
}

/// Tells whom a move concerns, but nobody what they did themselves.
pub(crate) async fn tell(
    tx: &mut WriteTx,
    a: &Appointment,
    done: Move,
    has: Option<InterpreterId>,
    removed: Option<InterpreterId>,
) -> Result<(), Refusal> {
    if let Some(interpreter) = removed {
        tell_interpreter(
            tx,
            interpreter,
            about(a, REMOVED.0, REMOVED.1).goes_to("/schedule"),
        )
        .await?;
    }
    if let Some((interpreter, (kind, words))) = has.zip(for_interpreter(done)) {
        tell_interpreter(
            tx,
            interpreter,
            about(a, kind, words).leads_to("/appointments", a.id),
        )
        .await?;
    }
    if let Some((requester, (kind, words))) = a.requester_id.zip(for_requester(done)) {
        tell_other(
            tx,
            requester,
            about(a, kind, words).leads_to("/appointments", a.id),
        )
        .await?;
    }
    Ok(())
}

/// Tells an interpreter who has signed up.
///
/// # Errors
/// A fault of the database.
pub async fn tell_interpreter(
    tx: &mut WriteTx,
    interpreter: InterpreterId,
    notice: Notice,
) -> Result<(), Refusal> {
    match user_of_interpreter(tx, interpreter).await? {
        Some(user) => tell_other(tx, user, notice).await,
        None => Ok(()),
    }
}

async fn tell_other(tx: &mut WriteTx, user: UserId, notice: Notice) -> Result<(), Refusal> {
    if tx.actor().user() == Some(user) {
        Ok(())
    } else {
        tx.notify(user, notice).await
    }
}
