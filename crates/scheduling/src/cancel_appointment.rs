use crate::{
    Appointment, EndReason, Party, Status,
    transition::{Ending, Outcome, Step, advance, appointment_alone},
};
use interpres_gate::{Action, Command, Granted, Reach, Refusal, WriteTx, async_trait};
use interpres_types::{AppointmentId, Field, Note, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A cancellation as it comes in.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CancelInput {
    /// The reason's code; required.
    pub reason: Field,
    /// In words.
    pub note: Field,
}

/// Cancels an appointment. Late or not is the policy's to say, not the caller's. When it should have begun
/// and somebody did not come, it was missed.
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
    /// canceled, late-cancel or missed.
    pub status: Status,
}

#[async_trait]
impl Command for CancelAppointment {
    const ACTION: Action = Action::AppointmentCancel;
    type Outcome = Canceled;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Canceled, Refusal> {
        let mut p = Problems::none();
        let reason = p.need::<EndReason>("reason", &self.input.reason);
        let note = p.may::<Note<500>>("note", &self.input.note);
        let (Some(reason), true) = (reason, p.is_empty()) else {
            return Err(p.into());
        };
        let a = appointment_alone(tx, self.id).await?;
        tx.expect_version(&a, self.version)?;
        let ending = Ending {
            outcome: outcome(tx, &a, reason)?,
            by: by(tx, reason)?,
            reason: Some(reason),
            note,
        };
        let a = advance(tx, a, Step::CallOff(ending)).await?;
        Ok(Canceled {
            id: a.id,
            version: a.version,
            status: a.status,
        })
    }
}

/// Who called it off. Whoever files requests can't lay it with the agency or its interpreter, which would cost nothing.
fn by(tx: &WriteTx, reason: EndReason) -> Result<Option<Party>, Refusal> {
    if tx.reach() != Reach::Own {
        return Ok(reason.party());
    }
    if reason.is_no_show() {
        return Err(Refusal::invalid(
            "reason",
            "is for the agency to record; choose why you are canceling, or call them",
        ));
    }
    Ok(Some(
        reason
            .party()
            .filter(|party| *party == Party::Client)
            .unwrap_or(Party::Customer),
    ))
}

fn outcome(tx: &WriteTx, a: &Appointment, reason: EndReason) -> Result<Outcome, Refusal> {
    let begun = a.starts_at <= tx.now();
    if reason.is_no_show() && a.held {
        let early = || {
            Refusal::invalid(
                "reason",
                "can be said once the appointment should have begun; before that, choose who canceled",
            )
        };
        return if begun {
            Ok(Outcome::Missed)
        } else {
            Err(early())
        };
    }
    let late = tx.now().plus_minutes(tx.actor().office().late_hours * 60) > a.starts_at;
    Ok(if late {
        Outcome::LateCancel
    } else {
        Outcome::Canceled
    })
}
