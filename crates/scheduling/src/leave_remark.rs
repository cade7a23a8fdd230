use crate::appointment_alone;
use interpres_gate::{Action, Command, Granted, Phi, Refusal, WriteTx, async_trait, record};
use interpres_types::{AppointmentId, Field, Instant, Note, Problems, RemarkId, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

record! {
    /// What staff remark on an appointment, for each other. It is never changed.
    pub struct Remark from NewRemark in "remark" by RemarkId, sealed {
        /// On which appointment.
        appointment_id: AppointmentId,
        /// In words: may name the client.
        text: Phi<Note<2000>>,
        /// When.
        left_at: Instant,
        /// By whom.
        left_by: Option<UserId>,
    }
}

/// A remark as it comes in.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RemarkInput {
    /// In words; required.
    pub text: Field,
}

/// Leaves a remark on an appointment, for staff only.
#[derive(Debug)]
pub struct LeaveRemark {
    /// On which.
    pub appointment: AppointmentId,
    /// What.
    pub input: RemarkInput,
}

/// A remark that was left.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct LeftRemark {
    /// Its id.
    pub id: RemarkId,
}

#[async_trait]
impl Command for LeaveRemark {
    const ACTION: Action = Action::RemarkLeave;
    type Outcome = LeftRemark;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<LeftRemark, Refusal> {
        let a = appointment_alone(tx, self.appointment).await?;
        if a.key.is_none() {
            return Err(Refusal::conflict(
                "The client was erased from this appointment. Nothing more can be remarked on it.",
            ));
        }
        let mut p = Problems::none();
        let Some(text) = p.need::<Note<2000>>("text", &self.input.text) else {
            return Err(p.into());
        };
        let remark = Remark {
            left_by: tx.actor().user(),
            ..tx.blank(NewRemark {
                appointment_id: a.id,
                text: Phi::new(text),
                left_at: tx.now(),
            })
            .await?
        };
        let id = tx.save(&remark).await?.id;
        Ok(LeftRemark { id })
    }
}
