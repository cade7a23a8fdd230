use interpres_gate::{Action, Permission, Query, ReadTx, Refusal, Val, async_trait};
use interpres_scheduling::appointments_called;
use interpres_types::{Field, Line, RecordId, TypedReference};
use serde::Serialize;

/// Resolves the record in a log filter: an id, or an appointment's reference number.
#[derive(Debug)]
pub struct FindRecord(pub Field);

/// The record that was meant.
#[derive(Debug, Serialize)]
pub struct FoundRecord {
    /// Its id.
    pub id: RecordId,
    /// The number people call it by, where it has one.
    pub reference: Option<String>,
}

#[async_trait]
impl Query for FindRecord {
    const ACTION: Action = Action::AuditList;
    type View = FoundRecord;
    async fn answer(self, tx: &mut ReadTx) -> Result<FoundRecord, Refusal> {
        let nothing = "matches no appointment. Type a whole reference, like FR-1042";
        let typed = self.0.raw().trim();
        let views = tx.actor().may(Permission::ViewAppointments);
        let id = match (typed.parse::<RecordId>(), typed.parse::<TypedReference>()) {
            (Ok(id), _) => Some(id),
            (_, Ok(reference)) if views => called(tx, &reference.0).await?,
            _ => None,
        };
        let Some(id) = id else {
            return Err(Refusal::invalid("record", nothing));
        };
        let rows = tx
            .rows(
                "select reference from appointment_reference where id = $1",
                vec![Val::text(id)],
            )
            .await?;
        let reference = rows
            .first()
            .filter(|_| views)
            .map(|row| row.text("reference"))
            .transpose()?;
        Ok(FoundRecord {
            id,
            reference: reference.map(str::to_owned),
        })
    }
}

/// The appointment of this reference, for those who may view it.
async fn called(tx: &mut ReadTx, reference: &Line<40>) -> Result<Option<RecordId>, Refusal> {
    let found = appointments_called(tx, reference).await?;
    if found.len() > 1 {
        return Err(Refusal::invalid(
            "record",
            "matches more than one appointment. Open the one you mean, and search by the ID in its address",
        ));
    }
    found
        .first()
        .map(|id| id.to_string().parse().map_err(Refusal::fault))
        .transpose()
}
