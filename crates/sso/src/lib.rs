//! Single sign-on with an organization's identity provider (AU3): OpenID Connect Core 1.0 as a relying party,
//! authorization code with PKCE (RFC 7636) and issuer identification (RFC 9207). Issuer and subject are the identity;
//! an email counts only inside the workspace that configured the provider, and single sign-on sessions cannot switch
//! workspaces.
mod begin_by_provider;
mod check_issuer;
mod discover;
mod end_provider;
mod external_identity;
mod finish_by_provider;
mod grant_domain;
mod id_token;
mod link_identity;
mod list_providers;
mod log_out_by_provider;
mod member_by_provider;
mod outward;
mod provider;
mod read_claims;
mod save_provider;
pub mod scim;
mod sign_in_by_provider;
mod trouble;
mod who;

pub use begin_by_provider::{Begun, Purpose, begin, begin_for_address, begin_link};
pub use check_issuer::check_issuer;
pub use end_provider::EndProvider;
pub use external_identity::{ExternalIdentity, NewExternalIdentity};
pub use finish_by_provider::{Answer, Back, finish};
pub use grant_domain::GrantDomain;
pub use link_identity::{MyProvider, MyProviders, UnlinkIdentity};
pub use list_providers::{ListProviders, ProviderView};
pub use log_out_by_provider::log_out_by_provider;
pub use outward::Outward;
pub use provider::{NewProvider, Preset, Provider};
pub use save_provider::{ProviderInput, SaveProvider, SavedProvider};
pub use sign_in_by_provider::ProviderFailed;

use interpres_gate::{History, Permission, RecordKind, Scoped};

/// The room's scoped names.
pub const TABLES: &[Scoped] = &[
    Scoped {
        columns: "*, cast(null as bigint) as visible_from, cast(null as bigint) as visible_until, cast(1 as bigint) as covered, cast(null as text) as tie",
        ..Scoped::wide("provider", "provider_row", "*")
    },
    Scoped::wide("external_identity", "external_identity_row", "*"),
    Scoped::wide("scim_user", "scim_user_row", "*"),
    Scoped::wide("scim_group", "scim_group_row", "*"),
];

/// The room's record kinds. Data from a directory or a provider has no visible history.
pub const RECORDS: &[RecordKind] = &[
    RecordKind::of::<Provider>().with_history(History::for_viewers(Permission::SetSecurity)),
    RecordKind::of::<ExternalIdentity>(),
    RecordKind::of::<scim::ScimUser>(),
    RecordKind::of::<scim::ScimGroup>(),
];
