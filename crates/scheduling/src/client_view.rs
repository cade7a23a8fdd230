//! A client as pages, JSON and tables show it.
use crate::Client;
use crate::view::{Named, Names, PointsTo, shown_label};
use interpres_gate::{Json, PersonName, ReadTx, Refusal, Shown};
use interpres_types::{InterpreterId, LepClientId};
use schemars::JsonSchema;
use serde::Serialize;

/// A client as shown.
#[derive(Serialize, JsonSchema)]
pub struct ClientView {
    /// Id.
    pub id: LepClientId,
    /// Version, for changing it.
    pub version: i64,
    /// The name, or initials where the caller may not see it.
    pub lep_client: Option<Shown<PersonName>>,
    /// Initials or a file number, where no name is kept.
    pub client_label: Option<String>,
    /// The team that schedules for them.
    pub team: Named,
    /// Whose client they are.
    pub customer: Named,
    /// Interpreters they would rather have.
    pub preferred: Vec<Named>,
    /// Interpreters who are never sent to them.
    pub blocked: Vec<Named>,
    /// Whether no appointment is for them any longer.
    pub unlinked: bool,
}

/// Shows clients: names beside ids, each client's own revealed or masked by the scope's rule.
pub(crate) async fn client_views(
    tx: &mut ReadTx,
    clients: Vec<Client>,
) -> Result<Vec<ClientView>, Refusal> {
    let mut wanted = Vec::new();
    for c in &clients {
        let of_client = PointsTo {
            customer: c.customer_id,
            interpreter: None,
            team: c.team_id,
        };
        wanted.push(of_client);
        let of = |list: &Option<Json<Vec<InterpreterId>>>| {
            list.iter()
                .flat_map(|l| l.iter().copied())
                .collect::<Vec<_>>()
        };
        for id in of(&c.preferred).into_iter().chain(of(&c.blocked)) {
            wanted.push(PointsTo {
                interpreter: Some(id),
                ..of_client
            });
        }
    }
    let names = Names::of(tx, &wanted).await?;
    let mut out = Vec::with_capacity(clients.len());
    for c in clients {
        let named = |list: Option<Json<Vec<InterpreterId>>>| {
            let ids = list.map(|list| list.0).unwrap_or_default();
            ids.into_iter().map(|id| names.of_id(id)).collect()
        };
        out.push(ClientView {
            id: c.id,
            version: c.version,
            lep_client: tx.may_reveal(c.name.as_ref())?,
            client_label: shown_label(tx, c.health_care, c.label).map(Into::into),
            team: names.of_id(c.team_id),
            customer: names.of_id(c.customer_id),
            preferred: named(c.preferred),
            blocked: named(c.blocked),
            unlinked: c.unlinked_at.is_some(),
        });
    }
    Ok(out)
}
