use crate::{Grant, Reach, Role, WorkerKind};
use std::fmt;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal [$($reach:ident)+]),+ $(,)?) => {
        /// The closed list of everything code can ask the policy.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Permission { $($(#[$doc])* $name),+ }
        impl Permission {
            /// Every permission, in the order of the matrix.
            pub const ALL: &[Self] = &[$(Self::$name),+];
            /// The reaches it can be granted with, from narrow to wide. Workspace-wide permissions have no narrower
            /// reach.
            #[must_use]
            pub const fn reaches(self) -> &'static [Reach] {
                match self { $(Self::$name => &[$(Reach::$reach),+]),+ }
            }
        }
        impl fmt::Display for Permission {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text),+ })
            }
        }
    };
}

permissions! {
    /// See appointments, their activity, and lists of appointments.
    ViewAppointments = "appointments.view" [Own Team All],
    /// Find appointments by a client's name.
    SearchClients = "clients.search" [Own Team All],
    /// Book an appointment.
    BookAppointments = "appointments.book" [Own Team All],
    /// Change or cancel an appointment.
    EditAppointments = "appointments.edit" [Own Team All],
    /// See candidates, make offers, assign and remove interpreters.
    AssignInterpreters = "appointments.assign" [Team All],
    /// Accept a conflict of an interpreter's time, with a reason.
    OverrideConflicts = "appointments.override" [Team All],
    /// See and answer one's own offers.
    AnswerOffers = "offers.answer" [Own],
    /// Check in, start and end an appointment one is assigned to.
    WorkAppointments = "appointments.work" [Own],
    /// Write a voucher and submit it.
    FileVouchers = "vouchers.file" [Own Team All],
    /// See vouchers with their bill and pay.
    ViewVouchers = "vouchers.view" [Own Team All],
    /// Approve or return vouchers.
    ApproveVouchers = "vouchers.approve" [Team All],
    /// See interpreters.
    ViewInterpreters = "interpreters.view" [Team All],
    /// Add and edit interpreters.
    EditInterpreters = "interpreters.edit" [Team All],
    /// See customers.
    ViewCustomers = "customers.view" [Team All],
    /// Add and edit customers.
    EditCustomers = "customers.edit" [Team All],
    /// Upload files into directory and calendar.
    Import = "imports.run" [Team All],
    /// See rate cards.
    ViewRates = "rates.view" [All],
    /// Change rate cards.
    EditRates = "rates.edit" [All],
    /// See invoices.
    ViewInvoices = "invoices.view" [All],
    /// Make and send invoices.
    MakeInvoices = "invoices.make" [All],
    /// See the audit log.
    ViewAudit = "audit.view" [All],
    /// Take entries of the audit log away as a file.
    ExportAudit = "audit.export" [All],
    /// Take everything of the workspace away as a file, clients in clear under a passphrase.
    ExportWorkspace = "workspace.export" [All],
    /// See earlier versions of a record.
    ViewHistory = "history.view" [Team All],
    /// See members, roles and teams.
    ViewMembers = "members.view" [Team All],
    /// Add members and give them roles, teams and API keys.
    EditMembers = "members.edit" [All],
    /// See and change one's own account, sessions and notices.
    OwnAccount = "account.own" [Own],
    /// See and change one's own password and second factors, in the installation.
    OwnIdentity = "identity.own" [Own],
    /// See and set sessions, second factors and passwords of the workspace.
    SetSecurity = "security.set" [All],
    /// See and set the workspace's name, address, and when interpreters see client names.
    SetWorkspace = "workspace.set" [All],
    /// Sign agreements, and switch HIPAA mode on and off.
    SetHipaa = "hipaa.set" [All],
    /// See how ready the workspace is, safeguard by safeguard.
    ViewReadiness = "readiness.view" [All],
    /// Open an appointment of another team for a stated reason and a short time.
    BreakGlass = "glass.break" [All],
    /// Say who is a member, as an organization's directory does.
    Provision = "members.provision" [All],
    /// Open reviews of who has access when it is time.
    OpenReviews = "reviews.open" [All],
    /// Send email.
    SendLetters = "letters.send" [All],
    /// Sign people in and out.
    KeepDoor = "door.keep" [All],
    /// Make workspaces and their first owner.
    SetUp = "installation.set-up" [All],
    /// Change keys, and put back records of the installation itself.
    Maintain = "installation.maintain" [All],
    /// Erase client data; place and release legal holds.
    EraseClients = "clients.erase" [All],
    /// Set the retention period of appointments.
    SetRetention = "retention.set" [All],
    /// Purge appointments past their retention period.
    PurgeRecords = "records.purge" [All],
    /// See erasure certificates and legal holds.
    ViewErasures = "clients.erasures" [All],
    /// Restore records that were changed outside the application.
    RestoreRecords = "records.restore" [All],
    /// Check all records and quarantine those changed outside the application.
    SweepRecords = "records.sweep" [All],
    /// Review the audit log for findings.
    JudgeLog = "log.judge" [All],
    /// See findings in the audit log and sign them off.
    ReviewFindings = "findings.review" [All],
    /// Watch a client's name: every disclosure is reported.
    WatchClients = "clients.watch" [All],
    /// Advance an appointment when its time comes: send the next offer of a sequence, take it off hold.
    AdvanceOffers = "offers.advance" [All],
}

