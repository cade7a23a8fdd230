use interpres_gate::{Action, Command, Granted, Refusal, WriteTx, async_trait};
use interpres_scheduling::{
    Appointment, AssignedHow, Booked, Step, Taking, advance, appointment_alone,
};
use interpres_types::{AppointmentId, Field, InterpreterId, Note, Problems};
use schemars::JsonSchema;
use serde::Deserialize;

/// Assigns an interpreter without asking.
#[derive(Debug)]
pub struct AssignInterpreter {
    /// Which appointment.
    pub appointment: AppointmentId,
    /// Whom.
    pub interpreter: InterpreterId,
}

#[async_trait]
impl Command for AssignInterpreter {
    const ACTION: Action = Action::InterpreterAssign;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let a = appointment_alone(tx, self.appointment).await?;
        assign(tx, a, self.interpreter).await.map(Booked::from)
    }
}

/// Assigns an interpreter to an appointment nobody else is at work on, as part of a command.
///
/// # Errors
/// [`Refusal::Conflict`] that says what is in the interpreter's way.
pub async fn assign(
    tx: &mut WriteTx,
    a: Appointment,
    interpreter: InterpreterId,
) -> Result<Appointment, Refusal> {
    let taking = Taking {
        interpreter,
        despite: None,
        how: AssignedHow::Assigned,
    };
    advance(tx, a, Step::Assign(taking)).await
}

/// An assignment despite a conflict, as it comes in.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OverrideInput {
    /// The interpreter's id; required.
    pub interpreter: Field,
    /// Why the conflict is accepted; required.
    pub reason: Field,
}

/// Assigns an interpreter in whose way something is, for a reason that stays with the appointment (SC5).
#[derive(Debug)]
pub struct AssignDespiteConflict {
    /// Which appointment.
    pub appointment: AppointmentId,
    /// Whom, and why.
    pub input: OverrideInput,
}

#[async_trait]
impl Command for AssignDespiteConflict {
    const ACTION: Action = Action::InterpreterOverride;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let mut p = Problems::none();
        let interpreter = p.need::<InterpreterId>("interpreter", &self.input.interpreter);
        let reason = p.need::<Note<500>>("reason", &self.input.reason);
        let (Some(interpreter), Some(reason)) = (interpreter, reason) else {
            return Err(p.into());
        };
        let a = appointment_alone(tx, self.appointment).await?;
        let taking = Taking {
            interpreter,
            despite: Some(reason),
            how: AssignedHow::Assigned,
        };
        advance(tx, a, Step::Assign(taking)).await.map(Booked::from)
    }
}

/// Takes an appointment back from its interpreter, or from those who are asked; it is unassigned again.
#[derive(Debug)]
pub struct RemoveInterpreter {
    /// Which appointment.
    pub appointment: AppointmentId,
}

#[async_trait]
impl Command for RemoveInterpreter {
    const ACTION: Action = Action::InterpreterRemove;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let a = appointment_alone(tx, self.appointment).await?;
        advance(tx, a, Step::Release).await.map(Booked::from)
    }
}
