//! Permissions, their scope and the protected fields they reveal, as plain tables without I/O. [`matrix`] prints
//! everything to `docs/generated/matrix.txt` so that a compliance officer can review it.
mod action;
mod action_kind;
mod excess;
mod matrix;
mod permission;
mod proof;
mod role;
mod scopes;
mod sheet;

pub use action::Action;
pub use action_kind::{ActionKind, Mark, Way};
pub use excess::{Excess, beyond};
pub use matrix::matrix;
pub use permission::{Permission, grant};
pub use role::{Role, WorkerKind};
pub use scopes::{Scopes, UnknownScope};
pub use sheet::Sheet;

/// How far a permission reaches, from narrow to wide.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reach {
    /// Not at all.
    None,
    /// Records that are about the actor: own requests, own offers and assignments.
    Own,
    /// Records of the actor's teams.
    Team,
    /// Every record of the workspace.
    All,
}

/// How much the actor sees of a protected field (AC5), from least to most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FieldRule {
    /// Initials or a lock.
    Masked,
    /// The value, when the record's own window is open: from some hours before the start until
    /// the voucher is approved.
    Window,
    /// The value.
    Always,
}

/// The answer of the policy to one permission: how far, and with which fields open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Grant {
    /// Which rows.
    pub reach: Reach,
    /// Which protected fields of those rows.
    pub fields: FieldRule,
}
