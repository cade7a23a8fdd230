//! What an agency owes its clients' data beside the work itself: looking at who looked, erasing,
//! holding for a legal matter, and the certificates that show it.
mod agreements;
mod break_glass;
mod cover_adapter;
mod decoy;
mod erase_client;
mod finding;
mod hipaa_checks;
mod hipaa_mode;
mod hold_appointment;
mod hour;
mod judge_log;
mod list_erasures;
mod list_findings;
mod purge;
mod purge_file;
mod readiness;
mod retention;
mod save_query;
mod show_disclosures;
mod watch_client;

pub use agreements::{
    AgreementOffer, AgreementView, BAA, DeclareAgreement, ENCRYPTED_VOLUME, EndAgreement,
    ListAgreements, NewAgreementOffer, OfferAgreement, SignAgreement, SignInput,
};
pub use break_glass::{
    BreakGlass, BreakGlassInput, BrokenView, LONGEST_MINUTES, ListBroken, NewBreakGlass,
    OpenByBreakGlass, Opened, ReviewBroken, ShowUnderGlass, UnderGlass,
};
pub use cover_adapter::{Adapter, CoverAdapter, Feature};
pub use erase_client::{EraseClient, EraseInput, Erased, Erasure, NewErasure};
pub use finding::{Finding, NewFinding, Pattern, Verdict};
pub use hipaa_checks::{Check, Serving, Transport};
pub use hipaa_mode::{
    AnswerDisable, DisableHipaa, DisableInput, EnableHipaa, EnableInput, Exporter, HipaaView,
    MODE_TERMS, MODE_TERMS_VERSION, ModeChange, NameExporters, NewModeChange, ShowHipaa, Switched,
};
pub use hold_appointment::{Held, Hold, HoldAppointment, HoldInput, NewHold, ReleaseHold};
pub use judge_log::judge_logs;
pub use list_erasures::{ErasureView, HoldView, ListErasures, ListHolds};
pub use list_findings::{FindingView, ListFindings, SignOffFinding, SignOffInput, SignedOff};
pub use purge::keep_retention;
pub use purge_file::{ConfirmFile, ConfirmInput, Confirmed, ExportWaiting, PrepareFile};
pub use readiness::{Evidence, Readiness, Safeguard, ShowReadiness, Stand};
pub use retention::{
    NewPurge, NewRetention, Purge, PurgeView, Retention, RetentionInput, RetentionSet,
    RetentionView, SetRetention, ShowRetention,
};
pub use save_query::{
    DropQuery, ListQueries, NewSavedQuery, QuerySaved, SaveQuery, SaveQueryInput, SavedQuery,
    SavedQueryView,
};
pub use show_disclosures::{
    AffectedItem, AffectedView, DisclosuresView, ListAffected, ShowDisclosures,
};
pub use watch_client::{
    EndWatch, ListWatches, NewWatch, Watch, WatchClient, WatchInput, WatchView, Watched,
};

use interpres_gate::{History, Permission, RecordKind, Scoped};

/// A name for those who see the whole workspace.
const fn whole(name: &'static str, table: &'static str) -> Scoped {
    Scoped {
        name,
        table,
        columns: "*",
        all: "",
        team: " and false",
        own: " and false",
    }
}

/// The names this room brings.
pub const TABLES: &[Scoped] = &[
    whole("erasure", "erasure_row"),
    whole("hold", "hold_row"),
    whole("finding", "finding_row"),
    Scoped {
        columns: "*, cast(null as bigint) as visible_from, cast(null as bigint) as visible_until, cast(1 as bigint) as covered",
        ..whole("watch", "watch_row")
    },
    whole("saved_query", "saved_query_row"),
    whole("retention", "retention_row"),
    whole("purge", "purge_row"),
    whole("agreement_offer", "agreement_offer_row"),
    whole("mode_change", "mode_change_row"),
    whole("break_glass", "break_glass_row"),
];

/// The records this room keeps.
pub const RECORDS: &[RecordKind] = &[
    RecordKind::of::<Erasure>().with_history(History::for_viewers(Permission::ViewErasures)),
    RecordKind::of::<Hold>().with_history(History::for_viewers(Permission::ViewErasures)),
    RecordKind::of::<Finding>().with_history(History::for_viewers(Permission::ReviewFindings)),
    RecordKind::of::<Watch>(),
    RecordKind::of::<SavedQuery>(),
    RecordKind::of::<Retention>().with_history(History::for_viewers(Permission::ViewErasures)),
    RecordKind::of::<Purge>().with_history(History::for_viewers(Permission::ViewErasures)),
    RecordKind::of::<AgreementOffer>(),
    RecordKind::of::<ModeChange>().with_history(History::for_viewers(Permission::ViewReadiness)),
    RecordKind::of::<BreakGlass>().with_history(History::for_viewers(Permission::ReviewFindings)),
];
