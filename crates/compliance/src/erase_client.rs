use crate::place_legal_hold::under_hold;
use interpres_gate::{
    Action, Alone, Command, Granted, ReadTx, Refusal, Val, WriteTx, async_trait, record,
};
use interpres_scheduling::{Appointment, Client, alone_with, client_lock, has_others};
use interpres_types::{
    AppointmentId, ErasureId, Field, Instant, LepClientId, Line, Problems, UserId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

record! {
    /// An erasure certificate: what was destroyed, when, by whom and why. It names no client.
    pub struct Erasure from NewErasure in "erasure" by ErasureId {
        /// The appointment; for a client, their latest one.
        appointment_id: AppointmentId,
        /// The number people call the appointment by.
        reference: Line<40>,
        /// When it was erased.
        erased_at: Instant,
        /// Who erased it.
        erased_by: Option<UserId>,
        /// Why, as a reference to a request or rule.
        reason: Line<120>,
        /// Number of records with protected fields.
        records: i64,
        /// Number of keys destroyed.
        keys: i64,
        /// The client, where their record was erased.
        client_id: Option<LepClientId>,
    }
}

/// Why a client's data are erased.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EraseInput {
    /// A reference to the request or rule, without names; required.
    pub reason: Field,
}

/// Erases the client of a past appointment: name, notes, signature and every other protected field of the
/// appointment, of former assignments, and of the imported row. Clears the fields and destroys the keys of the
/// records and all their versions, so that no backup can decrypt them once key backups expire. Times, money and the
/// log remain. The client's own record is erased too, unless other appointments use it; this one then only drops its
/// reference.
#[derive(Debug)]
pub struct EraseClient {
    /// The appointment.
    pub id: AppointmentId,
    /// The reason.
    pub input: EraseInput,
}

/// The result of an erasure.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Erased {
    /// The certificate's id.
    pub certificate: ErasureId,
    /// Number of records with protected fields.
    pub records: i64,
    /// Number of keys, destroyed within seconds.
    pub keys: i64,
}

#[async_trait]
impl Command for EraseClient {
    const ACTION: Action = Action::ClientErase;
    type Outcome = Erased;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Erased, Refusal> {
        let mut p = Problems::none();
        let Some(reason) = p.need::<Line<120>>("reason", &self.input.reason) else {
            return Err(p.into());
        };
        let lock = alone_with(tx, self.id).await?;
        let mut appointment: Appointment = tx.find(self.id).await?;
        refuse_unless_over(tx, &lock, &appointment).await?;
        let mut gone = Gone::default();
        if let Some(client) = appointment.client_id {
            tx.alone(client_lock(client)).await?;
            if has_others(tx, client, self.id).await? {
                appointment.client_id = None;
                appointment.client_version = None;
                tx.save(&appointment).await?;
            } else {
                gone.erase(tx, "client", &client.to_string()).await?;
            }
        }
        gone.erase_appointment(tx, self.id).await?;
        let certificate = Certified {
            appointment_id: self.id,
            reference: appointment.reference,
            client_id: appointment.client_id,
        };
        gone.certify(tx, certificate, reason).await
    }
}

/// Erases a client: their own record, and all that [`EraseClient`] reaches of each of their appointments, which must be
/// over.
#[derive(Debug)]
pub struct EraseWholeClient {
    /// The client.
    pub id: LepClientId,
    /// The reason.
    pub input: EraseInput,
}

