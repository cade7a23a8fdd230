use crate::{Erasure, LegalHold};
use interpres_gate::{Action, Filter, Page, Query, ReadTx, Refusal, async_trait};
use interpres_types::{
    AppointmentId, ErasureId, Field, Instant, LegalHoldId, LepClientId, Problems,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Certificates of erasure, latest first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListErasures {
    /// Page cursor.
    pub cursor: Field,
    /// Page size, 1–200; default 50.
    pub limit: Field,
}

/// A certificate.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ErasureView {
    /// Its id.
    pub id: ErasureId,
    /// The appointment.
    pub appointment: AppointmentId,
    /// The number people call it by.
    pub reference: String,
    /// When it was erased.
    pub erased_at: Instant,
    /// The reason.
    pub reason: String,
    /// Number of records with protected fields.
    pub records: i64,
    /// Number of keys destroyed.
    pub keys: i64,
    /// The client, where their record was erased.
    pub client: Option<LepClientId>,
}

#[async_trait]
impl Query for ListErasures {
    const ACTION: Action = Action::ErasuresList;
    type View = Page<ErasureView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<ErasureView>, Refusal> {
        let mut p = Problems::none();
        let (cursor, limit) = (
            p.may::<ErasureId>("cursor", &self.cursor),
            p.page_limit(&self.limit),
        );
        if !p.is_empty() {
            return Err(p.into());
        }
        let view = |e: Erasure| ErasureView {
            id: e.id,
            appointment: e.appointment_id,
            reference: e.reference.to_string(),
            erased_at: e.erased_at,
            reason: e.reason.to_string(),
            records: e.records,
            keys: e.keys,
            client: e.client_id,
        };
        Ok(tx.latest(Filter::before(cursor), limit).await?.map(view))
    }
}

/// Active legal holds, latest first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListLegalHolds {
    /// Page cursor.
    pub cursor: Field,
    /// Page size, 1–200; default 50.
    pub limit: Field,
}

/// A legal hold.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LegalHoldView {
    /// Its id.
    pub id: LegalHoldId,
    /// The appointment.
    pub appointment: AppointmentId,
    /// The matter, by its reference.
    pub matter: String,
    /// When it began.
    pub begun_at: Instant,
}

#[async_trait]
impl Query for ListLegalHolds {
    const ACTION: Action = Action::LegalHoldsList;
    type View = Page<LegalHoldView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<LegalHoldView>, Refusal> {
        let mut p = Problems::none();
        let (cursor, limit) = (
            p.may::<LegalHoldId>("cursor", &self.cursor),
            p.page_limit(&self.limit),
        );
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::before(cursor);
        filter.sql += " and ended_at is null";
        let view = |h: LegalHold| LegalHoldView {
            id: h.id,
            appointment: h.appointment_id,
            matter: h.matter.to_string(),
            begun_at: h.begun_at,
        };
        Ok(tx.latest(filter, limit).await?.map(view))
    }
}
