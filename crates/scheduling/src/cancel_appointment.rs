use crate::{Appointment, Booked, Move, Status};
use interpres_accounts::user_of_interpreter;
use interpres_gate::{Action, Command, Notice, Permission, Phi, Refusal, WriteTx, words};
use interpres_types::{AppointmentId, Field, Note, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

words! {
    /// Why an appointment was canceled.
    EndReason, "must be a reason, like client-canceled" {
        /// The client canceled.
        ClientCanceled = "client-canceled", "Client canceled";
        /// The client did not come.
        ClientNoShow = "client-no-show", "Client did not come";
        /// The customer canceled or moved it.
        CustomerCanceled = "customer-canceled", "Customer canceled";
        /// Nobody could be found.
        NoInterpreter = "no-interpreter", "No interpreter found";
        /// The interpreter did not come.
        InterpreterNoShow = "interpreter-no-show", "Interpreter did not come";
        /// It was entered twice.
        Duplicate = "duplicate", "Entered twice";
        /// Weather and the like.
        Weather = "weather", "Weather";
        /// Anything else; say it in the note.
        Other = "other", "Other";
    }
}

/// A cancellation as it comes in.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CancelInput {
    /// The reason's code; required.
    pub reason: Field,
    /// In words.
    pub note: Field,
}

/// Cancels an appointment. Late or not is the policy's to say, not the caller's.
#[derive(Debug)]
pub struct CancelAppointment {
    /// Which.
    pub id: AppointmentId,
    /// The version the caller saw.
    pub version: Option<i64>,
    /// Why.
    pub input: CancelInput,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Canceled {
    /// Which.
    pub id: AppointmentId,
    /// Its version now.
    pub version: i64,
    /// canceled or late-cancel.
    pub status: Status,
}

impl Command for CancelAppointment {
    const ACTION: Action = Action::AppointmentCancel;
    const PERMISSION: Permission = Permission::EditAppointments;
    type Outcome = Canceled;
    async fn run(self, tx: &mut WriteTx) -> Result<Canceled, Refusal> {
        let mut p = Problems::none();
        let (reason, note) = (p.need::<EndReason>("reason", &self.input.reason), p.may::<Note<500>>("note", &self.input.note));
        let (Some(reason), true) = (reason, p.is_empty()) else { return Err(p.into()) };
        let mut a: Appointment = tx.find(self.id).await?;
        tx.expect_version(&a, self.version)?;
        a.status.allow(Move::Cancel)?;
        let late = tx.now().plus_minutes(tx.actor().office().late_hours * 60) > a.starts_at;
        (a.end_reason, a.end_note) = (Some(reason), note.map(Phi::new));
        a.become_(if late { Status::LateCancel } else { Status::Canceled });
        let saved = tx.save(&a).await?;
        if let Some(interpreter) = a.interpreter_id
            && let Some(user) = user_of_interpreter(tx, interpreter).await?
        {
            let notice = Notice::new("appointment.canceled", "An appointment of yours was canceled: ").mention(&a.language).say(", ").mention(&a.wall_start);
            tx.notify(user, notice.leads_to("/appointments", a.id)).await?;
        }
        Ok(Canceled { id: a.id, version: saved.version, status: a.status })
    }
}

/// Takes back a cancellation, a missed mark or a decline: to assigned when an interpreter is
/// still free for it, else to requested.
#[derive(Debug)]
pub struct RestoreAppointment {
    /// Which.
    pub id: AppointmentId,
}

impl Command for RestoreAppointment {
    const ACTION: Action = Action::AppointmentRestore;
    const PERMISSION: Permission = Permission::AssignInterpreters;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx) -> Result<Booked, Refusal> {
        let mut a: Appointment = tx.find(self.id).await?;
        a.status.allow(Move::Restore)?;
        match a.interpreter_id {
            Some(interpreter) => crate::take(tx, &mut a, interpreter, false).await?,
            None => a.become_(Status::Requested),
        }
        (a.end_reason, a.end_note, a.ended_by) = (None, None, None);
        let saved = tx.save(&a).await?;
        Ok(Booked { id: a.id, version: saved.version, reference: a.reference.into(), status: a.status })
    }
}
