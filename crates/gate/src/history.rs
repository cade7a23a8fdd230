//! The versions of a record.
use crate::{
    Action, Filter, Page, Permission, Query, ReadTx, Refusal,
    integrity::{Body, Subject},
    record_names::name_ids,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_store::{Row, Val};
use interpres_types::{Field, Instant, KeyId, Problems, RecordId, Rule};
use interpres_vault::Place;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// The versions of a record, latest first (AL6).
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ShowHistory {
    /// The record's kind: a scoped name, so that what is out of reach has no history either.
    pub kind: Field,
    /// Its id.
    pub id: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

impl ShowHistory {
    /// The latest versions of a record of this kind.
    pub fn of(kind: &str, id: impl fmt::Display) -> Self {
        Self { kind: kind.into(), id: id.to_string().into(), ..Self::default() }
    }
}

/// What differs between two versions of a record (AL6).
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CompareVersions {
    /// The record's kind.
    pub kind: Field,
    /// Its id.
    pub id: Field,
    /// The number of the one version.
    pub from_version: Field,
    /// The number of the other.
    pub to_version: Field,
}

/// Two versions of a record, and what differs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Comparison {
    /// The number of the one version.
    pub from: i64,
    /// When it was saved.
    pub from_at: Instant,
    /// The number of the other.
    pub to: i64,
    /// When it was saved.
    pub to_at: Instant,
    /// What differs: before is the one, after the other.
    pub changes: Vec<Change>,
}

/// One version of a record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordVersion {
    /// Its number, from 1 without gaps.
    pub version: i64,
    /// When it was saved.
    pub at: Instant,
    /// By whom.
    pub actor: String,
    /// The person's name.
    pub actor_name: Option<String>,
    /// What it changed.
    pub changes: Vec<Change>,
}

/// A field before and after.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// The field.
    pub field: String,
    /// The value before; nothing in the first version.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
    /// What the records are called whose ids stand before, where the reader may see them.
    pub before_name: Option<String>,
    /// What the records are called whose ids stand after.
    pub after_name: Option<String>,
}

impl Query for ShowHistory {
    const ACTION: Action = Action::HistoryShow;
    const PERMISSION: Permission = Permission::ViewHistory;
    type View = Page<RecordVersion>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<RecordVersion>, Refusal> {
        let mut p = Problems::none();
        let (cursor, limit) = (p.may::<VersionNumber>("cursor", &self.cursor), p.page_limit(&self.limit));
        let (name, id) = within_reach(tx, &self.kind, &self.id, p).await?;
        let mut filter = Filter::begin("", of_record(tx, id));
        if let Some(before) = cursor {
            filter.and("v.version < ?", before.0);
        }
        // One more than asked for tells whether there is a next page, and what the last of this one changed.
        let saved = saved(tx, id, filter, limit + 1).await?;
        let mut out = Vec::with_capacity(saved.len());
        for (i, (row, body)) in saved.iter().enumerate() {
            let before = saved.get(i + 1).map(|(_, body)| body);
            out.push(RecordVersion {
                version: row.int("version")?,
                at: Instant::from_micros(row.int("at")?),
                actor: row.text("actor")?.to_owned(),
                actor_name: row.may_text("name")?.map(str::to_owned),
                changes: if i < limit { changes(tx, name, id, before, body)? } else { Vec::new() },
            });
        }
        name_ids(tx, out.iter_mut().flat_map(|v| v.changes.iter_mut()).collect()).await?;
        Ok(Page::cut(out, limit, |v| v.version.to_string()))
    }
}

impl Query for CompareVersions {
    const ACTION: Action = Action::HistoryShow;
    const PERMISSION: Permission = Permission::ViewHistory;
    type View = Comparison;
    async fn answer(self, tx: &mut ReadTx) -> Result<Comparison, Refusal> {
        let mut p = Problems::none();
        let from = p.need::<VersionNumber>("from_version", &self.from_version);
        let to = p.need::<VersionNumber>("to_version", &self.to_version);
        let (name, id) = within_reach(tx, &self.kind, &self.id, p).await?;
        let one = async |tx: &mut ReadTx, field, number: Option<VersionNumber>| {
            let mut filter = Filter::begin("", of_record(tx, id));
            filter.and("v.version = ?", number.map_or(0, |number| number.0));
            let saved = saved(tx, id, filter, 1).await?.pop();
            saved.ok_or_else(|| Refusal::invalid(field, "must be the number of a version that there is"))
        };
        let ((from, before), (to, after)) = (one(tx, "from_version", from).await?, one(tx, "to_version", to).await?);
        let (at, number) = (|row: &Row| row.int("at").map(Instant::from_micros), |row: &Row| row.int("version"));
        let mut changes = changes(tx, name, id, Some(&before), &after)?;
        name_ids(tx, changes.iter_mut().collect()).await?;
        Ok(Comparison { from: number(&from)?, from_at: at(&from)?, to: number(&to)?, to_at: at(&to)?, changes })
    }
}

/// A version's number, from 1.
#[derive(Clone, Copy)]
struct VersionNumber(i64);

impl FromStr for VersionNumber {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        raw.trim().parse().ok().filter(|number| *number > 0).map(Self).ok_or_else(|| Rule::new("must be the number of a version"))
    }
}

