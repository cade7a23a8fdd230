use crate::{
    Booked, EndReason, Party,
    transition::{Ending, Outcome, Step, advance, appointment_alone},
};
use interpres_gate::{Action, Command, Granted, Refusal, WriteTx, async_trait};
use interpres_types::{AppointmentId, Field, Note, Problems};
use schemars::JsonSchema;
use serde::Deserialize;

/// Who did not come, as it comes in.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MissedInput {
    /// client, customer or interpreter; required.
    pub by: Field,
    /// In words.
    pub note: Field,
}

/// Marks an appointment as missed, with who did not come (SC4).
#[derive(Debug)]
pub struct MarkMissed {
    /// Which.
    pub id: AppointmentId,
    /// The version the caller saw.
    pub version: Option<i64>,
    /// Who, and what there is to say.
    pub input: MissedInput,
}

#[async_trait]
impl Command for MarkMissed {
    const ACTION: Action = Action::AppointmentMiss;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let mut p = Problems::none();
        let by = p.need::<Party>("by", &self.input.by);
        let note = p.may::<Note<500>>("note", &self.input.note);
        if by == Some(Party::Agency) {
            p.add("by", "must be client, customer or interpreter");
        }
        let (Some(by), true) = (by, p.is_empty()) else {
            return Err(p.into());
        };
        let a = appointment_alone(tx, self.id).await?;
        tx.expect_version(&a, self.version)?;
        if a.held && tx.now() < a.starts_at {
            return Err(Refusal::conflict(
                "This has not begun yet, so nobody has missed it. Cancel it instead.",
            ));
        }
        let reason = match by {
            Party::Client => Some(EndReason::ClientNoShow),
            Party::Interpreter => Some(EndReason::InterpreterNoShow),
            Party::Customer | Party::Agency => None,
        };
        let ending = Ending {
            outcome: Outcome::Missed,
            by: Some(by),
            reason,
            note,
        };
        advance(tx, a, Step::CallOff(ending))
            .await
            .map(Booked::from)
    }
}
