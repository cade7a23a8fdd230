//! Record integrity (AL7): a keyed checksum over what was saved, held against what is read.
use crate::passage::{column::Class, keyring::WorkspaceKeys, record::RecordKind, refusal::Refusal};
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_store::{Kind, Row, StoreError, Val, Write};
use interpres_types::Instant;
use interpres_vault::{Key, checksum};
use serde_json::Value;

pub(crate) type Body = serde_json::Map<String, Value>;

/// Whose checksum: the context that it binds a body to.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) workspace: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) id: &'a str,
    pub(crate) version: i64,
}

impl Subject<'_> {
    pub(crate) fn sum(&self, keys: &WorkspaceKeys, body: &str) -> [u8; 32] {
        self.sum_by(&keys.checksum, body)
    }
    pub(crate) fn sum_by(&self, key: &Key, body: &str) -> [u8; 32] {
        let parts = [
            self.workspace.as_bytes(),
            self.kind.as_bytes(),
            self.id.as_bytes(),
            &self.version.to_be_bytes(),
            body.as_bytes(),
        ];
        checksum(key, &parts)
    }
    /// Tells of what was found changed; once, however often it is found, until it was put right.
    pub(crate) fn incident(&self, found: &'static str, at: Instant) -> Write {
        self.incident_unless("and restored_at is null", found, at)
    }
    /// The same of what was lost and does not come back: whoever took note of it since it was made is not told again.
    pub(crate) fn loss(&self, made_at: i64, at: Instant) -> Write {
        self.incident_unless(
            &format!("and (restored_at is null or restored_at >= {made_at})"),
            "lost",
            at,
        )
    }
    /// Tells that this record's key does not open, if it is not erased by now; once, however often it is found.
    pub(crate) fn key_incident(&self, at: Instant) -> Write {
        let sql = format!(
            "insert into integrity_incident (workspace_id, kind, record_id, version, found, at) select $1, $2, $3, $4, 'key', $5
             where exists (select 1 from {}_row where workspace_id = $1 and id = $3 and key_id is not null)
             and not exists (select 1 from integrity_incident where workspace_id = $1 and kind = $2 and record_id = $3 and found = 'key' and restored_at is null)
             on conflict do nothing",
            self.kind
        );
        Write::Statement(
            sql.into(),
            vec![
                self.workspace.into(),
                self.kind.into(),
                self.id.into(),
                self.version.into(),
                at.micros().into(),
            ],
        )
    }

    fn incident_unless(&self, which: &str, found: &'static str, at: Instant) -> Write {
        let sql = format!(
            "insert into integrity_incident (workspace_id, kind, record_id, version, found, at) select $1, $2, $3, $4, $5, $6
            where not exists (select 1 from integrity_incident where workspace_id = $1 and kind = $2 and record_id = $3 and version = $4 and found = $5 {which})
            on conflict do nothing"
        );
        Write::Statement(
            sql.into(),
            vec![
                self.workspace.into(),
                self.kind.into(),
                self.id.into(),
                self.version.into(),
                found.into(),
                at.micros().into(),
            ],
        )
    }
}

/// A version's body: every column that is not null by name, sealed ones as they are sealed. A
/// column that is added later is null in older rows, so it does not change their checksums.
pub(crate) fn body_of(kind: &RecordKind, key: Option<&str>, values: &[Val]) -> String {
    let mut map = Body::new();
    if let Some(key) = key {
        map.insert("key_id".to_owned(), key.into());
    }
    for (spec, value) in kind.columns.iter().zip(values) {
        let json = match value {
            Val::Null(_) => continue,
            Val::Text(text) => text.clone().into(),
            Val::Int(n) if spec.kind == Kind::Bool => (*n != 0).into(),
            Val::Int(n) => (*n).into(),
            Val::Bool(b) => (*b).into(),
            Val::Bytes(bytes) => {
                serde_json::json!({ if spec.class == Class::Plain { "bytes" } else { "sealed" }: STANDARD.encode(bytes) })
            }
        };
        map.insert(spec.name.to_owned(), json);
    }
    Value::Object(map).to_string()
}

/// The values a body was made of, for putting a record back as it was.
pub(crate) fn values_of(kind: &RecordKind, body: &Body) -> Result<Vec<Val>, Refusal> {
    let value = |spec: &crate::passage::record::ColumnSpec| match (body.get(spec.name), spec.kind) {
        (None, kind) => Some(Val::Null(kind)),
        (Some(Value::String(text)), Kind::Text) => Some(text.clone().into()),
        (Some(Value::Number(n)), Kind::Int) => n.as_i64().map(Val::Int),
        (Some(Value::Bool(b)), Kind::Bool) => Some((*b).into()),
        (Some(Value::Object(map)), Kind::Bytes) => map
            .values()
            .next()?
            .as_str()
            .and_then(|text| STANDARD.decode(text).ok())
            .map(Val::Bytes),
        _ => None,
    };
    kind.columns
        .iter()
        .map(value)
        .collect::<Option<_>>()
        .ok_or_else(|| Refusal::fault("a version's body does not fit its record"))
}

/// Whether a row is what was saved. The row holds id, version, checksum and every column.
pub(crate) fn is_true(
    kind: &RecordKind,
    row: &Row,
    workspace: &str,
    keys: &WorkspaceKeys,
) -> Result<bool, StoreError> {
    let values = kind
        .columns
        .iter()
        .map(|spec| row.get(spec.name).cloned())
        .collect::<Result<Vec<_>, _>>()?;
    let key = if kind.sealed {
        row.may_text("key_id")?
    } else {
        None
    };
    let subject = Subject {
        workspace,
        kind: kind.name,
        id: row.text("id")?,
        version: row.int("version")?,
    };
    let sum = subject.sum(keys, &body_of(kind, key, &values));
    Ok(matches!(row.get("checksum")?, Val::Bytes(stored) if *stored == sum))
}