impl Permission {
    /// Whether it covers only the holder's own data: granting it reveals nothing about others.
    #[must_use]
    pub const fn is_ones_own(self) -> bool {
        matches!(self.reaches(), [Reach::Own])
    }
    /// Whether it searches by a protected name, which is useless to someone who sees names masked.
    #[must_use]
    pub const fn asks_by_name(self) -> bool {
        matches!(self, Self::SearchClients)
    }
    /// Whether a service account can hold it, if its role does: daily work and viewing. People alone decide about
    /// access, agreements and client records as such.
    #[must_use]
    pub const fn is_for_services(self) -> bool {
        matches!(
            self,
            Self::ViewAppointments
                | Self::SearchClients
                | Self::BookAppointments
                | Self::EditAppointments
                | Self::AssignInterpreters
                | Self::ViewInterpreters
                | Self::EditInterpreters
                | Self::ViewCustomers
                | Self::EditCustomers
                | Self::ViewRates
                | Self::EditRates
                | Self::ViewVouchers
                | Self::ViewInvoices
                | Self::MakeInvoices
                | Self::ViewHistory
                | Self::ViewMembers
                | Self::ViewReadiness
                | Self::ViewAudit
                | Self::ExportAudit
                | Self::ViewErasures
        )
    }
}

/// The grant of this role for this permission, if any.
#[must_use]
pub fn grant(role: Role, permission: Permission) -> Option<Grant> {
    let reach = match role {
        Role::Worker(WorkerKind::Dispatcher) => only(permission, Permission::AdvanceOffers),
        Role::Worker(WorkerKind::Sweeper) => only(permission, Permission::SweepRecords),
        Role::Worker(WorkerKind::Keeper) => only(permission, Permission::PurgeRecords),
        Role::Worker(WorkerKind::Reviewer) => only(permission, Permission::JudgeLog),
        Role::Worker(WorkerKind::Provisioner) => only(permission, Permission::Provision),
        Role::Worker(WorkerKind::Steward) => only(permission, Permission::OpenReviews),
        Role::Worker(WorkerKind::Courier) => only(permission, Permission::SendLetters),
        // Custom roles answer from their sheet.
        Role::Custom => Reach::None,
        Role::Person => only(permission, Permission::OwnIdentity).min(Reach::Own),
        Role::Doorkeeper => only(permission, Permission::KeepDoor),
        Role::Operator => operator(permission),
        Role::Owner => people(permission)[0],
        Role::Admin => people(permission)[1],
        Role::Manager => people(permission)[2],
        Role::Scheduler => people(permission)[3],
        Role::Billing => people(permission)[4],
        Role::Compliance => people(permission)[5],
        Role::Viewer => people(permission)[6],
        Role::Requester => people(permission)[7],
        Role::Interpreter => people(permission)[8],
    };
    (reach != Reach::None).then(|| Grant {
        reach,
        fields: role.fields(),
    })
}

