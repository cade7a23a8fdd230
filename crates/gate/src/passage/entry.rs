//! Making entries of the audit log from what a transaction did.
use crate::passage::{actor::Actor, refusal::Refusal, request::Request};
use interpres_audit_log::{Entry, Outcome, Seen};
use interpres_store::{Kind, Row, Shape, Val, Write};
use interpres_types::{EntryId, Id, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// What the log calls a pass that has ended.
pub(crate) const ENDED: &str = "pass";

/// What the log calls an hour of its own that was gone through.
pub(crate) const HOUR: &str = "log_hour";

static ENTRY: Shape = Shape {
    table: "audit_entry",
    columns: &[
        "workspace_id",
        "id",
        "at",
        "actor",
        "action",
        "trouble",
        "leaf",
    ],
};
static PENDING: Shape = Shape {
    table: "audit_pending",
    columns: &["workspace_id", "entry_id"],
};
static SUBJECT: Shape = Shape {
    table: "audit_subject",
    columns: &["workspace_id", "subject_id", "entry_id"],
};

/// Names of a record's fields that were shown, and that were changed.
#[derive(Default)]
struct Fields {
    revealed: Vec<&'static str>,
    changed: Vec<&'static str>,
    version: Option<i64>,
}

/// What a transaction touched so far.
#[derive(Default)]
pub(crate) struct Touched {
    records: BTreeMap<(&'static str, String), Fields>,
    listed: Option<u64>,
    /// Whether records that a list showed are told one by one (AL3).
    every: bool,
    /// Records that were asked for and are not there for the actor.
    missed: Vec<(&'static str, String)>,
}

impl Touched {
    /// Nothing yet, of this actor's transaction.
    pub(crate) fn by(actor: &Actor) -> Self {
        Self {
            every: actor.hipaa(),
            ..Self::default()
        }
    }

    /// Notes that a list showed these records.
    pub(crate) fn shown(&mut self, kind: &'static str, ids: impl Iterator<Item = String>) {
        if self.every {
            ids.for_each(|id| self.seen(kind, id));
        }
    }

    /// Notes that a record was asked for and is not there for the actor.
    pub(crate) fn missed(&mut self, kind: &'static str, id: String) {
        if self.every {
            self.missed.push((kind, id));
        }
    }

    /// A refusal tells of what was asked for as well.
    pub(crate) fn refused(&mut self) {
        for (kind, id) in std::mem::take(&mut self.missed) {
            self.seen(kind, id);
        }
    }

    pub(crate) fn seen(&mut self, kind: &'static str, id: String) {
        self.records.entry((kind, id)).or_default();
    }

    pub(crate) fn listed(&mut self, count: usize) {
        *self.listed.get_or_insert(0) += count as u64;
    }

    pub(crate) fn revealed(&mut self, kind: &'static str, id: &str, field: &'static str) {
        let fields = &mut self
            .records
            .entry((kind, id.to_owned()))
            .or_default()
            .revealed;
        if !fields.contains(&field) {
            fields.push(field);
        }
    }

    pub(crate) fn changed(&mut self, kind: &'static str, id: String, fields: Vec<&'static str>) {
        self.records
            .entry((kind, id))
            .or_default()
            .changed
            .extend(fields);
    }

    /// Notes that fields were changed, and which version holds the change.
    pub(crate) fn saved(
        &mut self,
        kind: &'static str,
        id: String,
        fields: Vec<&'static str>,
        version: i64,
    ) {
        self.changed(kind, id.clone(), fields);
        self.records.entry((kind, id)).or_default().version = Some(version);
    }

    /// A change tells of what it changed and of protected fields that it opened; what it only read to decide
    /// by, like the workspace's settings, says nothing about who saw what. One that changed nothing tells of all
    /// that it looked at.
    pub(crate) fn settled(&mut self) {
        // That a pass has ended on the way is no change of what it was about.
        if self
            .records
            .iter()
            .any(|((kind, _), f)| *kind != ENDED && !f.changed.is_empty())
        {
            self.records.retain(|(kind, _), f| {
                *kind == HOUR || !f.changed.is_empty() || !f.revealed.is_empty()
            });
        }
    }

    /// Takes over what was revealed while the command was prepared. What it only read then, it reads again.
    pub(crate) fn take_revealed(&mut self, prepared: Self) {
        for ((kind, id), fields) in prepared.records {
            for field in fields.revealed {
                self.revealed(kind, &id, field);
            }
        }
    }

    /// Drops what was changed: the change was undone.
    pub(crate) fn undo(&mut self) {
        for fields in self.records.values_mut() {
            fields.changed.clear();
            fields.version = None;
        }
    }
}

/// The entry's frame: who did what, when, and how it ended.
pub(crate) struct Frame<'a> {
    pub(crate) id: EntryId,
    pub(crate) request: Request<'a>,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Option<String>,
}

impl Frame<'_> {
    /// The writes that put the entry into the log. Records whose protected fields were shown or
    /// that were changed can be looked up by record; under HIPAA mode all that it speaks of.
    pub(crate) fn writes(self, touched: Touched) -> Vec<Write> {
        let workspace = self.request.actor.workspace.to_string();
        let id = self.id.to_string();
        let entry = self.entry(touched);
        let subjects: BTreeSet<String> = entry.found_by().map(|seen| seen.id.clone()).collect();
        let mut writes = vec![
            Write::Row(
                &ENTRY,
                vec![
                    workspace.clone().into(),
                    id.clone().into(),
                    self.request.at.micros().into(),
                    entry.actor.clone().into(),
                    self.request.action.name().into(),
                    if self.outcome == Outcome::Done {
                        Val::Null(Kind::Text)
                    } else {
                        self.outcome.word().into()
                    },
                    entry.bytes().into(),
                ],
            ),
            Write::Row(&PENDING, vec![workspace.clone().into(), id.clone().into()]),
        ];
        writes.extend(subjects.into_iter().map(|subject| {
            Write::Row(
                &SUBJECT,
                vec![
                    workspace.clone().into(),
                    Val::Text(subject),
                    id.clone().into(),
                ],
            )
        }));
        writes
    }

    fn entry(&self, touched: Touched) -> Entry {
        let Request {
            actor,
            action,
            permission,
            at,
        } = self.request;
        let names = |fields: Vec<&'static str>| fields.into_iter().map(str::to_owned).collect();
        let records = touched.records.into_iter().map(|((kind, id), f)| Seen {
            kind: kind.to_owned(),
            id,
            revealed: names(f.revealed),
            changed: names(f.changed),
            version: f.version,
        });
        let records: Vec<Seen> = records.collect();
        Entry {
            v: 1,
            id: self.id.to_string(),
            at: at.to_string(),
            workspace: actor.workspace.to_string(),
            actor: actor.log_name(),
            role: actor.rights.role.to_string(),
            session: actor.origin.session.clone(),
            address: actor.origin.address.clone(),
            agent: actor.origin.agent.clone(),
            action: action.to_string(),
            permission: permission.to_string(),
            outcome: self.outcome,
            reason: self.reason.clone(),
            every: touched.every && !records.is_empty(),
            records,
            listed: touched.listed,
            commitment: None,
        }
    }
}

/// A fresh entry id.
pub(crate) fn entry_id(at: Instant) -> EntryId {
    EntryId::mint(at, &interpres_vault::random())
}

/// A stored entry.
pub(crate) fn stored(row: &Row) -> Result<Entry, Refusal> {
    parsed(row.bytes("leaf")?)
}

/// The entry that was stored as these bytes.
pub(crate) fn parsed(leaf: &[u8]) -> Result<Entry, Refusal> {
    Entry::parse(leaf).ok_or_else(|| Refusal::fault("an audit entry can't be read"))
}
