//! The providers of a workspace.
use crate::{Preset, Provider, provider::providers};
use interpres_gate::{Action, Query, ReadTx, Refusal, async_trait};
use interpres_types::ProviderId;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A workspace's identity providers.
#[derive(Clone, Debug)]
pub struct ListProviders;

/// A provider, without its secret.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProviderView {
    /// Its id.
    pub id: ProviderId,
    /// Its version.
    pub version: i64,
    /// Its display name.
    pub name: String,
    /// Its quirks.
    pub preset: Preset,
    /// Its issuer.
    pub issuer: String,
    /// Our client id there.
    pub client_id: String,
    /// Domains that it speaks for.
    pub domains: Vec<String>,
    /// Whether people join by signing in.
    pub joins: bool,
    /// The role they get.
    pub default_role: String,
    /// The claim with the groups.
    pub group_claim: String,
    /// Groups, and the role of each.
    pub group_roles: BTreeMap<String, String>,
    /// Values that show a second factor.
    pub strong_values: Vec<String>,
    /// Whether it is the only way in for members.
    pub only: bool,
}

#[async_trait]
impl Query for ListProviders {
    const ACTION: Action = Action::ProvidersList;
    type View = Vec<ProviderView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<ProviderView>, Refusal> {
        let all = providers(tx).await?;
        let view = |p: Provider| ProviderView {
            id: p.id,
            version: p.version,
            name: p.name.to_string(),
            preset: p.preset,
            issuer: p.issuer.to_string(),
            client_id: p.client_id.to_string(),
            domains: p.domains.0,
            joins: p.joins,
            default_role: p.default_role.to_string(),
            group_claim: p.group_claim.to_string(),
            group_roles: p.group_roles.0,
            strong_values: p.strong_values.0,
            only: p.exclusive,
        };
        Ok(all.into_iter().map(view).collect())
    }
}
