//! The log as people read it: filtered, a page at a time.
use crate::ledger::record_names::called;
use crate::passage::{filter::Filter, page::Page, read_tx::ReadTx, refusal::Refusal, view::Query};
use async_trait::async_trait;
use interpres_audit_log::Outcome;
use interpres_policy::{Action, ActionKind};
use interpres_store::{Row, Val, bind_list};
use interpres_types::{
    EntryId, Field, Id, Instant, Line, LocalDate, Problems, RecordId, Rule, UserId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, str::FromStr};

/// Which entries of the log to list (AL4): by person, action, record and time, newest first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListEntries {
    /// A person's user id.
    pub actor: Field,
    /// An action's name, such as `audit.list`.
    pub action: Field,
    /// What sort of act: read, list, create, change, erase, export, door.
    pub kind: Field,
    /// A record's id: who saw or changed it.
    pub record: Field,
    /// How it ended: done, refused, fault.
    pub outcome: Field,
    /// From this day on, in the workspace's zone.
    pub from: Field,
    /// Until this day, in the workspace's zone.
    pub to: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

/// One entry, with the person's name beside the id.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LogEntry {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Instant,
    /// Who: a user's id or a system role.
    pub actor: String,
    /// The person's name, when it is one of this workspace's members.
    pub actor_name: Option<String>,
    /// In which role.
    pub role: String,
    /// What.
    pub action: String,
    /// How it ended: done, refused, fault.
    pub outcome: String,
    /// Why it was refused.
    pub reason: Option<String>,
    /// From which address.
    pub address: Option<String>,
    /// By which program.
    pub agent: Option<String>,
    /// Which records, with the fields seen or changed.
    pub records: Vec<TouchedRecord>,
    /// How many records a list showed.
    pub listed: Option<u64>,
    /// Its number in the tree; nothing in the first second.
    pub number: Option<i64>,
}

/// A record an entry speaks of.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TouchedRecord {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// What it is called, where the reader may view it; of the first records of a kind in an entry.
    pub name: Option<String>,
    /// Protected fields that were shown in clear.
    pub revealed: Vec<String>,
    /// Fields that were changed.
    pub changed: Vec<String>,
}

/// A page of the log with the checkpoint it is proven by.
pub type LogPage = Page<LogEntry>;

#[async_trait]
impl Query for ListEntries {
    const ACTION: Action = Action::AuditList;
    type View = LogPage;
    async fn answer(self, tx: &mut ReadTx) -> Result<LogPage, Refusal> {
        let mut p = Problems::none();
        let (cursor, limit) = (
            p.may::<EntryId>("cursor", &self.cursor),
            p.page_limit(&self.limit),
        );
        let mut filter = self.filter(tx, p)?;
        if let Some(cursor) = cursor {
            filter.and("e.id < ?", Val::text(cursor));
        }
        let most = filter.bind(i64::try_from(limit).unwrap_or(50) + 1);
        let sql = format!(
            "select e.id, e.leaf, l.number, m.name from audit_entry e
             left join audit_leaf l on l.workspace_id = e.workspace_id and l.entry_id = e.id
             left join member_row m on m.workspace_id = e.workspace_id and m.user_id = e.actor
             where {} order by e.id desc limit {most}",
            filter.sql
        );
        let rows = tx.raw(&sql, &filter.args).await?;
        let mut entries = rows.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        name_records(tx, &mut entries).await?;
        Ok(Page::cut(entries, limit, |e: &LogEntry| e.id.clone()))
    }
}

/// How many records of an entry are called by name. A list may have shown hundreds.
const NAMED: usize = 20;

/// Puts names beside the first records of each entry.
async fn name_records(tx: &mut ReadTx, entries: &mut [LogEntry]) -> Result<(), Refusal> {
    let first = entries
        .iter()
        .flat_map(|entry| entry.records.iter().take(NAMED))
        .map(|record| (record.kind.clone(), record.id.clone()))
        .collect();
    let names = called(tx, Action::AuditList, first).await?;
    for record in entries.iter_mut().flat_map(|entry| &mut entry.records) {
        record.name = names.get(&record.id).cloned();
    }
    Ok(())
}

/// The name of an act, of this version or another. It stands in addresses and is kept in saved queries,
/// so that nothing else may be typed here.
struct ActName(String);

