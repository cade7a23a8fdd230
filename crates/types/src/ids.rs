//! Identifiers: UUID version 7 (RFC 9562), which sort by creation time.
use crate::{Instant, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// A typed identifier: a UUIDv7 that can't be mistaken for another kind's.
pub trait Id:
    Copy + Eq + Ord + std::hash::Hash + fmt::Display + FromStr<Err = Rule> + Send + Sync + 'static
{
    /// The untyped UUID.
    fn uuid(self) -> Uuid;
    /// Wraps a raw UUID.
    fn from_uuid(raw: Uuid) -> Self;
    /// Makes an identifier from a moment and ten random bytes. The first of them give way to the
    /// microseconds, so that ids of the same millisecond sort too (RFC 9562 section 6.2, method 3).
    #[must_use]
    fn mint(at: Instant, random: &[u8; 10]) -> Self {
        let millis = u64::try_from(at.micros() / 1000).unwrap_or(0);
        let within = u16::try_from(at.micros().rem_euclid(1000)).unwrap_or(0) << 2
            | u16::from(random[1] & 3);
        let mut rest = *random;
        rest[..2].copy_from_slice(&within.to_be_bytes());
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid())
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        #[schemars(with = "String")]
        pub struct $name(Uuid);
        impl $name {
            /// The nil id: a record that is not saved yet.
            pub const NONE: Self = Self(Uuid::nil());
            /// The id after all others: where a list begins that has the latest first.
            pub const LAST: Self = Self(Uuid::max());
        }
        impl Id for $name {
            fn uuid(self) -> Uuid { self.0 }
            fn from_uuid(raw: Uuid) -> Self { Self(raw) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl FromStr for $name {
            type Err = Rule;
            fn from_str(raw: &str) -> Result<Self, Rule> {
                Uuid::try_parse(raw.trim()).map(Self).map_err(|_| Rule::new("must be an id (a UUID)"))
            }
        }
    )+
        /// Hands every kind of id to a macro.
        #[macro_export]
        macro_rules! each_id {
            ($with:ident) => { $with!($($crate::$name),+); };
        }
    };
}

ids! {
    /// A tenant: an agency or an organization.
    WorkspaceId,
    /// One person who can sign in.
    UserId,
    /// A person's place in one workspace.
    MemberId,
    /// A signed-in browser.
    SessionId,
    /// A personal or service API key.
    ApiKeyId,
    /// A container that scopes data inside a workspace.
    TeamId,
    /// A language professional in the directory.
    InterpreterId,
    /// A client record appointments are booked for.
    CustomerId,
    /// The person with limited English proficiency (PHI hangs on this record).
    LepClientId,
    /// One scheduled interpreting session.
    AppointmentId,
    /// A question to one interpreter.
    OfferId,
    /// A sequence or a broadcast of offers.
    OfferRoundId,
    /// A record of work done.
    VoucherId,
    /// A bill to a customer.
    InvoiceId,
    /// One line of a rate card.
    RateId,
    /// An uploaded file on its way into the directory.
    ImportId,
    /// One row of an upload.
    ImportRowId,
    /// A notice shown to a user.
    NoticeId,
    /// An entry of the audit log.
    EntryId,
    /// The key that seals one record; destroying it erases the record.
    KeyId,
    /// A business associate agreement.
    AgreementId,
    /// A certificate of erasure.
    ErasureId,
    /// A legal hold.
    LegalHoldId,
    /// One time an appointment was put on hold.
    OnHoldId,
    /// A remark of staff on an appointment.
    RemarkId,
    /// A finding in the audit log that needs review.
    FindingId,
    /// A client's name under watch.
    WatchId,
    /// A saved query of the log.
    SavedQueryId,
    /// A saved view of a list.
    SavedViewId,
    /// How a person sees a list.
    ListLayoutId,
    /// A workspace's retention rule.
    RetentionId,
    /// The remains of a removed record.
    TombstoneId,
    /// An appointment that waits to be purged.
    PurgeId,
    /// Any record, where its kind is stored next to it.
    RecordId,
    /// A second factor of a person: an app, a passkey, recovery codes.
    FactorId,
    /// An invitation to a workspace.
    InvitationId,
    /// A custom role.
    RoleId,
    /// A text of an agreement that waits to be signed.
    AgreementOfferId,
    /// HIPAA mode switched on or off.
    ModeChangeId,
    /// An identity provider.
    ProviderId,
    /// A review of who has access.
    AccessReviewId,
    /// A member or a service in a review of who has access.
    AccessReviewLineId,
    /// A recovery for someone who lost their second factors.
    RecoveryId,
    /// A program that works in a workspace with a role of its own.
    ServiceId,
    /// A picture: a person's photo or a workspace's logo.
    PictureId,
    /// A record opened outside one's scope for a stated reason.
    BreakGlassId,
    /// A former assignment, as its interpreter keeps it.
    FormerAssignmentId,
    /// An interpreter's claim on a seat of an appointment.
    AssignmentId,
}

/// The installation's own workspace: it owns users, unknown sign-ins and operator entries.
pub const INSTALLATION: WorkspaceId = WorkspaceId(Uuid::nil());
