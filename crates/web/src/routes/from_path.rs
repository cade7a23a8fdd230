//! The part of an address that is an id.
use interpres_accounts::ListName;
use interpres_types::{
    AccessReviewId, AgreementOfferId, AppointmentId, BreakGlassId, CustomerId, EntryId, FindingId,
    ImportId, InterpreterId, InvitationId, InvoiceId, LepClientId, MemberId, ModeChangeId, OfferId,
    ProviderId, RecoveryId, RoleId, SavedQueryId, SavedViewId, ServiceId, TeamId, VoucherId,
    WatchId,
};

/// A part of a path that is an id; one that is none is not found.
pub(crate) trait FromPath: Sized + Send {
    fn from_path(parts: &[(String, String)]) -> Option<Self>;
}

impl FromPath for () {
    fn from_path(_: &[(String, String)]) -> Option<Self> {
        Some(())
    }
}

macro_rules! from_path {
    ($($id:ty),+) => {$(
        impl FromPath for $id {
            fn from_path(parts: &[(String, String)]) -> Option<Self> {
                parts.first()?.1.parse().ok()
            }
        }
    )+};
}

from_path!(
    InterpreterId,
    CustomerId,
    AppointmentId,
    OfferId,
    VoucherId,
    LepClientId,
    InvoiceId,
    ImportId,
    EntryId,
    FindingId,
    WatchId,
    SavedQueryId,
    SavedViewId,
    ListName,
    MemberId,
    InvitationId,
    RoleId,
    TeamId,
    AgreementOfferId,
    ModeChangeId,
    ProviderId,
    AccessReviewId,
    RecoveryId,
    ServiceId,
    BreakGlassId
);
