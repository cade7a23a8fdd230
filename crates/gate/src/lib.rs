//! The one way to data. [`Gate::view`] and [`Gate::perform`] ask the policy, and only when it says
//! yes is there a transaction to hold; its scope decides which rows exist. Nothing is answered
//! before its entry in the audit log is on disk.
mod actor;
mod admit;
mod alarm;
mod column;
mod entry;
mod gate;
mod history;
mod keyring;
mod log;
mod notice;
mod once;
mod phi;
mod read_tx;
mod record;
mod refusal;
mod words;
mod write_tx;

pub use actor::{Actor, Origin, Rights};
pub use admit::{ApiKeyCard, NewApiKey, NewSession, SESSION_RULES, SessionCard, SessionRules, Token};
pub use column::{Class, Column, Desk, Window};
pub use gate::{Clock, Command, Gate, Query, Released};
pub use history::{Change, ListEntries, LogEntry, LogPage, RecordVersion, ShowHistory, TouchedRecord};
pub use interpres_audit_log as audit_log;
pub use interpres_policy::{FieldRule, Permission, Reach, Role, WorkerKind};
pub use interpres_store::{Kind, Row, Scoped, StoreError, Val, bind_list};
pub use interpres_types as types;
pub use interpres_vault::Key;
pub use keyring::{KEY_SCHEMA, KeyRing};
pub use log::{LogHead, LogReport};
pub use notice::{Mention, Notice};
pub use once::Once;
pub use phi::{PersonName, Phi, Sensitive, Shown};
pub use read_tx::{Page, ReadTx};
pub use record::{ColumnSpec, Json, Record, head, load_field, store_field};
pub use refusal::{Conflict, Fault, Refusal};
pub use write_tx::{Saved, WriteTx};

/// Names that belong to the gate's own tables, for the scope.
pub const TABLES: &[Scoped] = &[Scoped { name: "notice", table: "notice_row", columns: "*", all: "", team: " and false", own: " and user_id = {user}" }];
