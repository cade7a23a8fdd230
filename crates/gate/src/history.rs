//! The versions of a record.
use crate::{
    Action, Permission, Query, ReadTx, Refusal,
    integrity::{Body, Subject},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_store::{Row, Val};
use interpres_types::{Instant, KeyId, RecordId};
use interpres_vault::Place;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// The versions of a record, latest first (AL6).
#[derive(Debug)]
pub struct ShowHistory {
    /// The record's kind: a scoped name, so that what is out of reach has no history either.
    pub kind: String,
    /// Its id.
    pub id: RecordId,
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
}

impl Query for ShowHistory {
    const ACTION: Action = Action::HistoryShow;
    const PERMISSION: Permission = Permission::ViewHistory;
    type View = Vec<RecordVersion>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<RecordVersion>, Refusal> {
        let name = tx.inner.names.iter().map(|n| n.name).find(|n| *n == self.kind).ok_or(Refusal::NotFound)?;
        if tx.rows(&format!("select id from {name} where id = $1"), vec![Val::text(self.id)]).await?.is_empty() {
            return Err(Refusal::NotFound);
        }
        tx.saw(name, self.id);
        let sql = "select v.kind, v.version, v.at, v.actor, v.body, v.checksum, m.name from record_version v
                   left join member_row m on m.workspace_id = v.workspace_id and m.user_id = v.actor
                   where v.workspace_id = $1 and v.record_id = $2 order by v.version desc limit 200";
        let args = [Val::text(tx.actor().workspace()), Val::text(self.id)];
        let rows = tx.raw(sql, &args).await?;
        tx.inner.keys.workspace(tx.actor.workspace).await?;
        let bodies = rows.iter().map(|row| body(tx, row, self.id)).collect::<Result<Vec<_>, _>>()?;
        let keys: Vec<KeyId> = bodies.iter().filter_map(|b| b.get("key_id")?.as_str()?.parse().ok()).collect();
        tx.inner.keys.fetch(tx.actor.workspace, keys.into_iter()).await?;
        let mut out = Vec::with_capacity(rows.len());
        for (i, row) in rows.iter().enumerate() {
            out.push(version(tx, row, name, self.id, &bodies[i], bodies.get(i + 1))?);
        }
        Ok(out)
    }
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

fn version(tx: &mut ReadTx, row: &Row, kind: &'static str, id: RecordId, now: &Body, before: Option<&Body>) -> Result<RecordVersion, Refusal> {
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
        let change = Change { field: field.clone(), before: shown(before, old)?, after: shown(Some(now), new)? };
        changes.push(change);
    }
    Ok(RecordVersion {
        version: row.int("version")?,
        at: Instant::from_micros(row.int("at")?),
        actor: row.text("actor")?.to_owned(),
        actor_name: row.may_text("name")?.map(str::to_owned),
        changes,
    })
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
