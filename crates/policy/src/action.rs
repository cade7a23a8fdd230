//! The register of everything that leaves an entry in the audit log (AL1).
use crate::{ActionKind, action_kind::actions};
actions! {
    /// Turned a session or a key away that came from elsewhere than it may.
    AccessTurnAway = "access.turn-away" Door,
    /// Looked an account up at the door.
    AccountLookUp = "account.look-up" Read,
    /// Opened an account.
    AccountOpen = "account.open" Create,
    /// Looked at one's own account.
    AccountShow = "account.show" Read,
    /// Tried a password.
    AccountSignIn = "account.sign-in" Door,
    /// Asked to sign in with another address.
    AddressAsk = "address.ask" Change,
    /// Proved that a mailbox is one's own.
    AddressProve = "address.prove" Door,
    /// Issued the text of an agreement.
    AgreementOffer = "agreement.offer" Create,
    /// Signed an agreement.
    AgreementSign = "agreement.sign" Create,
    /// Ended an agreement.
    AgreementEnd = "agreement.end" Change,
    /// Revoked one of one's own API keys.
    ApiKeyEnd = "api-key.end" Change,
    /// Minted an API key.
    ApiKeyMint = "api-key.mint" Create,
    /// Revoked an API key that was seen in clear.
    ApiKeyRevoke = "api-key.revoke" Door,
    /// Booked an appointment.
    AppointmentBook = "appointment.book" Create,
    /// Booked an appointment, and offered it or assigned somebody with it.
    AppointmentBookAndDispatch = "appointment.book-and-dispatch" Create,
    /// Canceled an appointment.
    AppointmentCancel = "appointment.cancel" Change,
    /// Looked for those affected by what an account opened.
    AffectedList = "affected.list" List,
    /// Looked at an appointment's candidates.
    AppointmentCandidates = "appointment.candidates" List,
    /// Declined a request.
    AppointmentDecline = "appointment.decline" Change,
    /// Marked an appointment as missed.
    AppointmentMiss = "appointment.miss" Change,
    /// Froze an appointment's rates anew.
    AppointmentRecalculate = "appointment.recalculate" Change,
    /// Checked a draft.
    AppointmentCheck = "appointment.check" Read,
    /// Checked in.
    AppointmentCheckIn = "appointment.check-in" Change,
    /// Looked at candidates for a draft.
    AppointmentDraftCandidates = "appointment.draft-candidates" List,
    /// Edited an appointment.
    AppointmentEdit = "appointment.edit" Change,
    /// Ended an appointment.
    AppointmentEnd = "appointment.end" Change,
    /// Listed an appointment's offers.
    AppointmentOffers = "appointment.offers" List,
    /// Restored an appointment.
    AppointmentRestore = "appointment.restore" Change,
    /// Looked at an appointment.
    AppointmentShow = "appointment.show" Read,
    /// Started an appointment.
    AppointmentStart = "appointment.start" Change,
    /// Looked for an appointment's voucher.
    AppointmentVoucher = "appointment.voucher" Read,
    /// Listed appointments.
    AppointmentsList = "appointments.list" List,
    /// Searched for a client by name.
    AppointmentsSearch = "appointments.search" List,
    /// Exported the audit log.
    AuditExport = "audit.export" Export,
    /// Listed the audit log.
    AuditList = "audit.list" List,
    /// Fetched the proof of an entry.
    AuditProve = "audit.prove" Read,
    /// Began to send the log to a collector.
    AuditStream = "audit.stream" Export,
    /// Restored a backup for practice.
    BackupDrill = "backup.drill" Change,
    /// Looked at restore drills.
    BackupDrills = "backup.drills" List,
    /// Erased a client from an appointment.
    ClientErase = "client.erase" Erase,
    /// Added a customer.
    CustomerAdd = "customer.add" Create,
    /// Edited a customer.
    CustomerEdit = "customer.edit" Change,
    /// Looked at a customer.
    CustomerShow = "customer.show" Read,
    /// Listed customers.
    CustomersList = "customers.list" List,
    /// Looked at who saw a client.
    DisclosuresShow = "disclosures.show" Read,
    /// Looked at certificates of erasure.
    ErasuresList = "erasures.list" List,
    /// Began to set up a second factor.
    FactorBegin = "factor.begin" Door,
    /// Set a second factor up.
    FactorAdd = "factor.add" Create,
    /// Sent a code to a telephone.
    FactorSend = "factor.send" Door,
    /// Took a second factor away.
    FactorEnd = "factor.end" Change,
    /// Signed a finding off.
    FindingSignOff = "finding.sign-off" Change,
    /// Looked at what was found in the log.
    FindingsList = "findings.list" List,
    /// Listed one's own appointments that were taken away.
    FormerAssignmentsList = "former-assignments.list" List,
    /// Broke the glass over an appointment.
    GlassBreak = "glass.break" Change,
    /// Listed glasses that were broken.
    GlassList = "glass.list" List,
    /// Judged a glass that was broken.
    GlassReview = "glass.review" Change,
    /// Looked at an appointment under a broken glass.
    GlassShow = "glass.show" Read,
    /// Confirmed or dropped the switch of HIPAA mode.
    HipaaConfirm = "hipaa.confirm" Change,
    /// Named who may take files away under HIPAA mode.
    HipaaExporters = "hipaa.exporters" Change,
    /// Switched HIPAA mode off.
    HipaaDisable = "hipaa.disable" Change,
    /// Switched HIPAA mode on.
    HipaaEnable = "hipaa.enable" Change,
    /// Looked at the HIPAA configuration.
    HipaaShow = "hipaa.show" Read,
    /// Looked at a record's history.
    HistoryShow = "history.show" Read,
    /// Placed a legal hold on an appointment.
    LegalHoldBegin = "hold.begin" Change,
    /// Released a legal hold.
    LegalHoldEnd = "hold.end" Change,
    /// Looked at legal holds.
    LegalHoldsList = "holds.list" List,
    /// Linked one's account to an identity provider.
    IdentityLink = "identity.link" Change,
    /// Looked at one's own password and second factors.
    IdentityShow = "identity.show" Read,
    /// Let go of a member's sign-in by an identity provider.
    IdentityUnlink = "identity.unlink" Change,
    /// Added rows to an upload.
    ImportAddRows = "import.add-rows" Change,
    /// Finished an import.
    ImportFinish = "import.finish" Change,
    /// Mapped an upload's columns and words.
    ImportMap = "import.map" Change,
    /// Took the next rows of an import.
    ImportNextRows = "import.next-rows" Change,
    /// Rejected a row of an import.
    ImportRejectRow = "import.reject-row" Change,
    /// Downloaded an import's rejected rows.
    ImportRejected = "import.rejected" Export,
    /// Reviewed an import.
    ImportReview = "import.review" Read,
    /// Imported a row.
    ImportRow = "import.row" Change,
    /// Started an import.
    ImportStart = "import.start" Change,
    /// Uploaded a file.
    ImportUpload = "import.upload" Create,
    /// Listed imports.
    ImportsList = "imports.list" List,
    /// Told that a decoy was opened.
    IntegrityAlarm = "integrity.alarm" Change,
    /// Planted a decoy.
    IntegrityPlant = "integrity.plant" Create,
    /// Took changed records out of sight.
    IntegrityQuarantine = "integrity.quarantine" Change,
    /// Put a record back as its latest version says.
    IntegrityRestore = "integrity.restore" Change,
    /// Looked at whether records are what was saved.
    IntegrityShow = "integrity.show" Read,
    /// Went through all records.
    IntegritySweep = "integrity.sweep" Change,
    /// Added an interpreter.
    InterpreterAdd = "interpreter.add" Create,
    /// Assigned an interpreter.
    InterpreterAssign = "interpreter.assign" Change,
    /// Edited an interpreter.
    InterpreterEdit = "interpreter.edit" Change,
    /// Assigned an interpreter despite a conflict.
    InterpreterOverride = "interpreter.override" Change,
    /// Removed an interpreter.
    InterpreterRemove = "interpreter.remove" Change,
    /// Invited an interpreter to sign up.
    InterpreterInvite = "interpreter.invite" Create,
    /// Looked at an interpreter.
    InterpreterShow = "interpreter.show" Read,
    /// Listed interpreters.
    InterpretersList = "interpreters.list" List,
    /// Made an invoice.
    InvoiceMake = "invoice.make" Create,
    /// Sent an invoice.
    InvoiceSend = "invoice.send" Change,
    /// Looked at an invoice.
    InvoiceShow = "invoice.show" Read,
    /// Listed invoices.
    InvoicesList = "invoices.list" List,
    /// Listed what waits to be invoiced.
    InvoicesWaiting = "invoices.waiting" List,
    /// Accepted an invitation.
    InvitationAccept = "invitation.accept" Door,
    /// Sent an invitation again.
    InvitationResend = "invitation.resend" Change,
    /// Revoked an invitation.
    InvitationRevoke = "invitation.revoke" Change,
    /// Looked at an invitation before accepting it.
    InvitationShow = "invitation.show" Read,
    /// Listed invitations.
    InvitationsList = "invitations.list" List,
    /// Gave the log a new signing key.
    KeysHandOverLog = "keys.hand-over-log" Change,
    /// Gave records new keys.
    KeysRotateRecords = "keys.rotate-records" Change,
    /// Gave a workspace a new key.
    KeysRotateWorkspace = "keys.rotate-workspace" Change,
    /// Gave letters out for sending.
    LettersSend = "letters.send" Change,
    /// Went through an hour of the log.
    LogJudge = "log.judge" List,
    /// Noted what was found in the log.
    LogNote = "log.note" Change,
    /// Added a member to the workspace.
    MemberAdd = "member.add" Create,
    /// Changed a member's role or teams.
    MemberChange = "member.change" Change,
    /// Ended a membership.
    MemberEnd = "member.end" Change,
    /// Signed a member out everywhere.
    MemberSignOut = "member.sign-out" Door,
    /// Looked at a member.
    MemberShow = "member.show" Read,
    /// Let a member in again.
    MemberReinstate = "member.reinstate" Change,
    /// Listed members.
    MembersList = "members.list" List,
    /// Looked at one's notices.
    NoticesList = "notices.list" List,
    /// Marked notices as read.
    NoticesRead = "notices.read" Change,
    /// Accepted an offer.
    OfferAccept = "offer.accept" Change,
    /// Refused an offer.
    OfferRefuse = "offer.refuse" Change,
    /// Looked at an offer.
    OfferShow = "offer.show" Read,
    /// Withdrew an offer.
    OfferWithdraw = "offer.withdraw" Change,
    /// Expired offers and sent the next ones.
    OffersAdvance = "offers.advance" Change,
    /// Listed one's own offers.
    OffersList = "offers.list" List,
    /// Made offers.
    OffersMake = "offers.make" Create,
    /// Became an owner.
    OwnershipAccept = "ownership.accept" Change,
    /// Chose a new password.
    PasswordChange = "password.change" Change,
    /// Asked for a link to choose a new password.
    PasswordForget = "password.forget" Door,
    /// Chose a new password by a link.
    PasswordReset = "password.reset" Door,
    /// Invited a person.
    PersonInvite = "person.invite" Create,
    /// Was sent a picture.
    PictureShow = "picture.show" Read,
    /// Checked a second factor.
    ProofCheck = "proof.check" Door,
    /// Changed how one is known in a workspace.
    ProfileSet = "profile.set" Change,
    /// Looked at how one is known in a workspace.
    ProfileShow = "profile.show" Read,
    /// Granted a domain to an identity provider.
    ProviderDomain = "provider.domain" Change,
    /// Took an identity provider away.
    ProviderEnd = "provider.end" Change,
    /// Set an identity provider up.
    ProviderSave = "provider.save" Change,
    /// Went a step of the way by an identity provider.
    ProviderUse = "provider.use" Door,
    /// Listed identity providers.
    ProvidersList = "providers.list" List,
    /// Ended what a directory knows of a person or a group.
    ProvisionEnd = "provision.end" Change,
    /// Made or changed a group, by a directory.
    ProvisionGroup = "provision.group" Change,
    /// Listed people or groups, for a directory.
    ProvisionList = "provision.list" List,
    /// Looked at a person or a group, for a directory.
    ProvisionShow = "provision.show" Read,
    /// Made or ended a directory's token.
    ProvisionToken = "provision.token" Change,
    /// Made or changed a person, by a directory.
    ProvisionUser = "provision.user" Change,
    /// Dropped a saved query of the log.
    QueryDrop = "query.drop" Change,
    /// Saved a query of the log.
    QuerySave = "query.save" Create,
    /// Listed saved queries of the log.
    QueriesList = "queries.list" List,
    /// Set a rate.
    RateSet = "rate.set" Create,
    /// Listed rates.
    RatesList = "rates.list" List,
    /// Looked at the readiness report.
    ReadinessShow = "readiness.show" Read,
    /// Agreed to, or dropped, a way back in for somebody who lost their second factors.
    RecoveryAnswer = "recovery.answer" Change,
    /// Asked for a way back in for somebody who lost their second factors.
    RecoveryAsk = "recovery.ask" Change,
    /// Made new recovery codes.
    RecoveryCodesMake = "recovery-codes.make" Create,
    /// Looked at the retention of appointments.
    RetentionShow = "retention.show" List,
    /// Dropped a role of the workspace's own.
    RoleDrop = "role.drop" Change,
    /// Saved a role of the workspace's own.
    RoleSave = "role.save" Change,
    /// Listed roles.
    RolesList = "roles.list" List,
    /// Said for how long appointments are kept.
    RetentionSet = "retention.set" Change,
    /// Put appointments into the queue of what will be purged.
    RetentionQueue = "retention.queue" Change,
    /// Purged an appointment.
    RetentionPurge = "retention.purge" Erase,
    /// Took what will be purged away as a file.
    RetentionExport = "retention.export" Export,
    /// Began a file of what will be purged, or said that it is complete and opens.
    RetentionFile = "retention.file" Change,
    /// Made something of members in a review.
    ReviewDecide = "review.decide" Change,
    /// Opened a review of who has access.
    ReviewOpen = "review.open" Create,
    /// Signed a review off.
    ReviewSign = "review.sign" Change,
    /// Looked at reviews of who has access.
    ReviewsList = "reviews.list" List,
    /// Set the rules for sessions, second factors and passwords.
    SecuritySet = "security.set" Change,
    /// Looked at the rules for sessions, second factors and passwords.
    SecurityShow = "security.show" Read,
    /// Ended a service.
    ServiceEnd = "service.end" Change,
    /// Saved a service.
    ServiceSave = "service.save" Change,
    /// Looked at a service with its keys.
    ServiceShow = "service.show" Read,
    /// Changed a service's key for a token.
    ServiceToken = "service.token" Door,
    /// Listed services.
    ServicesList = "services.list" List,
    /// Signed out.
    SessionEnd = "session.end" Door,
    /// Opened a session.
    SessionOpen = "session.open" Door,
    /// Proved once more who one is.
    SessionProve = "session.prove" Door,
    /// Went over to another workspace.
    SessionSwitch = "session.switch" Door,
    /// Ended one's own sessions.
    SessionsEnd = "sessions.end" Door,
    /// Listed teams.
    TeamsList = "teams.list" List,
    /// Limited a team to customers, interpreters or ways of working.
    TeamLimit = "team.limit" Change,
    /// Looked at a team with its limits.
    TeamShow = "team.show" Read,
    /// Added or renamed a team.
    TeamSave = "team.save" Change,
    /// Accepted the user terms.
    TermsAccept = "terms.accept" Change,
    /// Approved a voucher.
    VoucherApprove = "voucher.approve" Change,
    /// Filed a voucher.
    VoucherFile = "voucher.file" Create,
    /// Returned a voucher.
    VoucherReturn = "voucher.return" Change,
    /// Looked at a voucher.
    VoucherShow = "voucher.show" Read,
    /// Listed vouchers.
    VouchersList = "vouchers.list" List,
    /// Put a client's name under watch.
    WatchBegin = "watch.begin" Create,
    /// Ended a watch.
    WatchEnd = "watch.end" Change,
    /// Listed names under watch.
    WatchesList = "watches.list" List,
    /// Took everything of the workspace away.
    WorkspaceExport = "workspace.export" Export,
    /// Brought a workspace in from its file.
    WorkspaceImport = "workspace.import" Create,
    /// Set what the workspace is called, where it is, and when interpreters see names.
    WorkspaceSet = "workspace.set" Change,
    /// Looked at the workspace's settings.
    WorkspaceShow = "workspace.show" Read,
    /// Founded a workspace.
    WorkspaceFound = "workspace.found" Create,
}