#[async_trait]
impl Command for EraseWholeClient {
    const ACTION: Action = Action::ClientErase;
    type Outcome = Erased;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Erased, Refusal> {
        let mut p = Problems::none();
        let Some(reason) = p.need::<Line<120>>("reason", &self.input.reason) else {
            return Err(p.into());
        };
        // Whoever changes an appointment waits for it first and for its client then; so does this.
        let mut locks = BTreeMap::new();
        for id in tx
            .every_id("appointment", "client_id = $1", vec![Val::text(self.id)])
            .await?
        {
            let id: AppointmentId = id.parse().map_err(Refusal::fault)?;
            locks.insert(id, alone_with(tx, id).await?);
        }
        tx.alone(client_lock(self.id)).await?;
        let client: Client = tx.find(self.id).await?;
        let mut gone = Gone::default();
        gone.erase(tx, "client", &client.id.to_string()).await?;
        let appointments: Vec<Appointment> =
            tx.every("client_id = $1", vec![Val::text(self.id)]).await?;
        for appointment in &appointments {
            let lock = locks.get(&appointment.id).ok_or_else(|| {
                Refusal::conflict(
                    "Another appointment for this client was booked in the meantime. Look at the client again.",
                )
            })?;
            refuse_unless_over(tx, lock, appointment).await?;
            gone.erase_appointment(tx, appointment.id).await?;
        }
        let latest = appointments.into_iter().max_by_key(|a| a.starts_at);
        let certificate = Certified {
            appointment_id: latest.as_ref().map_or(AppointmentId::NONE, |a| a.id),
            reference: latest.map_or_else(|| Line::kept("none".to_owned()), |a| a.reference),
            client_id: Some(self.id),
        };
        gone.certify(tx, certificate, reason).await
    }
}

async fn refuse_unless_over(
    tx: &mut WriteTx,
    lock: &Alone,
    appointment: &Appointment,
) -> Result<(), Refusal> {
    if !appointment.status.is_final() {
        return Err(Refusal::conflict(
            "The appointment is not over yet. Cancel it or complete it first.",
        ));
    }
    if under_hold(tx, lock, appointment.id).await? {
        return Err(Refusal::conflict(
            "The appointment is under a legal hold, which must be released first.",
        ));
    }
    Ok(())
}

/// The counts so far.
#[derive(Default)]
struct Gone {
    records: i64,
    keys: i64,
}

/// The subject of a certificate.
struct Certified {
    appointment_id: AppointmentId,
    reference: Line<40>,
    client_id: Option<LepClientId>,
}

impl Gone {
    async fn erase(
        &mut self,
        tx: &mut WriteTx,
        kind: &'static str,
        id: &str,
    ) -> Result<(), Refusal> {
        let keys = tx.erase(kind, id).await?;
        self.records += i64::from(keys > 0);
        self.keys += keys;
        Ok(())
    }
    async fn erase_appointment(
        &mut self,
        tx: &mut WriteTx,
        id: AppointmentId,
    ) -> Result<(), Refusal> {
        for (kind, id) in sealed_records(tx, id).await? {
            self.erase(tx, kind, &id).await?;
        }
        Ok(())
    }
    async fn certify(
        self,
        tx: &mut WriteTx,
        of: Certified,
        reason: Line<120>,
    ) -> Result<Erased, Refusal> {
        let (records, keys) = (self.records, self.keys);
        if records == 0 {
            return Err(Refusal::conflict(
                "Nothing of a client is left in this appointment.",
            ));
        }
        let certificate = Erasure {
            erased_by: tx.actor().user(),
            client_id: of.client_id,
            ..tx.blank(NewErasure {
                appointment_id: of.appointment_id,
                reference: of.reference,
                erased_at: tx.now(),
                reason,
                records,
                keys,
            })
            .await?
        };
        let certificate = tx.save(&certificate).await?.id;
        Ok(Erased {
            certificate,
            records,
            keys,
        })
    }
}

/// The client of an appointment, if no other one is for them.
pub(crate) async fn only_client(
    tx: &mut WriteTx,
    appointment: &Appointment,
) -> Result<Option<String>, Refusal> {
    let Some(client) = appointment.client_id else {
        return Ok(None);
    };
    tx.alone(client_lock(client)).await?;
    let shared = has_others(tx, client, appointment.id).await?;
    Ok((!shared).then(|| client.to_string()))
}

/// Every record with protected fields of an appointment's client.
pub(crate) async fn sealed_records(
    tx: &mut ReadTx,
    id: AppointmentId,
) -> Result<Vec<(&'static str, String)>, Refusal> {
    let mut out = vec![("appointment", id.to_string())];
    let of_it = tx.sealed_kinds_with("appointment_id").into_iter();
    for (kind, condition) in of_it
        .map(|kind| (kind, "appointment_id = $1"))
        .chain([("import_line", "record_id = $1")])
    {
        let ids = tx.every_id(kind, condition, vec![Val::text(id)]).await?;
        out.extend(ids.into_iter().map(|id| (kind, id)));
    }
    Ok(out)
}
