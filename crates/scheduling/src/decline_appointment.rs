use crate::{
    Booked, Party,
    transition::{Ending, Outcome, Step, advance, appointment_alone},
};
use interpres_gate::{Action, Command, Granted, Refusal, WriteTx, async_trait};
use interpres_types::{AppointmentId, Field, Note, Problems};
use schemars::JsonSchema;
use serde::Deserialize;

/// Why a request is turned down, as it comes in.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DeclineInput {
    /// In words.
    pub note: Field,
}

/// Turns down a request that the agency can't or won't cover (SC4). Who was asked is told that it is gone.
#[derive(Debug)]
pub struct DeclineAppointment {
    /// Which.
    pub id: AppointmentId,
    /// The version the caller saw.
    pub version: Option<i64>,
    /// Why.
    pub input: DeclineInput,
}

#[async_trait]
impl Command for DeclineAppointment {
    const ACTION: Action = Action::AppointmentDecline;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let mut p = Problems::none();
        let note = p.may::<Note<500>>("note", &self.input.note);
        if !p.is_empty() {
            return Err(p.into());
        }
        let a = appointment_alone(tx, self.id).await?;
        tx.expect_version(&a, self.version)?;
        let ending = Ending {
            outcome: Outcome::Declined,
            by: Some(Party::Agency),
            reason: None,
            note,
        };
        advance(tx, a, Step::CallOff(ending))
            .await
            .map(Booked::from)
    }
}
