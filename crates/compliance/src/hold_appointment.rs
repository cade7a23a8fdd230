use interpres_gate::{
    Action, Command, Granted, Permission, Refusal, Val, WriteTx, async_trait, record,
};
use interpres_scheduling::Appointment;
use interpres_types::{AppointmentId, Field, HoldId, Instant, Line, Problems, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

record! {
    /// A legal hold: while it lasts, nothing of the appointment is erased.
    pub struct Hold from NewHold in "hold" by HoldId {
        /// Which appointment.
        appointment_id: AppointmentId,
        /// The matter, by its reference.
        matter: Line<120>,
        /// Since when.
        begun_at: Instant,
        /// By whom.
        begun_by: Option<UserId>,
        /// When it ended.
        ended_at: Option<Instant>,
    }
}

/// Why it is held.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HoldInput {
    /// The matter, by its reference, without names; required.
    pub matter: Field,
}

/// Holds an appointment for a legal matter.
#[derive(Debug)]
pub struct HoldAppointment {
    /// Which.
    pub id: AppointmentId,
    /// Why.
    pub input: HoldInput,
}

/// A hold.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// Its id.
    pub id: HoldId,
}

#[async_trait]
impl Command for HoldAppointment {
    const ACTION: Action = Action::HoldBegin;
    const PERMISSION: Permission = Permission::EraseClients;
    type Outcome = Held;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Held, Refusal> {
        let mut p = Problems::none();
        let Some(matter) = p.need::<Line<120>>("matter", &self.input.matter) else {
            return Err(p.into());
        };
        let appointment: Appointment = tx.find(self.id).await?;
        let hold = Hold {
            begun_by: tx.actor().user(),
            ..tx.blank(NewHold {
                appointment_id: appointment.id,
                matter,
                begun_at: tx.now(),
            })
            .await?
        };
        Ok(Held {
            id: tx.save(&hold).await?.id,
        })
    }
}

/// Ends every hold of an appointment.
#[derive(Debug)]
pub struct ReleaseHold(pub AppointmentId);

#[async_trait]
impl Command for ReleaseHold {
    const ACTION: Action = Action::HoldEnd;
    const PERMISSION: Permission = Permission::EraseClients;
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<usize, Refusal> {
        let open: Vec<Hold> = tx
            .every(
                "appointment_id = $1 and ended_at is null",
                vec![Val::text(self.0)],
            )
            .await?;
        if open.is_empty() {
            return Err(Refusal::NotFound);
        }
        let count = open.len();
        for mut hold in open {
            hold.ended_at = Some(tx.now());
            tx.save(&hold).await?;
        }
        Ok(count)
    }
}
