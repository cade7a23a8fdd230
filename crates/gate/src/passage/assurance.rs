//! How surely the gate knows who is asking, and what that opens: second factors that a workspace
//! asks of its people (AU2, HM3), the days of grace until one is set up (HM4), and proof that is
//! fresh enough for grave acts (AU6).
use crate::passage::{refusal::Refusal, settings::Settings};
use interpres_policy::{Action, FieldRule, Grant, Permission, Role};
use interpres_types::{Instant, Networks};
use schemars::JsonSchema;
use serde::Serialize;

/// Days that a person may work without a second factor after it came to be asked for, clients masked.
pub const GRACE_DAYS: i64 = 7;
/// The version of the user terms that people accept before a session opens anything (AC6).
pub const TERMS_VERSION: &str = "2026-11";
/// Minutes for which a proof opens grave acts.
pub const PROOF_MINUTES: i64 = 10;

/// What a person must do before an act is possible.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Prove once more who they are, by second factor, or by password where they have none.
    Proof,
    /// Set a second factor up.
    Factor,
    /// Accept the user terms.
    Terms,
}

/// By what somebody proved who they are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// One factor.
    Password,
    /// Two, or a passkey, which is two in one.
    Factor,
}

impl Strength {
    pub(crate) const fn level(self) -> i64 {
        match self {
            Self::Password => 1,
            Self::Factor => 2,
        }
    }
    pub(crate) const fn at(level: i64) -> Self {
        if level >= 2 {
            Self::Factor
        } else {
            Self::Password
        }
    }
}

/// How a person stands to what their workspace asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Everything is proved.
    Full,
    /// A second factor is asked for and not set up; until then clients are masked.
    Grace(Instant),
    /// The days of grace are over: only setting one up is left.
    MustEnrol,
    /// A second factor is set up, and this session was opened without it.
    MustProve,
}

/// What the gate knows of the proof behind an actor.
#[derive(Clone, Debug)]
pub(crate) struct Assurance {
    pub(crate) strength: Strength,
    /// When the person last proved who they are; nothing for keys, whose holder is no longer there.
    pub(crate) proved_at: Option<Instant>,
    /// Whether they have a second factor.
    pub(crate) enrolled: bool,
    /// Whether one is asked of them.
    pub(crate) asked: bool,
    pub(crate) standing: Standing,
    /// Whether the workspace asks for classes of characters in passwords.
    pub(crate) classes: bool,
    /// Seconds until the session ends unless it is used; nothing for keys.
    pub(crate) left: Option<i64>,
    /// Whether the user terms were accepted as they are now. Keys are not asked: they can't read.
    pub(crate) terms: bool,
}

impl Assurance {
    /// Of the gate's own hands, of whom nothing is asked.
    pub(crate) const HAND: Self = Self {
        strength: Strength::Factor,
        proved_at: None,
        enrolled: true,
        asked: false,
        standing: Standing::Full,
        classes: false,
        left: None,
        terms: true,
    };

    /// What is left of a grant as the person stands now.
    pub(crate) fn admits(
        &self,
        grant: Grant,
        action: Action,
        permission: Permission,
    ) -> Result<Grant, Refusal> {
        if action.at_the_door() || permission == Permission::OwnIdentity {
            return Ok(grant);
        }
        match self.standing {
            _ if !self.terms => Err(Refusal::Ask(Ask::Terms)),
            Standing::Full => Ok(grant),
            Standing::Grace(_) if permission.asks_by_name() => Err(Refusal::Ask(Ask::Factor)),
            Standing::Grace(_) => Ok(Grant {
                fields: FieldRule::Masked,
                ..grant
            }),
            Standing::MustEnrol => Err(Refusal::Ask(Ask::Factor)),
            Standing::MustProve => Err(Refusal::Ask(Ask::Proof)),
        }
    }

    /// Whether the proof is fresh enough for this act. A key that was made by somebody who had
    /// proved a second factor counts as strong.
    pub(crate) fn proves(&self, action: Action, now: Instant) -> Result<(), Refusal> {
        if !action.needs_proof() {
            return Ok(());
        }
        if action.needs_factor() && !self.enrolled {
            return Err(Refusal::Ask(Ask::Factor));
        }
        let strong = self.strength == Strength::Factor || (!self.enrolled && self.left.is_some());
        let fresh = self
            .proved_at
            .is_none_or(|at| now < at.plus_minutes(PROOF_MINUTES));
        if strong && fresh {
            Ok(())
        } else {
            Err(Refusal::Ask(Ask::Proof))
        }
    }
}

/// What a workspace says about sessions and second factors.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecurityRules {
    /// Minutes without a request after which a session ends.
    pub idle_minutes: i64,
    /// Hours after which a session ends in any case.
    pub hours: i64,
    /// The roles that must have a second factor.
    pub factor_roles: Vec<Role>,
    /// Whether codes by text message may be a second factor.
    pub text_messages: bool,
    /// Whether chosen passwords must hold letters of both cases, a digit and a sign.
    pub character_classes: bool,
    /// The networks from which staff come in.
    pub networks: Networks,
    /// Whether people come in by the workspace's identity provider only.
    pub by_provider_only: bool,
}

