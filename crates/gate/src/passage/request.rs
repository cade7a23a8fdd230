//! What is asked of the gate.
use crate::passage::{actor::Actor, refusal::Refusal};
use interpres_policy::{Action, Grant, Permission};
use interpres_types::Instant;

/// Who asks for what, by which permission, and when: what the policy is asked, and what the entry in the log says.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) action: Action,
    pub(crate) permission: Permission,
    pub(crate) at: Instant,
}

impl Request<'_> {
    /// What the policy grants, with the proof that it needs.
    pub(crate) fn permitted(&self) -> Result<Grant, Refusal> {
        self.actor.permitted(self.action, self.permission, self.at)
    }
}
