use crate::LegalHold;
use interpres_gate::{
    Action, Command, Granted, Permission, ReadTx, Refusal, Val, WriteTx, async_trait, record,
};
use interpres_scheduling::Appointment;
use interpres_types::{AppointmentId, ErasureId, Field, Instant, Line, Problems, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

record! {
    /// The certificate of an erasure: what was destroyed, when, by whom and why. It names nobody.
    pub struct Erasure from NewErasure in "erasure" by ErasureId {
        /// Whose client's data.
        appointment_id: AppointmentId,
        /// The number people call the appointment by.
        reference: Line<40>,
        /// When.
        erased_at: Instant,
        /// By whom.
        erased_by: Option<UserId>,
        /// Why, as a reference to a request or rule.
        reason: Line<120>,
        /// How many records held protected fields.
        records: i64,
        /// How many keys were destroyed.
        keys: i64,
    }
}

/// Why a client's data are erased.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EraseInput {
    /// A reference to the request or rule, without names; required.
    pub reason: Field,
}

/// Erases a client from an appointment that is over: name, notes, signature and every other
/// protected field of the appointment, its offers, its voucher and the row it was imported from. The
/// fields are emptied and the keys of the records and of all their versions destroyed, so that no
/// backup opens them once the copies of the key store have ended. Times, money and the log stay.
#[derive(Debug)]
pub struct EraseClient {
    /// Of which appointment.
    pub id: AppointmentId,
    /// Why.
    pub input: EraseInput,
}

/// What was erased.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Erased {
    /// The certificate's id.
    pub certificate: ErasureId,
    /// How many records held protected fields.
    pub records: i64,
    /// How many keys are destroyed within seconds.
    pub keys: i64,
}

#[async_trait]
impl Command for EraseClient {
    const ACTION: Action = Action::ClientErase;
    const PERMISSION: Permission = Permission::EraseClients;
    type Outcome = Erased;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Erased, Refusal> {
        let mut p = Problems::none();
        let Some(reason) = p.need::<Line<120>>("reason", &self.input.reason) else {
            return Err(p.into());
        };
        let appointment: Appointment = tx.find(self.id).await?;
        if !appointment.status.is_final() {
            return Err(Refusal::conflict(
                "The appointment is not over yet. Cancel it or complete it first.",
            ));
        }
        if tx
            .count::<LegalHold>(
                "where appointment_id = $1 and ended_at is null",
                vec![Val::text(self.id)],
            )
            .await?
            > 0
        {
            return Err(Refusal::conflict(
                "The appointment is under a legal hold, which must be released first.",
            ));
        }
        let (mut records, mut keys) = (0, 0);
        for (kind, id) in sealed_records(tx, self.id).await? {
            let destroyed = tx.erase(kind, &id).await?;
            (records, keys) = (records + i64::from(destroyed > 0), keys + destroyed);
        }
        if records == 0 {
            return Err(Refusal::conflict(
                "Nothing of a client is left in this appointment.",
            ));
        }
        let certificate = Erasure {
            erased_by: tx.actor().user(),
            ..tx.blank(NewErasure {
                appointment_id: self.id,
                reference: appointment.reference,
                erased_at: tx.now(),
                reason,
                records,
                keys,
            })
            .await?
        };
        let saved = tx.save(&certificate).await?;
        Ok(Erased {
            certificate: saved.id,
            records,
            keys,
        })
    }
}

/// Every record that holds protected fields of an appointment's client.
pub(crate) async fn sealed_records(
    tx: &mut ReadTx,
    id: AppointmentId,
) -> Result<Vec<(&'static str, String)>, Refusal> {
    let mut out = vec![("appointment", id.to_string())];
    for (kind, condition) in [
        ("offer", "appointment_id = $1"),
        ("assignment", "appointment_id = $1"),
        ("voucher", "appointment_id = $1"),
        ("import_line", "record_id = $1"),
    ] {
        out.extend(
            tx.every_id(kind, condition, vec![Val::text(id)])
                .await?
                .into_iter()
                .map(|id| (kind, id)),
        );
    }
    Ok(out)
}