/// The kind and the id of a record that the actor may see, where `p` holds no problems.
async fn within_reach(tx: &mut ReadTx, kind: &Field, id: &Field, mut p: Problems) -> Result<(&'static str, RecordId), Refusal> {
    let id = p.need::<RecordId>("id", id);
    let name = tx.inner.names.iter().map(|n| n.name).find(|n| *n == kind.raw().trim()).ok_or(Refusal::NotFound)?;
    let Some(id) = id.filter(|_| p.is_empty()) else { return Err(p.into()) };
    if tx.rows(&format!("select id from {name} where id = $1"), vec![Val::text(id)]).await?.is_empty() {
        return Err(Refusal::NotFound);
    }
    tx.saw(name, id);
    Ok((name, id))
}

fn of_record(tx: &ReadTx, id: RecordId) -> Vec<Val> {
    vec![Val::text(tx.actor().workspace()), Val::text(id)]
}

/// Versions as they were saved, latest first, with the keys open that they were sealed under.
async fn saved(tx: &mut ReadTx, id: RecordId, mut filter: Filter, most: usize) -> Result<Vec<(Row, Body)>, Refusal> {
    let most = filter.bind(i64::try_from(most).unwrap_or(i64::MAX));
    let sql = format!(
        "select v.kind, v.version, v.at, v.actor, v.body, v.checksum, m.name from record_version v
         left join member_row m on m.workspace_id = v.workspace_id and m.user_id = v.actor
         where v.workspace_id = $1 and v.record_id = $2{} order by v.version desc limit {most}",
        filter.sql
    );
    let rows = tx.raw(&sql, &filter.args).await?;
    tx.inner.keys.workspace(tx.actor.workspace).await?;
    let bodies = rows.iter().map(|row| body(tx, row, id)).collect::<Result<Vec<_>, _>>()?;
    let keys: Vec<KeyId> = bodies.iter().filter_map(|b| b.get("key_id")?.as_str()?.parse().ok()).collect();
    tx.inner.keys.fetch(tx.actor.workspace, keys.into_iter()).await?;
    Ok(rows.into_iter().zip(bodies).collect())
}

/// A version's body, once its checksum holds: a changed one is never shown as true.
fn body(tx: &ReadTx, row: &Row, id: RecordId) -> Result<Body, Refusal> {
    let (text, id) = (row.text("body")?, id.to_string());
    let keys = tx.inner.keys.known(tx.actor.workspace).ok_or_else(|| Refusal::fault("the workspace's keys are not open"))?;
    let subject = Subject { workspace: &tx.scope.workspace, kind: row.text("kind")?, id: &id, version: row.int("version")? };
    if subject.sum(&keys, text).as_slice() != row.bytes("checksum")? {
        drop(tx.inner.db.note(vec![subject.incident("version", tx.now)]));
        return Err(Refusal::fault("a record version does not have its checksum: it was changed outside Interpres"));
    }
    serde_json::from_str(text).map_err(Refusal::fault)
}

/// What a version holds otherwise than one before.
fn changes(tx: &mut ReadTx, kind: &'static str, id: RecordId, before: Option<&Body>, now: &Body) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    // A field that is not there is empty.
    let fields: BTreeSet<&String> = now.keys().chain(before.into_iter().flat_map(Body::keys)).filter(|field| *field != "key_id").collect();
    for field in fields {
        let (old, new) = (before.and_then(|b| b.get(field)), now.get(field));
        if old == new {
            continue;
        }
        let mut shown = |body: Option<&Body>, value: Option<&serde_json::Value>| {
            let key = body.and_then(|b| b.get("key_id")).and_then(|k| k.as_str());
            value.map(|v| show(tx, kind, id, field, key, v)).transpose().map(Option::flatten)
        };
        changes.push(Change { field: field.clone(), before: shown(before, old)?, after: shown(Some(now), new)?, before_name: None, after_name: None });
    }
    Ok(changes)
}

/// A value for a person to read; sealed ones by the scope's field rule, and then noted.
fn show(tx: &mut ReadTx, kind: &'static str, id: RecordId, field: &str, key: Option<&str>, value: &serde_json::Value) -> Result<Option<String>, Refusal> {
    let text = match value {
        serde_json::Value::Null => return Ok(None),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Object(map) => match map.get("sealed").and_then(|s| s.as_str()) {
            Some(sealed) => return unsealed(tx, kind, id, field, key, sealed).map(Some),
            None => "(bytes)".to_owned(),
        },
        // Times are kept in microseconds.
        serde_json::Value::Number(n) if field.ends_with("_at") => n.as_i64().map_or_else(|| n.to_string(), |n| Instant::from_micros(n).to_string()),
        other => other.to_string(),
    };
    Ok(Some(text))
}

fn unsealed(tx: &mut ReadTx, kind: &'static str, id: RecordId, field: &str, key: Option<&str>, sealed: &str) -> Result<String, Refusal> {
    if !tx.opens_fields(true) {
        return Ok("•••".to_owned());
    }
    let Some(key) = key.and_then(|k| k.parse().ok()).and_then(|k| tx.inner.keys.opened(k)) else { return Ok("(erased)".to_owned()) };
    let bytes = STANDARD.decode(sealed).map_err(Refusal::fault)?;
    let (workspace, row) = (tx.scope.workspace.clone(), id.to_string());
    let place = Place { workspace: &workspace, table: kind, column: field, row: &row };
    let plain = key.open_column(&place, &bytes)?;
    tx.touched.revealed(kind, &row, "history");
    Ok(String::from_utf8_lossy(&plain).into_owned())
}
