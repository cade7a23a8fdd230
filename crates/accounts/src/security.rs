//! A workspace's rules for sessions, second factors and passwords.
use crate::{SavedWorkspace, Workspace};
use interpres_gate::{
    Action, Command, Granted, Query, ReadTx, Refusal, Role, SessionLimits, SessionSettings,
    WriteTx, async_trait,
};
use interpres_types::{Field, Networks, Problems, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The current rules.
#[derive(Clone, Debug)]
pub struct ShowSecurity;

/// The rules, and how far they may be loosened.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SecurityView {
    /// The version of the workspace's record.
    pub version: i64,
    /// Minutes without a request after which a session ends.
    pub idle_minutes: i64,
    /// Hours after which a session ends in any case.
    pub session_hours: i64,
    /// The most that they can be.
    pub most: SessionLimits,
    /// Roles that must have a second factor, by name.
    pub factor_roles: Vec<String>,
    /// Whether passwords must contain all character classes.
    pub character_classes: bool,
    /// Whether SMS codes count as a second factor.
    pub text_messages: bool,
    /// Networks that staff must connect from; empty for any.
    pub networks: String,
    /// Whether HIPAA mode requires a second factor of everyone.
    pub hipaa: bool,
}

#[async_trait]
impl Query for ShowSecurity {
    const ACTION: Action = Action::SecurityShow;
    type View = SecurityView;
    async fn answer(self, tx: &mut ReadTx) -> Result<SecurityView, Refusal> {
        let id = tx.actor().workspace();
        let workspace: Workspace = tx.find(id).await?;
        let hipaa = workspace.hipaa_mode_since.is_some();
        let rules = workspace.security();
        Ok(SecurityView {
            version: workspace.version,
            idle_minutes: rules.idle_minutes,
            session_hours: rules.hours,
            most: SessionLimits::under(hipaa),
            factor_roles: rules.factor_roles.iter().map(ToString::to_string).collect(),
            character_classes: rules.character_classes,
            text_messages: rules.text_messages,
            networks: rules.networks.to_string(),
            hipaa,
        })
    }
}

/// Input for the rules.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SecurityInput {
    /// Minutes without a request after which a session ends; required.
    pub idle_minutes: Field,
    /// Hours after which a session ends in any case; required.
    pub session_hours: Field,
    /// Roles that must have a second factor, by name.
    pub factor_roles: Vec<String>,
    /// yes, to require all character classes in passwords.
    pub character_classes: Field,
    /// yes or no: whether SMS codes count as a second factor. Under HIPAA mode only an owner can turn it on. Default:
    /// unchanged.
    pub text_messages: Field,
    /// Networks that staff must connect from, such as 203.0.113.0/24; default: any. Interpreters and requesters are
    /// not restricted.
    pub networks: Field,
}

/// Sets the rules; they apply to open sessions at once.
#[derive(Debug)]
pub struct SetSecurity {
    /// The version that was seen.
    pub version: Option<i64>,
    /// The input.
    pub input: SecurityInput,
}

#[async_trait]
impl Command for SetSecurity {
    const ACTION: Action = Action::SecuritySet;
    type Outcome = SavedWorkspace;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<SavedWorkspace, Refusal> {
        let (id, now) = (tx.actor().workspace(), tx.now());
        let mut workspace: Workspace = tx.find(id).await?;
        workspace.version = self.version.unwrap_or(workspace.version);
        let hipaa = workspace.hipaa_mode_since.is_some();
        let allowed = workspace.security().text_messages;
        let most = SessionLimits::under(hipaa);
        let mut p = Problems::none();
        let idle = number(
            &mut p,
            "idle_minutes",
            &self.input.idle_minutes,
            most.idle_minutes,
        );
        let hours = number(
            &mut p,
            "session_hours",
            &self.input.session_hours,
            most.hours,
        );
        let roles: Option<Vec<Role>> = self
            .input
            .factor_roles
            .iter()
            .map(|name| name.parse().ok().filter(|role| Role::PEOPLE.contains(role)))
            .collect();
        if roles.is_none() {
            p.add("factor_roles", "must be names of built-in roles");
        }
        let networks = p
            .may::<Networks>("networks", &self.input.networks)
            .unwrap_or_default();
        if !networks.hold(tx.actor().origin().address.as_deref()) {
            p.add(
                "networks",
                "must hold the address that you come from now, or you would lock yourself out",
            );
        }
        let (Some(roles), true) = (roles, p.is_empty()) else {
            return Err(p.into());
        };
        let texts = match self.input.text_messages.raw().trim() {
            "" => allowed,
            word => word == "yes",
        };
        if hipaa && texts && !allowed && tx.actor().rights().role != Role::Owner {
            return Err(Refusal::invalid(
                "text_messages",
                "can be allowed under HIPAA mode by an owner only",
            ));
        }
        let before: SessionSettings = workspace.settings.of();
        let more = roles.iter().any(|role| !before.factor_roles.contains(role));
        workspace.settings.0.put(&SessionSettings {
            idle_minutes: idle,
            session_hours: hours,
            factor_roles_since: if more {
                Some(now)
            } else {
                before.factor_roles_since
            },
            factor_roles: roles,
            character_classes: self.input.character_classes.raw() == "yes",
            text_messages: if hipaa { before.text_messages } else { texts },
            text_messages_under_hipaa: if hipaa {
                texts
            } else {
                before.text_messages_under_hipaa
            },
            networks,
            provider_only: before.provider_only,
        });
        Ok(SavedWorkspace {
            version: tx.save(&workspace).await?.version,
        })
    }
}

/// A whole number from 1 to the most that it can be.
pub(crate) fn number(p: &mut Problems, field: &'static str, raw: &Field, most: i64) -> i64 {
    let read = raw
        .raw()
        .trim()
        .parse()
        .ok()
        .filter(|n| (1..=most).contains(n));
    read.unwrap_or_else(|| {
        p.add(field, Rule::from(format!("must be 1 to {most}")));
        most
    })
}
