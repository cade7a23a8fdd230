//! A provider's claims about a person, and how far they count.
use crate::{Provider, provider::Preset};
use interpres_gate::Strength;
use interpres_types::{Email, Line};
use serde_json::{Map, Value};

/// The email from a provider. Only a verified one can match a member.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    /// The provider vouches for it.
    Verified(Email),
    /// Present, but not marked as verified.
    Unverified,
    /// Missing or malformed.
    Missing,
}

/// A person's groups at a provider.
#[derive(Clone, Debug)]
pub(crate) enum Groups {
    /// These.
    Said(Vec<String>),
    /// Omitted because there are too many (Entra's groups overage): unknown.
    TooMany,
}

/// A person as described by a provider's claims.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) subject: String,
    pub(crate) address: Address,
    pub(crate) name: Option<Line<120>>,
    pub(crate) groups: Groups,
    pub(crate) strength: Strength,
    pub(crate) session: Option<String>,
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// One value or several; Okta sends a single group as text.
fn many(claims: &Map<String, Value>, name: &str) -> Vec<String> {
    match claims.get(name) {
        Some(Value::Array(all)) => all
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Some(Value::String(one)) => vec![one.clone()],
        _ => Vec::new(),
    }
}

/// True, also where a provider writes it as text.
fn is_true(claims: &Map<String, Value>, name: &str) -> bool {
    claims.get(name) == Some(&Value::Bool(true)) || text(claims, name) == Some("true")
}

/// Whether the provider vouches for an email. `email_verified` is the standard claim (OpenID Connect Core 5.1). Entra
/// uses `xms_edov` instead ("the e-mail's domain owner is verified"), as true or 1. Google must also report the
/// email's own domain in `hd`.
fn vouches(preset: Preset, claims: &Map<String, Value>, email: &Email) -> bool {
    let by_domain_owner = || {
        is_true(claims, "xms_edov")
            || text(claims, "xms_edov") == Some("1")
            || claims.get("xms_edov") == Some(&Value::from(1))
    };
    match preset {
        Preset::Generic | Preset::Okta => is_true(claims, "email_verified"),
        Preset::Entra => is_true(claims, "email_verified") || by_domain_owner(),
        Preset::Google => {
            is_true(claims, "email_verified") && text(claims, "hd") == Some(email.domain())
        }
    }
}

impl Address {
    fn read(preset: Preset, claims: &Map<String, Value>) -> Self {
        match text(claims, "email").and_then(|email| email.parse().ok()) {
            None => Self::Missing,
            Some(email) if vouches(preset, claims, &email) => Self::Verified(email),
            Some(_) => Self::Unverified,
        }
    }
}

impl Groups {
    /// Groups by this claim. `_claim_names` (OpenID Connect Core 5.6.2) and `hasgroups` say that they are elsewhere.
    fn read(claim: &str, claims: &Map<String, Value>) -> Self {
        let elsewhere = claims
            .get("_claim_names")
            .is_some_and(|names| names.get(claim).is_some());
        if elsewhere || (claim == "groups" && is_true(claims, "hasgroups")) {
            Self::TooMany
        } else {
            Self::Said(many(claims, claim))
        }
    }
}

impl Who {
    /// `None` if the claims do not identify a person.
    pub(crate) fn read(provider: &Provider, claims: &Map<String, Value>) -> Option<Self> {
        let strong = many(claims, "amr")
            .into_iter()
            .chain(many(claims, "acr"))
            .any(|value| provider.strong_values.0.contains(&value));
        Some(Self {
            subject: text(claims, "sub")?.to_owned(),
            address: Address::read(provider.preset, claims),
            name: text(claims, "name").and_then(|name| name.parse().ok()),
            groups: Groups::read(provider.group_claim.as_str(), claims),
            strength: if strong {
                Strength::Factor
            } else {
                Strength::Password
            },
            session: text(claims, "sid").map(str::to_owned),
        })
    }
}
