use crate::Member;
use interpres_gate::{Action, Permission, Query, ReadTx, Refusal};
use interpres_types::Instant;
use schemars::JsonSchema;
use serde::Serialize;

/// Which members accepted which user terms, by name; at most 500.
#[derive(Clone, Debug)]
pub struct ListAcceptances;

/// A member, and what they accepted.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Acceptance {
    /// Their name as colleagues see it.
    pub member: String,
    /// The version of the terms; nothing for the first people, who came with the workspace.
    pub version: Option<String>,
    /// The full name as they typed it.
    pub typed: Option<String>,
    /// When.
    pub at: Option<Instant>,
    /// From which network address.
    pub address: Option<String>,
}

impl Query for ListAcceptances {
    const ACTION: Action = Action::HipaaShow;
    const PERMISSION: Permission = Permission::ViewReadiness;
    type View = Vec<Acceptance>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<Acceptance>, Refusal> {
        let members: Vec<Member> = tx.list("where ended_at is null order by name, id limit 500", vec![]).await?;
        let of = |m: Member| {
            let terms = m.terms.map(|terms| terms.0);
            Acceptance {
                member: m.name.into(),
                version: terms.as_ref().map(|t| t.version.clone()),
                typed: terms.as_ref().map(|t| t.name.clone()),
                at: terms.as_ref().map(|t| t.at),
                address: terms.and_then(|t| t.address),
            }
        };
        Ok(members.into_iter().map(of).collect())
    }
}
