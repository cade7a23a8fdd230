//! What a version changed, for a person to read: what is not for them is masked.
use crate::ledger::versions::HistorySubject;
use crate::passage::{
    integrity::Body,
    phi::{ERASED, MASK, Opened, Sealed, UNREADABLE},
    read_tx::ReadTx,
    record::ColumnSpec,
    refusal::Refusal,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_types::{Instant, KeyId};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

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

/// What a version holds otherwise than one before.
pub(crate) fn changes(
    tx: &mut ReadTx,
    record: &HistorySubject,
    before: Option<&Body>,
    now: &Body,
) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    // A field that is not there is empty.
    let fields: BTreeSet<&str> = now
        .keys()
        .chain(before.into_iter().flat_map(Body::keys))
        .map(String::as_str)
        .collect();
    for spec in fields
        .into_iter()
        .filter_map(|field| record.kind.columns.iter().find(|spec| spec.name == field))
    {
        let (old, new) = (before.and_then(|b| b.get(spec.name)), now.get(spec.name));
        if old == new {
            continue;
        }
        let mut shown = |body: Option<&Body>, value: Option<&Value>| {
            let key = body
                .and_then(|b| b.get("key_id"))
                .and_then(Value::as_str)
                .and_then(|key| key.parse().ok());
            value
                .map(|v| show(tx, record, spec, key, v))
                .transpose()
                .map(Option::flatten)
        };
        let (before, after) = (shown(before, old)?, shown(Some(now), new)?);
        changes.push(Change {
            field: spec.name.to_owned(),
            before,
            after,
            before_name: None,
            after_name: None,
        });
    }
    Ok(changes)
}

/// A value for a person to read: what is not for them is masked, and sealed ones open by the scope's
/// field rule.
fn show(
    tx: &mut ReadTx,
    record: &HistorySubject,
    spec: &ColumnSpec,
    key: Option<KeyId>,
    value: &Value,
) -> Result<Option<String>, Refusal> {
    let text = match value {
        Value::Null => return Ok(None),
        _ if !tx.is_among(record.kind.audience(spec)) => MASK.to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(map) => match map.get("sealed").and_then(Value::as_str) {
            Some(sealed) => return unsealed(tx, record, spec, key, sealed).map(Some),
            None => "(bytes)".to_owned(),
        },
        // Times are kept in microseconds.
        Value::Number(n) if spec.name.ends_with("_at") => n
            .as_i64()
            .map_or_else(|| n.to_string(), |n| Instant::from_micros(n).to_string()),
        other => other.to_string(),
    };
    Ok(Some(text))
}

/// A sealed value as the record's own view would show it now, and then noted.
fn unsealed(
    tx: &mut ReadTx,
    record: &HistorySubject,
    spec: &ColumnSpec,
    key: Option<KeyId>,
    sealed: &str,
) -> Result<String, Refusal> {
    let bytes = STANDARD.decode(sealed).map_err(Refusal::fault)?;
    let (workspace, row) = (tx.scope.workspace.clone(), record.id.to_string());
    let sealed = Sealed {
        bytes,
        workspace,
        table: record.kind.name,
        column: spec.name,
        row,
        key,
        window: record.window,
        // Whose own it is has no history of it.
        own: false,
        covered: record.covered,
    };
    if !tx.is_open(&sealed) {
        return Ok(MASK.to_owned());
    }
    match tx.open(&sealed) {
        Opened::Plain(plain) => {
            let asked = record.asked;
            tx.touched
                .revealed(asked.kind, &asked.id.to_string(), "history");
            Ok(plain)
        }
        Opened::Erased => Ok(ERASED.to_owned()),
        Opened::Not => Ok(UNREADABLE.to_owned()),
    }
}
