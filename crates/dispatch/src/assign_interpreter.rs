use crate::offer::withdraw_others;
use interpres_accounts::user_of_interpreter;
use interpres_directory::interpreter_cards;
use interpres_gate::{Action, Command, Notice, Permission, Refusal, WriteTx};
use interpres_scheduling::{Appointment, Booked, Move, Status, take};
use interpres_types::{AppointmentId, InterpreterId};

/// Assigns an interpreter without asking.
#[derive(Debug)]
pub struct AssignInterpreter {
    /// Which appointment.
    pub appointment: AppointmentId,
    /// Whom.
    pub interpreter: InterpreterId,
}

impl Command for AssignInterpreter {
    const ACTION: Action = Action::InterpreterAssign;
    const PERMISSION: Permission = Permission::AssignInterpreters;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx) -> Result<Booked, Refusal> {
        tx.alone(format!("appointment/{}", self.appointment)).await?;
        let mut a: Appointment = tx.find(self.appointment).await?;
        a.status.allow(Move::Assign)?;
        let cards = interpreter_cards(tx, Some(&[self.interpreter])).await?;
        let card = cards.first().ok_or_else(|| Refusal::invalid("interpreter", "is not an interpreter of this workspace"))?;
        if !card.languages.contains(&a.language) {
            return Err(Refusal::invalid("interpreter", "does not speak the appointment's language"));
        }
        take(tx, &mut a, self.interpreter, false).await?;
        let saved = tx.save(&a).await?;
        withdraw_others(tx, &a, None).await?;
        if let Some(user) = user_of_interpreter(tx, self.interpreter).await? {
            let notice = Notice::new("appointment.assigned", "You are assigned: ").mention(&a.language).say(", ").mention(&a.wall_start);
            tx.notify(user, notice.leads_to("/appointments", a.id)).await?;
        }
        Ok(Booked { id: a.id, version: saved.version, reference: a.reference.into(), status: a.status })
    }
}

/// Takes an appointment back from its interpreter; it is unassigned again.
#[derive(Debug)]
pub struct RemoveInterpreter {
    /// Which appointment.
    pub appointment: AppointmentId,
}

impl Command for RemoveInterpreter {
    const ACTION: Action = Action::InterpreterRemove;
    const PERMISSION: Permission = Permission::AssignInterpreters;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx) -> Result<Booked, Refusal> {
        tx.alone(format!("appointment/{}", self.appointment)).await?;
        let mut a: Appointment = tx.find(self.appointment).await?;
        a.status.allow(Move::Release)?;
        withdraw_others(tx, &a, None).await?;
        let removed = a.interpreter_id.take();
        (a.pay_rate, a.overridden) = (None, false);
        a.become_(Status::Unassigned);
        let saved = tx.save(&a).await?;
        if let Some(interpreter) = removed
            && let Some(user) = user_of_interpreter(tx, interpreter).await?
        {
            let notice = Notice::new("appointment.removed", "You are no longer assigned: ").mention(&a.language).say(", ").mention(&a.wall_start);
            tx.notify(user, notice).await?;
        }
        Ok(Booked { id: a.id, version: saved.version, reference: a.reference.into(), status: a.status })
    }
}
