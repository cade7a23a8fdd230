use crate::{Appointment, Remark};
use interpres_accounts::names_of_users;
use interpres_gate::{Action, Filter, Page, Query, ReadTx, Refusal, Shown, Val, async_trait};
use interpres_types::{AppointmentId, Field, Instant, Note, Problems, RemarkId};
use schemars::JsonSchema;
use serde::Serialize;

/// What staff remarked on an appointment, latest first.
#[derive(Debug)]
pub struct ListRemarks {
    /// On which.
    pub appointment: AppointmentId,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

/// A remark as shown.
#[derive(Serialize, JsonSchema)]
pub struct RemarkView {
    /// Its id.
    pub id: RemarkId,
    /// In words.
    pub text: Shown<Note<2000>>,
    /// When.
    pub left_at: Instant,
    /// By whom; nothing where a program left it.
    pub left_by: Option<String>,
}

#[async_trait]
impl Query for ListRemarks {
    const ACTION: Action = Action::RemarksList;
    type View = Page<RemarkView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<RemarkView>, Refusal> {
        let a: Appointment = tx.find(self.appointment).await?;
        let mut p = Problems::none();
        let cursor = p.may::<RemarkId>("cursor", &self.cursor);
        let limit = p.page_limit(&self.limit);
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::before(cursor);
        filter.and("appointment_id = ?", Val::text(a.id));
        let Page { items, next } = tx.latest::<Remark>(filter, limit).await?;
        let names = names_of_users(tx, items.iter().filter_map(|r| r.left_by)).await?;
        let mut shown = Vec::with_capacity(items.len());
        for remark in items {
            shown.push(RemarkView {
                id: remark.id,
                text: tx.reveal_with::<Appointment, _>(&remark.text, a.id, "remark")?,
                left_at: remark.left_at,
                left_by: remark.left_by.and_then(|user| names.get(&user).cloned()),
            });
        }
        Ok(Page { items: shown, next })
    }
}
