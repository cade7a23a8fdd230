//! SCIM 2.0 provisioning (RFC 7643, 7644): an organization's directory creates, changes and ends memberships.
//! Tolerates the deviations of Okta and Entra.
mod apply;
mod end_user;
mod filter;
mod find_users;
mod group;
mod manage_token;
mod patch;
mod save_user;
mod schemas;
mod user;

pub use end_user::EndUser;
pub use find_users::{FindUsers, ShowUser};
pub use group::{EndGroup, FindGroups, SaveGroup, ScimGroup, ShowGroup};
pub use manage_token::{
    EndScimTokens, MintScimToken, MintedScimToken, ScimTokenCard, ScimTokens, ScimTokensView,
};
pub use save_user::{SaveUser, save_user};
pub use schemas::{resource_type, resource_types, schema, schemas, service_provider_config};
pub use user::ScimUser;

use interpres_gate::Refusal;
use serde::Serialize;
use serde_json::Value;

/// Which attributes an answer shows (RFC 7644 section 3.9).
#[derive(Clone, Debug, Default)]
pub struct Shown {
    only: Vec<String>,
    but: Vec<String>,
}

impl Shown {
    /// From the names asked for and the names asked away.
    #[must_use]
    pub fn of(only: &[String], but: &[String]) -> Self {
        let plain = |names: &[String]| {
            names
                .iter()
                .map(|name| {
                    name.rsplit(':')
                        .next()
                        .unwrap_or_default()
                        .trim()
                        .to_ascii_lowercase()
                })
                .collect()
        };
        Self {
            only: plain(only),
            but: plain(but),
        }
    }
    /// Keeps the requested attributes of a resource, and always its id and schemas.
    #[must_use]
    pub fn narrow(&self, mut resource: Value) -> Value {
        let Some(map) = resource
            .as_object_mut()
            .filter(|_| !(self.only.is_empty() && self.but.is_empty()))
        else {
            return resource;
        };
        let of = |names: &[String], name: &str| -> Option<Vec<String>> {
            let within: Vec<String> = names
                .iter()
                .filter_map(|n| n.strip_prefix(name)?.strip_prefix('.').map(str::to_owned))
                .collect();
            (names.iter().any(|n| n == name) || !within.is_empty()).then_some(within)
        };
        map.retain(|name, value| {
            let name = name.to_ascii_lowercase();
            if ["id", "schemas"].contains(&name.as_str()) {
                return true;
            }
            let (kept, gone) = (of(&self.only, &name), of(&self.but, &name));
            if (kept.is_none() && !self.only.is_empty()) || gone.as_ref().is_some_and(Vec::is_empty)
            {
                return false;
            }
            let parts = |part: &str| {
                let part = part.to_ascii_lowercase();
                kept.as_ref()
                    .is_none_or(|k| k.is_empty() || k.contains(&part))
                    && !gone.as_ref().is_some_and(|g| g.contains(&part))
            };
            match value {
                Value::Object(one) => one.retain(|part, _| parts(part)),
                Value::Array(all) => all
                    .iter_mut()
                    .filter_map(Value::as_object_mut)
                    .for_each(|one| one.retain(|part, _| parts(part))),
                _ => {}
            }
            true
        });
        resource
    }
}

/// A list request.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// The filter, as it came.
    pub filter: String,
    /// Start index, from 1.
    pub start: usize,
    /// Maximum number of results.
    pub count: usize,
    /// Which attributes.
    pub shown: Shown,
}

/// A SCIM list response.
#[derive(Debug, Serialize)]
pub struct Found {
    /// Number of matches.
    pub total: usize,
    /// Those of this page.
    pub resources: Vec<Value>,
}

/// A change to a resource.
#[derive(Clone, Debug)]
pub enum Change {
    /// It becomes this.
    Put(Value),
    /// These operations are done to it.
    Patch(Value),
}

/// The most that a list shows at once.
pub const MOST: usize = 200;
/// Maximum number of resources of a kind per workspace.
pub(crate) const ALL: usize = 5000;

/// A refusal with the word that SCIM has for it (RFC 7644, table 9).
pub(crate) fn bad(kind: &'static str, words: &'static str) -> Refusal {
    Refusal::invalid(kind, words)
}

/// The resources of a page, of all that fit.
pub(crate) fn page(all: Vec<Value>, asked: &ListRequest) -> Found {
    let total = all.len();
    let resources = all
        .into_iter()
        .skip(asked.start.max(1) - 1)
        .take(asked.count.min(MOST))
        .map(|one| asked.shown.narrow(one))
        .collect();
    Found { total, resources }
}
