//! What an interpreter keeps of appointments that were taken away: their assignments that have ended. Nothing in them is
//! about the client.
use crate::Assignment;
use interpres_accounts::names_of_users;
use interpres_directory::ServiceType;
use interpres_gate::{Action, Filter, Page, Query, ReadTx, Refusal, Val, async_trait};
use interpres_types::{
    AppointmentId, Field, FormerAssignmentId, Id, Instant, Problems, TypedReference,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One's own former appointments, the latest taken first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListFormerAssignments {
    /// The number of one, upper or lower case.
    pub reference: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

/// A former appointment as its interpreter sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FormerView {
    /// Id.
    pub id: FormerAssignmentId,
    /// The appointment's id.
    pub appointment: AppointmentId,
    /// The number people call it by.
    pub reference: String,
    /// Date at the place.
    pub date: String,
    /// The date as people write it.
    #[serde(skip)]
    pub long_date: String,
    /// Time of day at the place.
    pub start: String,
    /// The time of day as people say it.
    #[serde(skip)]
    pub said: String,
    /// Zone of the place.
    pub zone: String,
    /// Length in minutes.
    pub minutes: i64,
    /// Language beside English.
    pub language: String,
    /// How the interpreter would have been there.
    pub service_type: ServiceType,
    /// The pay that was agreed, in words.
    pub agreed_pay: Option<String>,
    /// When it was taken away.
    pub removed_at: Instant,
    /// By whom.
    pub removed_by: Option<String>,
}

#[async_trait]
impl Query for ListFormerAssignments {
    const ACTION: Action = Action::FormerAssignmentsList;
    type View = Page<FormerView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<FormerView>, Refusal> {
        let mut p = Problems::none();
        let reference = p
            .may::<TypedReference>("reference", &self.reference)
            .map(|r| r.0);
        let cursor = p.may::<FormerAssignmentId>("cursor", &self.cursor);
        let limit = p.page_limit(&self.limit);
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::begin("where state = 'ended'", Vec::new());
        if let Some(cursor) = cursor {
            filter.and(
                "(removed_at, id) < (select removed_at, id from assignment where id = ?)",
                Val::text(cursor),
            );
        }
        if let Some(reference) = reference {
            filter.and("upper(reference) = ?", reference.as_str().to_uppercase());
        }
        let Filter { sql, args } = filter.page("removed_at desc, id desc", limit);
        let found: Vec<Assignment> = tx.list(&sql, args).await?;
        let page = Page::cut(found, limit, |f: &Assignment| f.id.to_string());
        let by = names_of_users(tx, page.items.iter().filter_map(|f| f.removed_by)).await?;
        Ok(page.map(|f| {
            let removed_by = f.removed_by.and_then(|user| by.get(&user).cloned());
            view(f, removed_by)
        }))
    }
}

fn view(f: Assignment, removed_by: Option<String>) -> FormerView {
    FormerView {
        id: FormerAssignmentId::from_uuid(f.id.uuid()),
        appointment: f.appointment_id,
        reference: f.reference.into(),
        date: f.wall_start.date.to_string(),
        long_date: f.wall_start.date.long(),
        start: f.wall_start.clock(),
        said: f.wall_start.said(),
        zone: f.zone.to_string(),
        minutes: f.minutes.get(),
        language: f.language.to_string(),
        service_type: f.service_type,
        agreed_pay: f.pay_rate.map(|card| card.to_string()),
        // Whichever has ended was taken away at some time.
        removed_at: f.removed_at.unwrap_or(f.ends_at),
        removed_by,
    }
}
