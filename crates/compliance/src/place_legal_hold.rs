use interpres_gate::{Action, Alone, Command, Granted, Refusal, Val, WriteTx, async_trait, record};
use interpres_scheduling::{alone_with, appointment_alone};
use interpres_types::{AppointmentId, Field, Instant, LegalHoldId, Line, Problems, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

record! {
    /// A legal hold: while active, nothing of the appointment is erased.
    pub struct LegalHold from NewLegalHold in "hold" by LegalHoldId {
        /// Which appointment.
        appointment_id: AppointmentId,
        /// The matter, by its reference.
        matter: Line<120>,
        /// When it began.
        begun_at: Instant,
        /// Who placed it.
        begun_by: Option<UserId>,
        /// When it ended.
        ended_at: Option<Instant>,
    }
}

/// Whether an appointment is under a legal hold. Who erases or purges asks with the appointment's lock, which who places
/// a hold takes as well.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn under_hold(
    tx: &mut WriteTx,
    lock: &Alone,
    appointment: AppointmentId,
) -> Result<bool, Refusal> {
    let holds = tx
        .count::<LegalHold>(
            lock,
            "where appointment_id = $1 and ended_at is null",
            vec![Val::text(appointment)],
        )
        .await?;
    Ok(holds > 0)
}

/// Which matter it is for.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LegalHoldInput {
    /// The matter, by its reference, without names; required.
    pub matter: Field,
}

/// Places a legal hold on an appointment.
#[derive(Debug)]
pub struct PlaceLegalHold {
    /// The appointment.
    pub id: AppointmentId,
    /// For which matter.
    pub input: LegalHoldInput,
}

/// A legal hold that was placed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct PlacedLegalHold {
    /// Its id.
    pub id: LegalHoldId,
}

#[async_trait]
impl Command for PlaceLegalHold {
    const ACTION: Action = Action::LegalHoldBegin;
    type Outcome = PlacedLegalHold;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<PlacedLegalHold, Refusal> {
        let mut p = Problems::none();
        let Some(matter) = p.need::<Line<120>>("matter", &self.input.matter) else {
            return Err(p.into());
        };
        let appointment = appointment_alone(tx, self.id).await?;
        let hold = LegalHold {
            begun_by: tx.actor().user(),
            ..tx.blank(NewLegalHold {
                appointment_id: appointment.id,
                matter,
                begun_at: tx.now(),
            })
            .await?
        };
        Ok(PlacedLegalHold {
            id: tx.save(&hold).await?.id,
        })
    }
}

/// Releases every legal hold on an appointment.
#[derive(Debug)]
pub struct ReleaseLegalHold(pub AppointmentId);

#[async_trait]
impl Command for ReleaseLegalHold {
    const ACTION: Action = Action::LegalHoldEnd;
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<usize, Refusal> {
        alone_with(tx, self.0).await?;
        let open: Vec<LegalHold> = tx
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
