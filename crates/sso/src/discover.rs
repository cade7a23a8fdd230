//! A provider's metadata (OpenID Connect Discovery 1.0) and signing keys.
use crate::Outward;
use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;

/// The parts of a provider's metadata that are used.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Metadata {
    issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    pub(crate) userinfo_endpoint: Option<String>,
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

/// Why a provider's metadata was rejected.
pub(crate) enum Slip {
    /// They can't be had.
    Unreached,
    /// The issuer that they name, which differs by a slash at the end.
    Slash(String),
    /// They are for every tenant.
    Tenant,
    /// The issuer that they name, which is another.
    Another(String),
    /// They lead where we don't go.
    Elsewhere,
}

impl Slip {
    fn of(wanted: &str, found: String) -> Self {
        if found.contains("{tenantid}") {
            Self::Tenant
        } else if found.trim_end_matches('/') == wanted.trim_end_matches('/') {
            Self::Slash(found)
        } else {
            Self::Another(found)
        }
    }
}

/// Fetches a provider's metadata. Rejects metadata for another issuer, or with URLs we do not allow (OpenID Connect
/// Discovery 1.0, 4.3).
pub(crate) async fn discover(out: &Outward, issuer: &str) -> Result<Metadata, Slip> {
    let url = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let found: Metadata = out.get(&url).await.ok_or(Slip::Unreached)?;
    if found.issuer != issuer {
        return Err(Slip::of(issuer, found.issuer));
    }
    let all = [
        Some(&found.authorization_endpoint),
        Some(&found.token_endpoint),
        Some(&found.jwks_uri),
        found.userinfo_endpoint.as_ref(),
    ];
    if all
        .into_iter()
        .flatten()
        .all(|url| out.allowed(url).is_some())
    {
        Ok(found)
    } else {
        Err(Slip::Elsewhere)
    }
}

/// The provider's keys, asked for now: a key that was changed is known at the next sign-in, and one that
/// was withdrawn is not trusted any more.
pub(crate) async fn keys(out: &Outward, metadata: &Metadata) -> Option<JwkSet> {
    out.get(&metadata.jwks_uri).await
}
