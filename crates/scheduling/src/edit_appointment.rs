use crate::{
    Appointment, Booked, Status,
    book_appointment::{AppointmentInput, customer, fill, parse_appointment},
    conflict::take,
};
use interpres_accounts::user_of_interpreter;
use interpres_directory::own_team;
use interpres_gate::{Action, Command, Notice, Permission, Reach, Refusal, WriteTx};
use interpres_types::AppointmentId;

/// Changes an appointment: every field becomes what is given. A changed time or place is checked
/// against the interpreter's other appointments, and the interpreter is told (SC6).
#[derive(Debug)]
pub struct EditAppointment {
    /// Which.
    pub id: AppointmentId,
    /// The version the caller saw.
    pub version: Option<i64>,
    /// As it came in.
    pub input: AppointmentInput,
}

impl Command for EditAppointment {
    const ACTION: Action = Action::AppointmentEdit;
    const PERMISSION: Permission = Permission::EditAppointments;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx) -> Result<Booked, Refusal> {
        let before: Appointment = tx.find(self.id).await?;
        tx.expect_version(&before, self.version)?;
        let (was, interpreter, version) = (essence(&before), before.interpreter_id, before.version);
        let parsed = parse_appointment(&self.input)?;
        let customer = customer(tx, parsed.customer.as_str()).await?;
        let mut before = before;
        if let (Some(name), true) = (&parsed.team, tx.reach() != Reach::Own) {
            before.team_id = own_team(tx, name).await?;
        }
        let status = before.status;
        let sealed = (before.client_name.take(), before.notes.take(), before.internal_notes.take());
        let mut appointment = fill(tx, before, parsed, &customer, &self.input).await?;
        let open = tx.opens_fields(appointment.health_care != Some(false));
        if open {
            appointment.client_name = tx.renew(sealed.0, appointment.client_name)?;
            appointment.notes = tx.renew(sealed.1, appointment.notes)?;
        } else {
            (appointment.client_name, appointment.notes) = (sealed.0, sealed.1);
        }
        // Who files requests does not see what staff write among themselves, so it stays.
        let staff = open && tx.reach() != Reach::Own;
        appointment.internal_notes = if staff { tx.renew(sealed.2, appointment.internal_notes)? } else { sealed.2 };
        let significant = essence(&appointment) != was;
        if let (Some(interpreter), true) = (interpreter, significant && appointment.held) {
            take(tx, &mut appointment, interpreter, false).await?;
            appointment.become_(status);
            if let Some(user) = user_of_interpreter(tx, interpreter).await? {
                let notice = Notice::new("appointment.changed", "An appointment of yours was changed: ")
                    .mention(&appointment.language)
                    .say(", ")
                    .mention(&appointment.wall_start.date)
                    .say(" at ")
                    .mention(&appointment.wall_start);
                tx.notify(user, notice.leads_to("/appointments", appointment.id)).await?;
            }
        }
        let saved = tx.save(&appointment).await?;
        if status == Status::Completed && saved.version != version {
            return Err(Refusal::conflict("This appointment is completed; its voucher tells what was worked."));
        }
        Ok(Booked { id: saved.id, version: saved.version, reference: appointment.reference.into(), status: appointment.status })
    }
}

/// What the interpreter must be told about when it changes: time, place or link, service type,
/// language, customer.
fn essence(a: &Appointment) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        a.starts_at, a.minutes, a.address, a.city, a.zip, a.meeting, a.service_type, a.language, a.customer_id
    )
}
