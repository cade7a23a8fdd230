use interpres_gate::{Credential, Json, Phi, ReadTx, Refusal, record, words};
use interpres_types::{Email, Instant, Line, ProviderId};
use std::collections::BTreeMap;

words! {
    /// A provider's product, if it deviates from the standard.
    Preset, "must be generic, okta, entra or google" {
        /// By the standard.
        Generic = "generic", "Another provider";
        /// Okta: sends `groups` if configured to.
        Okta = "okta", "Okta";
        /// Microsoft Entra ID: `xms_edov` says whether an email's domain is verified; groups are named by id.
        Entra = "entra", "Microsoft Entra ID";
        /// Google Workspace: sends no groups; `hd` is the domain it vouches for.
        Google = "google", "Google Workspace";
    }
}

record! {
    /// An identity provider of a workspace.
    pub struct Provider from NewProvider in "provider" by ProviderId, sealed {
        /// Its display name.
        name: Line<80>,
        /// Its quirks.
        preset: Preset,
        /// Its issuer, exactly.
        issuer: Line<300>,
        /// Our client id there.
        client_id: Line<300>,
        /// Our client secret.
        client_secret: Phi<Credential>,
        /// Domains of addresses that are sent to it; granted by the operator.
        domains: Json<Vec<String>>,
        /// Whether people who are not members join by signing in.
        joins: bool,
        /// The role they get.
        default_role: Line<40>,
        /// The claim with the groups.
        group_claim: Line<80>,
        /// Groups, and the built-in role of each; the first match counts.
        group_roles: Json<BTreeMap<String, String>>,
        /// Values of amr or acr that show a second factor.
        strong_values: Json<Vec<String>>,
        /// Whether it is the only way in for members other than owners.
        exclusive: bool,
        /// When it was removed.
        ended_at: Option<Instant>,
    }
}

impl Provider {
    /// Whether the operator has granted it this email's domain.
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
