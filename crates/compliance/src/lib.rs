//! Erasure, legal holds, retention and purge, certificates, log review and findings, HIPAA mode and readiness.
mod agreements;
mod break_glass;
mod cover_adapter;
mod decoy;
mod erase_client;
mod find_record;
mod finding;
mod hipaa_checks;
mod hipaa_mode;
mod hour;
mod judge_log;
mod list_erasures;
mod list_findings;
mod name_exporters;
mod place_legal_hold;
mod purge;
mod purge_file;
mod readiness;
mod retention;
mod save_query;
mod show_disclosures;
mod switch_hipaa_mode;
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
pub use erase_client::{EraseClient, EraseInput, EraseWholeClient, Erased, Erasure, NewErasure};
pub use find_record::{FindRecord, FoundRecord};
pub use finding::{Finding, NewFinding, Pattern, Verdict};
pub use hipaa_checks::{Check, Serving, Transport};
pub use hipaa_mode::{
    Exporter, HipaaView, MODE_TERMS, MODE_TERMS_VERSION, ModeChange, NewModeChange, ShowHipaa,
};
pub use list_erasures::{ErasureView, LegalHoldView, ListErasures, ListLegalHolds};
pub use list_findings::{FindingView, ListFindings, SignOffFinding, SignOffInput, SignedOff};
pub use name_exporters::NameExporters;
pub use place_legal_hold::{
    LegalHold, LegalHoldInput, NewLegalHold, PlaceLegalHold, PlacedLegalHold, ReleaseLegalHold,
};
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
    AffectedItem, AffectedView, ClientDisclosuresView, DisclosuresView, ListAffected,
    ShowClientDisclosures, ShowDisclosures,
};
pub use switch_hipaa_mode::{
    AnswerDisable, DisableHipaa, DisableInput, EnableHipaa, EnableInput, Switched,
};
pub use watch_client::{
    EndWatch, ListWatches, NewWatch, Watch, WatchClient, WatchInput, WatchView, Watched,
};

use judge_log::JudgesLog;
use purge::KeepsRetention;

use interpres_gate::{History, JobKind, Permission, RecordKind, Scoped};

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

/// The room's scoped names.
pub const TABLES: &[Scoped] = &[
    whole("erasure", "erasure_row"),
    whole("hold", "hold_row"),
    whole("finding", "finding_row"),
    Scoped {
        columns: "*, cast(null as bigint) as visible_from, cast(null as bigint) as visible_until, cast(1 as bigint) as covered, cast(null as text) as tie",
        ..whole("watch", "watch_row")
    },
    whole("saved_query", "saved_query_row"),
    whole("retention", "retention_row"),
    whole("purge", "purge_row"),
    whole("agreement_offer", "agreement_offer_row"),
    whole("mode_change", "mode_change_row"),
    whole("break_glass", "break_glass_row"),
];

/// The room's jobs.
pub const JOBS: &[JobKind] = &[JobKind::of::<JudgesLog>(), JobKind::of::<KeepsRetention>()];

/// The room's record kinds.
pub const RECORDS: &[RecordKind] = &[
    RecordKind::of::<Erasure>().with_history(History::for_viewers(Permission::ViewErasures)),
    RecordKind::of::<LegalHold>().with_history(History::for_viewers(Permission::ViewErasures)),
    RecordKind::of::<Finding>().with_history(History::for_viewers(Permission::ReviewFindings)),
    RecordKind::of::<Watch>(),
    RecordKind::of::<SavedQuery>(),
    RecordKind::of::<Retention>().with_history(History::for_viewers(Permission::ViewErasures)),
    RecordKind::of::<Purge>().with_history(History::for_viewers(Permission::ViewErasures)),
    RecordKind::of::<AgreementOffer>(),
    RecordKind::of::<ModeChange>().with_history(History::for_viewers(Permission::ViewReadiness)),
    RecordKind::of::<BreakGlass>().with_history(History::for_viewers(Permission::ReviewFindings)),
];
