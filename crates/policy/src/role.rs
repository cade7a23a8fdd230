use crate::FieldRule;
use std::{fmt, str::FromStr};

/// The actor's role. The first nine are held by people (AC2); the rest are system workers, each with its own row in
/// the matrix, because none is all-powerful.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// Owns the account; the only one for the BAA and HIPAA mode.
    Owner,
    /// Runs the workspace.
    Admin,
    /// Runs teams, the whole directory and reports.
    Manager,
    /// Books and dispatches.
    Scheduler,
    /// Approves, invoices, pays.
    Billing,
    /// Watches credentials and the log.
    Compliance,
    /// Read-only staff.
    Viewer,
    /// Files requests for a customer.
    Requester,
    /// Interprets.
    Interpreter,
    /// A custom role; its permissions are in its sheet.
    Custom,
    /// An account holder, independent of workspaces: manages their own password and second factors.
    Person,
    /// A background job.
    Worker(WorkerKind),
    /// Signs people in.
    Doorkeeper,
    /// The operator on the host: setup and migrations.
    Operator,
}

/// Background jobs, one row of the matrix each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WorkerKind {
    /// Expires offers and sends the next ones; takes appointments off hold on their date.
    Dispatcher,
    /// Verifies the integrity of all records.
    Sweeper,
    /// Reviews the audit log.
    Reviewer,
    /// Purges appointments past their retention period.
    Keeper,
    /// Opens reviews of who has access.
    Steward,
    /// An organization's SCIM directory, which manages memberships.
    Provisioner,
    /// Sends emails: invitations, links, alerts.
    Courier,
}

const NAMES: [(Role, &str); 20] = [
    (Role::Owner, "owner"),
    (Role::Admin, "admin"),
    (Role::Manager, "manager"),
    (Role::Scheduler, "scheduler"),
    (Role::Billing, "billing"),
    (Role::Compliance, "compliance"),
    (Role::Viewer, "viewer"),
    (Role::Requester, "requester"),
    (Role::Interpreter, "interpreter"),
    (Role::Custom, "custom"),
    (Role::Person, "person"),
    (Role::Worker(WorkerKind::Dispatcher), "worker:dispatcher"),
    (Role::Worker(WorkerKind::Sweeper), "worker:sweeper"),
    (Role::Worker(WorkerKind::Reviewer), "worker:reviewer"),
    (Role::Worker(WorkerKind::Keeper), "worker:keeper"),
    (Role::Worker(WorkerKind::Steward), "worker:steward"),
    (Role::Worker(WorkerKind::Provisioner), "worker:provisioner"),
    (Role::Worker(WorkerKind::Courier), "worker:courier"),
    (Role::Doorkeeper, "doorkeeper"),
    (Role::Operator, "operator"),
];

impl Role {
    /// The roles people hold, in matrix order.
    pub const PEOPLE: [Self; 9] = [
        Self::Owner,
        Self::Admin,
        Self::Manager,
        Self::Scheduler,
        Self::Billing,
        Self::Compliance,
        Self::Viewer,
        Self::Requester,
        Self::Interpreter,
    ];

    /// Every role, people first.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(role, _)| *role)
    }

    /// How much this role sees of protected client fields in the rows it reaches (AC5).
    #[must_use]
    pub const fn fields(self) -> FieldRule {
        match self {
            Self::Owner | Self::Admin | Self::Manager | Self::Scheduler | Self::Requester => {
                FieldRule::Always
            }
            Self::Interpreter => FieldRule::Window,
            Self::Billing
            | Self::Compliance
            | Self::Viewer
            | Self::Custom
            | Self::Person
            | Self::Worker(_)
            | Self::Doorkeeper
            | Self::Operator => FieldRule::Masked,
        }
    }
}

impl Role {
    /// Whether this role sees more of an interpreter than name and work data. Billing pays them and does not need
    /// their home address (AC3).
    #[must_use]
    pub const fn sees_personal_data(self) -> bool {
        !matches!(self, Self::Billing)
    }
    /// Whether it owns the workspace: only another owner can end or change an owner.
    #[must_use]
    pub const fn owns(self) -> bool {
        matches!(self, Self::Owner)
    }
    /// Whether it administers the workspace.
    #[must_use]
    pub const fn runs(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }
    /// Whether people with this role are not office staff: interpreters and requesters, who work from anywhere.
    #[must_use]
    pub const fn is_outside(self) -> bool {
        matches!(self, Self::Interpreter | Self::Requester)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            NAMES
                .iter()
                .find(|(role, _)| role == self)
                .map_or("?", |(_, name)| name),
        )
    }
}

/// A role's name that the matrix does not have.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        NAMES
            .iter()
            .find(|(_, n)| *n == name)
            .map(|(role, _)| *role)
            .ok_or(UnknownRole)
    }
}
