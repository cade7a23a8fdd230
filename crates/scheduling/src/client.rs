//! An LEP client: the person with limited English proficiency whom appointments are for.
use crate::Appointment;
use crate::audience::{KNOWS_CLIENT, TIES};
use interpres_accounts::OFFICE;
use interpres_gate::{
    History, Json, Permission, PersonName, Phi, ReadTx, RecordKind, Refusal, Val, record,
};
use interpres_types::{
    AppointmentId, CustomerId, Instant, InterpreterId, LepClientId, Line, TeamId,
};
use std::collections::HashMap;

record! {
    /// Whom appointments are for, under a key of its own: the unit of erasure. Two of the same name are two people
    /// until a person says otherwise.
    pub struct Client from NewClient in "client" by LepClientId, sealed {
        /// The team that schedules for them.
        team_id: TeamId,
        /// The customer whose client they are.
        customer_id: CustomerId,
        /// Whether that is a health-care customer.
        health_care: bool,
        /// The name: PHI.
        name: Option<Phi<PersonName>> => KNOWS_CLIENT,
        /// Initials or a file number, where a name is not taken.
        label: Option<Line<40>>,
        /// Interpreters they would rather have.
        preferred: Option<Json<Vec<InterpreterId>>> => OFFICE,
        /// Interpreters who are never sent to them.
        blocked: Option<Json<Vec<InterpreterId>>> => OFFICE,
        /// Since when no appointment is for them.
        unlinked_at: Option<Instant>,
    }
}

/// The record and its history.
pub(crate) const KIND: RecordKind = RecordKind::of::<Client>()
    .with_history(History::for_viewers(Permission::ViewAppointments))
    .with_ties(TIES);

/// The client of each of these appointments, as far as they have one.
pub(crate) async fn clients_of(
    tx: &mut ReadTx,
    appointments: &[Appointment],
) -> Result<HashMap<AppointmentId, Client>, Refusal> {
    let ids: Vec<AppointmentId> = appointments.iter().map(|a| a.id).collect();
    tx.through::<Appointment, Client>("client_seen", "client_id", &ids)
        .await
}

/// The client of an appointment that was found in this transaction.
///
/// # Errors
/// A fault of the database.
pub async fn client_of(tx: &mut ReadTx, a: &Appointment) -> Result<Option<Client>, Refusal> {
    if a.client_id.is_none() {
        return Ok(None);
    }
    let mut found = tx
        .through::<Appointment, Client>("client_seen", "client_id", &[a.id])
        .await?;
    Ok(found.remove(&a.id))
}

/// Whether a client has other appointments than this one, whoever schedules them.
///
/// # Errors
/// A fault of the database.
pub async fn has_others(
    tx: &mut ReadTx,
    client: LepClientId,
    but: AppointmentId,
) -> Result<bool, Refusal> {
    let sql = "select id from client_use where client_id = $1 and id <> $2 limit 1";
    let args = vec![Val::text(client), Val::text(but)];
    Ok(!tx.rows(sql, args).await?.is_empty())
}

/// Who is never sent to an appointment's client.
///
/// # Errors
/// A fault of the database.
pub async fn blocked_for(tx: &mut ReadTx, a: &Appointment) -> Result<Vec<InterpreterId>, Refusal> {
    let blocked = client_of(tx, a).await?.and_then(|client| client.blocked);
    Ok(blocked.map(|ids| ids.0).unwrap_or_default())
}
