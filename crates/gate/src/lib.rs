//! The one way to data. [`Gate::view`] and [`Gate::perform`] ask the policy, and only when it says
//! yes is there a transaction to hold; its scope decides which rows exist. Nothing is answered
//! before its entry in the audit log is on disk.
mod identity;
mod keeping;
mod ledger;
mod passage;

pub use async_trait::async_trait;
pub use identity::{
    api_keys::{ApiKeyCard, KeyOfSomebody},
    drafts::{DraftId, FinishDraft},
    form_token::FormTokens,
    letters::{LINK_KINDS, Letter, NoteLetters, ReadyLetter, TakeLetters},
    listen::Listening,
    mint_key::{KeyTerms, NewApiKey},
    open_session::{NewSession, Via},
    presence::{PersonState, Presence},
    sessions::SessionCard,
    throttle::Try,
    tickets::Ticket,
    token::Token,
};
pub use interpres_audit_log as audit_log;
pub use interpres_policy::{
    Action, ActionKind, Excess, FieldRule, Grant, Permission, Reach, Role, Scopes, Sheet, Way,
    WorkerKind, beyond, grant,
};
pub use interpres_store::{Kind, Row, Scoped, StoreError, Val, bind_list};
pub use interpres_types as types;
pub use interpres_vault::{Key, checksum, pbkdf2, pbkdf2_fits, random, sha1_hex, sha256};
pub use keeping::{
    bind::bind,
    bond::{BondError, Mismatch, Pair, look},
    copies::{Drill, Installation, ListDrills, RecordDrill},
    erase::{NewTombstone, Tombstone},
    export_workspace::{ExportWorkspace, WORKSPACE_FORMAT, WorkspacePlan, fresh_receipt},
    import_workspace::{ImportVersions, VersionLine},
    list_jobs::{FailedJob, FailedJobs, ListFailedJobs, TryJobAgain},
    put_back::{PutBack, RestoreInput, RestoreOwnRecord, RestoreRecord, Restored},
    rotate_keys::{HandOverLogKey, RotateWorkspaceKey},
    show_integrity::{Incident, IntegrityView, ShowIntegrity, Sweep},
    workspace_file::WorkspaceExport,
};
pub use ledger::{
    change::Change,
    check_log::LogReport,
    compare_versions::{CompareVersions, Comparison},
    count_entries::numbered,
    disclosures::{Disclosure, is_file},
    export_entries::{ExportEntries, ExportForm, ExportPlan, LogExport},
    list_entries::{ListEntries, LogEntry, LogPage, TouchedRecord},
    log::LogHead,
    outgoing::Outgoing,
    prove_entry::{EntryProof, GrowthProof, ProveEntry, ProveGrowth, ShowLogHead},
    review::{Bearer, GoneThrough, NameWords},
    show_history::{RecordVersion, ShowHistory},
    stream_log::{BeginStream, StreamedEntry},
    watchfulness::Watchfulness,
};
pub use passage::{
    actor::{Actor, Origin, Rights},
    alone::Alone,
    assurance::{
        Ask, GRACE_DAYS, PROOF_MINUTES, SecurityRules, SessionLimits, SessionSettings, Standing,
        Strength, TERMS_VERSION,
    },
    audience::{Audience, History, Tie},
    column::{Class, Column, Desk, Retired, Window},
    event::{Event, React, Reaction},
    fact::{Fact, FactName},
    filter::{Filter, literal, unaccented},
    gate::{Clock, Domains, Gate},
    jobs::{Due, JobKind, Next, Work},
    key_schema::KEY_SCHEMA,
    keyring::KeyRing,
    listener::{Ending, LiveEvent, Telling},
    listing::{Counter, FURTHEST, Past, SortKey, Sorted, WHOLE},
    notice::{Mention, NewStoredNotice, Notice, StoredNotice},
    office::{Office, WeekStart},
    once::Once,
    page::Page,
    perform::{Command, Granted},
    phi::{Credential, PersonName, Phi, Sensitive, Shown},
    read_tx::ReadTx,
    record::{
        ColumnSpec, Head, Json, NewRecord, Record, RecordKind, head, load_field, store_field,
    },
    refusal::{Conflict, Fault, LastSave, RecordName, Refusal},
    save::Saved,
    settings::{Setting, Settings, SettingsPart},
    view::{Query, Released},
    write_tx::WriteTx,
};

/// Names that belong to the gate's own tables, for the scope.
pub const TABLES: &[Scoped] = &[
    Scoped {
        name: "notice",
        table: "notice_row",
        columns: "*",
        all: "",
        team: " and false",
        own: " and user_id = {user}",
    },
    Scoped {
        name: "tombstone",
        table: "tombstone_row",
        columns: "*",
        all: "",
        team: " and false",
        own: " and false",
    },
];

/// What happens in the gate that rooms may react to.
pub const EVENTS: &[&str] = &[PutBack::NAME];

/// Records that the gate itself keeps, for the sweep.
pub const RECORDS: &[RecordKind] = &[
    RecordKind::of::<StoredNotice>(),
    RecordKind::of::<Tombstone>(),
];
