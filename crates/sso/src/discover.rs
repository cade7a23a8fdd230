//! What a provider says of itself (OpenID Connect Discovery 1.0), and the keys it signs by.
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

/// Asks a provider for its metadata. What speaks for another issuer, or leads where we don't go, is none.
pub(crate) async fn discover(out: &Outward, issuer: &str) -> Option<Metadata> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let found: Metadata = out.get(&url).await?;
    let all = [Some(&found.authorization_endpoint), Some(&found.token_endpoint), Some(&found.jwks_uri), found.userinfo_endpoint.as_ref()];
    let good = found.issuer == issuer && all.into_iter().flatten().all(|url| out.allowed(url).is_some());
    good.then_some(found)
}

/// The provider's keys, asked for now: a key that was changed is known at the next sign-in, and one that
/// was withdrawn is not trusted any more.
pub(crate) async fn keys(out: &Outward, metadata: &Metadata) -> Option<JwkSet> {
    out.get(&metadata.jwks_uri).await
}
