//! Whom a client would rather have, and whom never.
use crate::ScorePart;
use interpres_gate::{Json, ReadTx, Refusal};
use interpres_scheduling::{Appointment, client_of};
use interpres_types::{AppointmentId, InterpreterId};

/// Beside the hundred points of the other parts, where the client has a preference at all.
const PREFERRED: i64 = 50;

/// Whom an appointment's client would rather have, and who is never sent to them.
pub(crate) struct Wishes {
    preferred: Vec<InterpreterId>,
    pub(crate) blocked: Vec<InterpreterId>,
}

impl Wishes {
    /// Of the client of an appointment; while that is still being typed, of one of one's own clients.
    pub(crate) async fn of(tx: &mut ReadTx, appointment: &Appointment) -> Result<Self, Refusal> {
        let client = match appointment.client_id {
            Some(id) if appointment.id == AppointmentId::NONE => tx.may_find(id).await?,
            _ => client_of(tx, appointment).await?,
        };
        let ids = |list: Option<Json<Vec<InterpreterId>>>| list.map(|list| list.0);
        let (preferred, blocked) = client.map_or((None, None), |client| {
            (ids(client.preferred), ids(client.blocked))
        });
        Ok(Self {
            preferred: preferred.unwrap_or_default(),
            blocked: blocked.unwrap_or_default(),
        })
    }
    /// The part of an interpreter's score; none where the client has no preference.
    pub(crate) fn part(&self, interpreter: InterpreterId) -> Option<ScorePart> {
        let wanted = self.preferred.contains(&interpreter);
        (!self.preferred.is_empty()).then(|| ScorePart {
            name: "The client's preference",
            points: if wanted { PREFERRED } else { 0 },
            of: PREFERRED,
            why: if wanted { "preferred" } else { "not named" }.to_owned(),
        })
    }
}