impl FromStr for ActName {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let name = raw.trim();
        let fits = name.len() <= 60
            && name.contains('.')
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'-');
        if fits {
            Ok(Self(name.to_owned()))
        } else {
            Err(Rule::new("must be the name of an act, like audit.list"))
        }
    }
}

fn entry(row: &Row) -> Result<LogEntry, Refusal> {
    let stored = crate::passage::entry::stored(row)?;
    let records = stored.records.into_iter().map(|r| TouchedRecord {
        kind: r.kind,
        id: r.id,
        name: None,
        revealed: r.revealed,
        changed: r.changed,
    });
    Ok(LogEntry {
        id: stored.id,
        at: stored
            .at
            .parse()
            .map_err(|_| Refusal::fault("an audit entry has no time"))?,
        actor: stored.actor,
        actor_name: row.may_text("name")?.map(str::to_owned),
        role: stored.role,
        action: stored.action,
        outcome: stored.outcome.word().to_owned(),
        reason: stored.reason,
        address: stored.address,
        agent: stored.agent,
        records: records.collect(),
        listed: stored.listed,
        number: row.may_int("number")?,
    })
}

impl ListEntries {
    /// The filter as conditions on `audit_entry e`; `p` may hold problems of fields beside it.
    pub(crate) fn filter(&self, tx: &ReadTx, mut p: Problems) -> Result<Filter, Refusal> {
        let (actor, action) = (
            p.may::<UserId>("actor", &self.actor),
            p.may::<ActName>("action", &self.action),
        );
        let (record, word, kind) = (
            p.may::<RecordId>("record", &self.record),
            p.may::<Line<20>>("outcome", &self.outcome),
            p.may::<Line<20>>("kind", &self.kind),
        );
        let kind = kind.and_then(|word| {
            ActionKind::named(word.as_str()).or_else(|| {
                p.add(
                    "kind",
                    "must be read, list, create, change, erase, export or door",
                );
                None
            })
        });
        let outcome = word.and_then(|word| {
            Outcome::of(word.as_str()).or_else(|| {
                p.add("outcome", "must be done, refused or fault");
                None
            })
        });
        let (from, to) = (
            p.may::<LocalDate>("from", &self.from),
            p.may::<LocalDate>("to", &self.to),
        );
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::begin(
            "e.workspace_id = $1",
            vec![Val::text(tx.actor().workspace())],
        );
        if let Some(id) = actor {
            filter.and("e.actor = ?", Val::text(id));
        }
        if let Some(name) = action {
            filter.and("e.action = ?", name.0);
        }
        if let Some(kind) = kind {
            let of_kind = Action::ALL.iter().filter(|action| action.kind() == kind);
            let names = of_kind.map(|action| action.name().into()).collect();
            let list = bind_list(&mut filter.args, names);
            filter.sql += &format!(" and e.action in ({list})");
        }
        if let Some(id) = record {
            filter.and("e.id in (select s.entry_id from audit_subject s where s.workspace_id = $1 and s.subject_id = ?)", Val::text(id));
        }
        match outcome {
            None => {}
            Some(Outcome::Done) => filter.sql += " and e.trouble is null",
            Some(trouble) => filter.and("e.trouble = ?", trouble.word()),
        }
        let zone = tx.actor().zone();
        // An id begins with its time, so a day is a span of ids.
        if let Some(day) = from {
            filter.and(
                "e.id >= ?",
                Val::text(EntryId::mint(zone.midnight(day), &[0; 10])),
            );
        }
        if let Some(day) = to {
            filter.and(
                "e.id < ?",
                Val::text(EntryId::mint(zone.midnight(day.plus_days(1)), &[0; 10])),
            );
        }
        Ok(filter)
    }
    /// Whether the filter can be read; `p` may hold problems of fields beside it.
    ///
    /// # Errors
    /// [`Refusal::Invalid`].
    pub fn check(&self, tx: &ReadTx, p: Problems) -> Result<(), Refusal> {
        self.filter(tx, p).map(drop)
    }
    /// The filter in words, for an export's header.
    #[must_use]
    pub fn in_words(&self) -> BTreeMap<String, String> {
        let fields = [
            ("actor", &self.actor),
            ("action", &self.action),
            ("kind", &self.kind),
            ("record", &self.record),
            ("outcome", &self.outcome),
            ("from", &self.from),
            ("to", &self.to),
        ];
        fields
            .into_iter()
            .filter(|(_, field)| !field.is_blank())
            .map(|(name, field)| (name.to_owned(), field.raw().trim().to_owned()))
            .collect()
    }
}
