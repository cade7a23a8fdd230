//! Signing in by an organization's identity provider (AU3): OpenID Connect Core 1.0 as a relying party,
//! authorization code with PKCE (RFC 7636) and the issuer in the answer (RFC 9207). Issuer and subject
//! are the identity; what an e-mail address says counts only inside the workspace that set the provider
//! up, and a session that came by a provider leads nowhere else.
mod discover;
mod external_identity;
mod id_token;
mod link_identity;
mod log_out_by_provider;
mod manage_providers;
mod member_by_provider;
mod outward;
mod provider;
mod read_claims;
pub mod scim;
mod sign_in_by_provider;
mod trouble;
mod who;

pub use external_identity::{ExternalIdentity, NewExternalIdentity};
pub use link_identity::{MyProvider, MyProviders, UnlinkIdentity};
pub use log_out_by_provider::log_out_by_provider;
pub use manage_providers::{
    EndProvider, GrantDomain, ListProviders, ProviderInput, ProviderView, SaveProvider,
    SavedProvider, check_issuer,
};
pub use outward::Outward;
pub use provider::{NewProvider, Preset, Provider};
pub use sign_in_by_provider::{
    Answer, Back, Begun, ProviderFailed, Purpose, begin, begin_for_address, begin_link, finish,
};

use interpres_gate::{History, Permission, RecordKind, Scoped};

/// The names this room brings.
pub const TABLES: &[Scoped] = &[
    Scoped {
        columns: "*, cast(null as bigint) as visible_from, cast(null as bigint) as visible_until, cast(1 as bigint) as covered",
        ..Scoped::wide("provider", "provider_row", "*")
    },
    Scoped::wide("external_identity", "external_identity_row", "*"),
    Scoped::wide("scim_user", "scim_user_row", "*"),
    Scoped::wide("scim_group", "scim_group_row", "*"),
];

/// The records this room keeps. What a directory or a provider says of people has no history that
/// anybody can ask for.
pub const RECORDS: &[RecordKind] = &[
    RecordKind::of::<Provider>().with_history(History::for_viewers(Permission::SetSecurity)),
    RecordKind::of::<ExternalIdentity>(),
    RecordKind::of::<scim::ScimUser>(),
    RecordKind::of::<scim::ScimGroup>(),
];