fn only(asked: Permission, held: Permission) -> Reach {
    if asked == held {
        Reach::All
    } else {
        Reach::None
    }
}

fn operator(asked: Permission) -> Reach {
    if matches!(asked, Permission::SetUp | Permission::Maintain) {
        Reach::All
    } else {
        Reach::None
    }
}

/// The baseline matrix of AC3, in the order of [`Role::PEOPLE`]:
/// owner, admin, manager, scheduler, billing, compliance, viewer, requester, interpreter.
const fn people(permission: Permission) -> [Reach; 9] {
    use Permission as P;
    use Reach::{All, None as No, Own, Team};
    match permission {
        P::ViewAppointments => [All, All, Team, Team, All, All, Team, Own, Own],
        P::SearchClients => [All, All, Team, Team, No, No, No, Own, No],
        P::BookAppointments => [All, All, Team, Team, No, No, No, Own, No],
        P::EditAppointments => [All, All, Team, Team, No, No, No, Own, No],
        P::AssignInterpreters => [All, All, Team, Team, No, No, No, No, No],
        P::OverrideConflicts => [All, All, Team, No, No, No, No, No, No],
        P::AnswerOffers | P::WorkAppointments => [No, No, No, No, No, No, No, No, Own],
        P::FileVouchers => [All, All, Team, Team, No, No, No, No, Own],
        P::ViewVouchers => [All, All, Team, Team, All, All, Team, No, Own],
        P::ApproveVouchers => [All, All, No, No, All, No, No, No, No],
        P::ViewInterpreters => [All, All, All, Team, All, All, Team, No, No],
        P::EditInterpreters => [All, All, All, Team, No, All, No, No, No],
        P::ViewCustomers => [All, All, All, Team, All, All, Team, No, No],
        P::EditCustomers => [All, All, All, Team, No, No, No, No, No],
        P::Import => [All, All, Team, Team, No, No, No, No, No],
        P::ViewRates => [All, All, No, No, All, No, No, No, No],
        P::EditRates => [All, All, No, No, No, No, No, No, No],
        P::ViewInvoices => [All, All, No, No, All, No, All, No, No],
        P::MakeInvoices => [All, All, No, No, All, No, No, No, No],
        P::ViewAudit
        | P::ExportAudit
        | P::ViewErasures
        | P::ReviewFindings
        | P::WatchClients
        | P::ViewReadiness => [All, All, No, No, No, All, No, No, No],
        P::ExportWorkspace | P::SetHipaa => [All, No, No, No, No, No, No, No, No],
        // Wider than the actor's teams by design; every use is reported and reviewed.
        P::BreakGlass => [All, All, All, All, No, No, No, No, No],
        P::ViewHistory => [All, All, Team, Team, No, All, No, No, No],
        P::ViewMembers => [All, All, All, Team, No, All, No, No, No],
        P::EditMembers
        | P::SetSecurity
        | P::SetWorkspace
        | P::RestoreRecords
        | P::EraseClients
        | P::SetRetention => [All, All, No, No, No, No, No, No, No],
        P::OwnAccount => [Own, Own, Own, Own, Own, Own, Own, Own, Own],
        P::KeepDoor
        | P::SetUp
        | P::Maintain
        | P::SweepRecords
        | P::JudgeLog
        | P::PurgeRecords
        | P::AdvanceOffers
        | P::OwnIdentity
        | P::OpenReviews
        | P::Provision
        | P::SendLetters => [No, No, No, No, No, No, No, No, No],
    }
}