/// The longest that sessions may be set to last (AU5).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct SessionLimits {
    /// Minutes without a request.
    pub idle_minutes: i64,
    /// Hours in all.
    pub hours: i64,
}

impl SessionLimits {
    /// Without HIPAA mode.
    pub const STANDARD: Self = Self {
        idle_minutes: 30,
        hours: 24,
    };
    /// Under HIPAA mode.
    pub const HIPAA: Self = Self {
        idle_minutes: 15,
        hours: 12,
    };
    /// Of a workspace with or without HIPAA mode.
    #[must_use]
    pub const fn under(hipaa: bool) -> Self {
        if hipaa { Self::HIPAA } else { Self::STANDARD }
    }
}

crate::settings! {
    /// What a workspace sets of sessions, second factors and passwords, as [`SecurityRules::of`] reads it.
    pub struct SessionSettings {
        /// Minutes without a request after which a session ends.
        idle_minutes: i64 = SessionLimits::STANDARD.idle_minutes;
        /// Hours after which a session ends in any case.
        session_hours: i64 = SessionLimits::STANDARD.hours;
        /// Roles that must have a second factor.
        factor_roles: Vec<Role> = Vec::new();
        /// Since when those.
        factor_roles_since: Option<Instant> = None;
        /// Whether chosen passwords must hold all classes of characters.
        character_classes: bool = false;
        /// Whether codes by text message may be a second factor, while HIPAA mode is off.
        text_messages: bool = true;
        /// The same, under HIPAA mode.
        text_messages_under_hipaa: bool = false;
        /// The networks from which staff come in.
        networks: Networks = Networks::default();
        /// Whether people come in by the identity provider only.
        provider_only: bool = false;
    }
}

impl SecurityRules {
    /// The rules that a workspace set; under HIPAA mode never looser than it allows.
    #[must_use]
    pub fn of(settings: &Settings, hipaa: bool) -> Self {
        let most = SessionLimits::under(hipaa);
        let set: SessionSettings = settings.of();
        Self {
            idle_minutes: set.idle_minutes.clamp(1, most.idle_minutes),
            hours: set.session_hours.clamp(1, most.hours),
            factor_roles: if hipaa {
                Role::PEOPLE.to_vec()
            } else {
                set.factor_roles
            },
            text_messages: if hipaa {
                set.text_messages_under_hipaa
            } else {
                set.text_messages
            },
            character_classes: set.character_classes,
            networks: set.networks,
            by_provider_only: set.provider_only,
        }
    }
    /// Whether somebody of this role may come in otherwise than by the identity provider. Owners keep a way in of their own,
    /// for the day that the provider is away.
    #[must_use]
    pub fn admit_without_provider(&self, role: Role) -> bool {
        !self.by_provider_only || role == Role::Owner
    }
    /// Whether somebody of this role may come in from an address. Those who are not its staff are
    /// on their way, or elsewhere.
    #[must_use]
    pub fn admit_from(&self, role: Role, address: Option<&str>) -> bool {
        role.is_outside() || self.networks.hold(address)
    }
}

/// Facts about a person from which it follows how they stand.
pub(crate) struct Facts {
    pub(crate) strength: Strength,
    pub(crate) enrolled: bool,
    /// Since when a second factor is asked of them, if it is.
    pub(crate) asked_since: Option<Instant>,
}

impl Facts {
    pub(crate) fn standing(&self, now: Instant) -> Standing {
        let Some(since) = self.asked_since else {
            return Standing::Full;
        };
        let until = since.plus_minutes(GRACE_DAYS * 24 * 60);
        match (self.enrolled, self.strength) {
            (_, Strength::Factor) => Standing::Full,
            (true, Strength::Password) => Standing::MustProve,
            (false, Strength::Password) if now < until => Standing::Grace(until),
            (false, Strength::Password) => Standing::MustEnrol,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_can_make_sessions_stricter_and_under_hipaa_mode_never_looser() {
        let of = |idle: &str, hours: &str, hipaa| {
            let stored = serde_json::json!({ "idle_minutes": idle, "session_hours": hours });
            let settings: Settings = serde_json::from_value(stored).unwrap();
            let rules = SecurityRules::of(&settings, hipaa);
            (rules.idle_minutes, rules.hours)
        };
        assert_eq!(
            (
                of("20", "20", false),
                of("20", "20", true),
                of("5", "8", true),
                of("999", "-3", true),
                of("x", "", false)
            ),
            ((20, 20), (15, 12), (5, 8), (15, 1), (30, 24))
        );
    }

    #[test]
    fn grace_ends_to_the_microsecond_after_seven_days() {
        let since = Instant::from_micros(1_000_000);
        let facts = Facts {
            strength: Strength::Password,
            enrolled: false,
            asked_since: Some(since),
        };
        let end = since.plus_minutes(7 * 24 * 60);
        assert_eq!(
            facts.standing(Instant::from_micros(end.micros() - 1)),
            Standing::Grace(end)
        );
        assert_eq!(facts.standing(end), Standing::MustEnrol);
    }
}
