use crate::{Member, member::BY_NAME};
use interpres_gate::{Action, Filter, Page, Query, ReadTx, Refusal, async_trait};
use interpres_types::{Field, Instant, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which members accepted which user terms, by name.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListAcceptances {
    /// Page cursor.
    pub cursor: Field,
    /// Page size, 1–200; default 50.
    pub limit: Field,
}

/// A member, and the terms they accepted.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Acceptance {
    /// Their name as colleagues see it.
    pub member: String,
    /// The version of the terms; `None` if they have not signed in yet.
    pub version: Option<String>,
    /// The full name as they typed it.
    pub typed: Option<String>,
    /// When they accepted.
    pub at: Option<Instant>,
    /// The network address.
    pub address: Option<String>,
    #[serde(skip)]
    cursor: String,
}

#[async_trait]
impl Query for ListAcceptances {
    const ACTION: Action = Action::HipaaShow;
    type View = Page<Acceptance>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<Acceptance>, Refusal> {
        let mut p = Problems::none();
        let limit = p.page_limit(&self.limit);
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::begin("where ended_at is null", Vec::new());
        filter.after(BY_NAME, &self.cursor)?;
        let filter = filter.page(&format!("{BY_NAME}, id"), limit);
        let members: Vec<Member> = tx.list(&filter.sql, filter.args).await?;
        let of = |m: Member| {
            let cursor = Filter::place(&m.sorted_by(), m.id);
            let terms = m.terms.map(|terms| terms.0);
            Acceptance {
                member: m.name.into(),
                version: terms.as_ref().map(|t| t.version.clone()),
                typed: terms.as_ref().map(|t| t.name.clone()),
                at: terms.as_ref().map(|t| t.at),
                address: terms.and_then(|t| t.address),
                cursor,
            }
        };
        Ok(Page::cut(
            members.into_iter().map(of).collect(),
            limit,
            |a: &Acceptance| a.cursor.clone(),
        ))
    }
}
