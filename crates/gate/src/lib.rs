//! The one way to data. [`Gate::view`] and [`Gate::perform`] ask the policy, and only when it says
//! yes is there a transaction to hold; its scope decides which rows exist. Nothing is answered
//! before its entry in the audit log is on disk.
mod actor;
mod admission;
mod admit;
mod admit_key;
mod alarm;
mod api_keys;
mod asked;
mod assurance;
mod audience;
mod believed;
mod bind;
mod bond;
mod change;
mod check_log;
mod clear_version;
mod column;
mod compare_versions;
mod conclude;
mod copies;
mod count_entries;
mod destroyed;
mod disclosures;
mod drafts;
mod end_sessions;
mod entry;
mod erase;
mod event;
mod every;
mod export_entries;
mod export_pages;
mod export_workspace;
mod factors;
mod fhir;
mod filter;
mod form_token;
mod gate;
mod hands;
mod import_workspace;
mod integrity;
mod issue_pass;
mod kept_forms;
mod key_fault;
mod key_schema;
mod keyring;
mod letters;
mod list_entries;
mod log;
mod look_up_entries;
mod mint_key;
mod names;
mod notice;
mod notify;
mod office;
mod once;
mod open_session;
mod outgoing;
mod page;
mod pass;
mod perform;
mod phi;
mod presence;
mod prove_bond;
mod prove_entry;
mod providers;
mod put_back;
mod quarantine;
mod read_tx;
mod record;
mod record_keys;
mod record_names;
mod refusal;
mod reserve;
mod reveal;
mod review;
mod revoke_key;
mod rights;
mod rotate_keys;
mod save;
mod seal_passes;
mod seen_in_clear;
mod sessions;
mod show_history;
mod show_integrity;
mod stream_log;
mod sweep;
mod sweep_keys;
mod throttle;
mod tickets;
mod token;
mod tree;
mod versions;
mod view;
mod warnings;
mod watch;
mod watchfulness;
mod witness;
mod words;
mod workspace_file;
mod workspaces;
mod write_tx;

pub use actor::{Actor, Origin, Rights};
pub use api_keys::{ApiKeyCard, KeyOfSomebody};
pub use assurance::{
    Ask, GRACE_DAYS, PROOF_MINUTES, SESSION_LIMITS, SecurityRules, Standing, Strength,
    TERMS_VERSION,
};
pub use async_trait::async_trait;
pub use audience::{Audience, History, Kept};
pub use bind::bind;
pub use bond::{BondError, Mismatch, Pair, look};
pub use change::Change;
pub use check_log::LogReport;
pub use column::{Class, Column, Desk, Window};
pub use compare_versions::{CompareVersions, Comparison};
pub use copies::{Drill, Installation, ListDrills, RecordDrill};
pub use count_entries::numbered;
pub use disclosures::{Disclosure, is_file};
pub use drafts::{DraftId, FinishDraft};
pub use erase::Tombstone;
pub use event::{Event, React, Reaction};
pub use export_entries::{ExportEntries, ExportForm, ExportPlan, LogExport};
pub use export_workspace::{ExportWorkspace, WORKSPACE_FORMAT, WorkspacePlan, fresh_receipt};
pub use filter::{Filter, literal};
pub use form_token::FormTokens;
pub use gate::{Clock, Domains, Gate};
pub use import_workspace::{ImportVersions, VersionLine};
pub use interpres_audit_log as audit_log;
pub use interpres_policy::{
    Action, ActionKind, Excess, FieldRule, Grant, Permission, Reach, Role, Scopes, Sheet,
    WorkerKind, beyond, grant,
};
pub use interpres_store::{Kind, Row, Scoped, StoreError, Val, bind_list};
pub use interpres_types as types;
pub use interpres_vault::{Key, checksum, pbkdf2, pbkdf2_fits, random, sha1_hex, sha256};
pub use key_schema::KEY_SCHEMA;
pub use keyring::KeyRing;
pub use letters::{LINK_KINDS, Letter, NoteLetters, ReadyLetter, TakeLetters};
pub use list_entries::{ListEntries, LogEntry, LogPage, TouchedRecord};
pub use log::LogHead;
pub use mint_key::{KeyTerms, NewApiKey};
pub use notice::{Mention, Notice, StoredNotice};
pub use office::{LATE_HOURS, Office, REVEAL_HOURS, WeekStart};
pub use once::Once;
pub use open_session::{NewSession, Via};
pub use outgoing::Outgoing;
pub use page::Page;
pub use perform::Command;
pub use phi::{Credential, PersonName, Phi, Sensitive, Shown};
pub use presence::{PersonState, Presence};
pub use prove_entry::{EntryProof, GrowthProof, ProveEntry, ProveGrowth, ShowLogHead};
pub use put_back::{RestoreInput, RestoreOwnRecord, RestoreRecord, Restored};
pub use read_tx::ReadTx;
pub use record::{ColumnSpec, Head, Json, Record, RecordKind, head, load_field, store_field};
pub use refusal::{Conflict, Fault, LastSave, RecordName, Refusal};
pub use review::NameWords;
pub use rotate_keys::{HandOverLogKey, RotateWorkspaceKey};
pub use save::Saved;
pub use sessions::SessionCard;
pub use show_history::{RecordVersion, ShowHistory};
pub use show_integrity::{Incident, IntegrityView, ShowIntegrity, Sweep};
pub use stream_log::{BeginStream, StreamedEntry};
pub use throttle::Try;
pub use tickets::Ticket;
pub use token::Token;
pub use view::{Query, Released};
pub use watchfulness::Watchfulness;
pub use workspace_file::WorkspaceExport;
pub use write_tx::WriteTx;

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

/// Records that the gate itself keeps, for the sweep.
pub const RECORDS: &[RecordKind] = &[
    RecordKind::of::<StoredNotice>(),
    RecordKind::of::<Tombstone>(),
];
