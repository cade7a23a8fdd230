use crate::FieldRule;
use std::{fmt, str::FromStr};

/// What kind of actor is asking. The first nine are the roles people hold (AC2); the rest are the
/// system's own hands, each with a row of the matrix of its own, because none is all-powerful.
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
    /// Looks.
    Viewer,
    /// Files requests for a customer.
    Requester,
    /// Interprets.
    Interpreter,
    /// A role that the workspace made for itself; what it holds stands in its sheet.
    Custom,
    /// Somebody as the holder of an account, whatever their workspaces: sees to their own password
    /// and second factors.
    Person,
    /// A background job.
    Worker(WorkerKind),
    /// Signs people in.
    Doorkeeper,
    /// Whoever holds the machine: set-up and migrations.
    Operator,
}

/// Background jobs, one row of the matrix each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WorkerKind {
    /// Expires offers and sends the next ones; takes appointments off hold on their day.
    Dispatcher,
    /// Goes through all records to see that they are what was saved.
    Sweeper,
    /// Goes through the log for what a person should look at.
    Reviewer,
    /// Purges what has been kept for as long as was said.
    Keeper,
    /// Opens reviews of who has access.
    Steward,
    /// An organization's directory, which says who is a member.
    Provisioner,
    /// Sends letters: invitations, links, warnings.
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
    /// The roles people hold, in the order of the matrix.
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

    /// What this role sees of a client's protected fields in the rows it reaches (AC5).
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
    /// Whether this role sees more of an interpreter than the name and how they work: billing pays them and has no need for
    /// where they live (AC3).
    #[must_use]
    pub const fn sees_personal_data(self) -> bool {
        !matches!(self, Self::Billing)
    }
    /// Whether the workspace is theirs: nobody but another of them ends or changes them.
    #[must_use]
    pub const fn owns(self) -> bool {
        matches!(self, Self::Owner)
    }
    /// Whether it runs the workspace.
    #[must_use]
    pub const fn runs(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }
    /// Whether people of this role are not the agency's own staff: they are on their way, or elsewhere.
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
