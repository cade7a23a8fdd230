use interpres_gate::{Credential, Json, Phi, ReadTx, Refusal, record, words};
use interpres_types::{Email, Instant, Line, ProviderId};
use std::collections::BTreeMap;

words! {
    /// Whose provider it is, where it has quirks of its own.
    Preset, "must be generic, okta, entra or google" {
        /// By the standard.
        Generic = "generic", "Another provider";
        /// Okta: groups stand in `groups` once they are asked for.
        Okta = "okta", "Okta";
        /// Microsoft Entra ID: says by `xms_edov` whether an address's domain is verified, and names groups by id.
        Entra = "entra", "Microsoft Entra ID";
        /// Google Workspace: says no groups; the domain it vouches for stands in `hd`.
        Google = "google", "Google Workspace";
    }
}

record! {
    /// An identity provider of a workspace.
    pub struct Provider from NewProvider in "provider" by ProviderId, sealed {
        /// What people know it by.
        name: Line<80>,
        /// Its quirks.
        preset: Preset,
        /// Its issuer, exactly.
        issuer: Line<300>,
        /// What it knows us by.
        client_id: Line<300>,
        /// What we prove ourselves to it by.
        client_secret: Phi<Credential>,
        /// Domains of addresses that are sent to it; granted by the operator.
        domains: Json<Vec<String>>,
        /// Whether people who are no members yet become members by signing in.
        joins: bool,
        /// The role they get.
        default_role: Line<40>,
        /// The claim that holds groups.
        group_claim: Line<80>,
        /// Groups and the built-in role that each gives; the first that fits counts.
        group_roles: Json<BTreeMap<String, String>>,
        /// Values of amr or acr that show a second factor.
        strong_values: Json<Vec<String>>,
        /// Whether members come in by it only, but for owners.
        exclusive: bool,
        /// When it was taken away.
        ended_at: Option<Instant>,
    }
}

impl Provider {
    /// Whether the operator has granted it the domain of this address.
    pub(crate) fn speaks_for(&self, email: &Email) -> bool {
        self.domains.0.iter().any(|domain| domain == email.domain())
    }
}

/// Providers that a workspace can have at once.
pub(crate) const MOST_PROVIDERS: i64 = 50;

/// A workspace's providers.
pub(crate) async fn providers(tx: &mut ReadTx) -> Result<Vec<Provider>, Refusal> {
    tx.list(
        "where ended_at is null order by id limit $1",
        vec![MOST_PROVIDERS.into()],
    )
    .await
}
