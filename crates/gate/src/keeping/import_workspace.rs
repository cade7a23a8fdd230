//! Bringing a workspace in from its file, version by version, sealed anew under keys of this
//! installation.
use crate::passage::{
    column::Class,
    integrity::{Body, Subject, values_of},
    perform::{Command, Granted},
    record::RecordKind,
    refusal::Refusal,
    write_tx::WriteTx,
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_policy::Action;
use interpres_store::{Val, Write};
use interpres_types::{Instant, RecordId, Rule};
use interpres_vault::{Key, Place};
use serde::Deserialize;
use serde_json::{Value, json};

/// One version of a record, as a line of the file has it. It holds protected values in clear, so it
/// can't be printed.
#[derive(Clone, Deserialize)]
pub struct VersionLine {
    /// The record's kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its number, from 1 without gaps.
    pub version: i64,
    /// When it was saved.
    pub at: String,
    /// By whom.
    pub actor: String,
    /// Its columns.
    pub body: serde_json::Map<String, Value>,
}

/// Brings versions in, in the order of the file: those of one record follow each other. What is there
/// already is passed over, so that an import that was stopped can be done again.
pub struct ImportVersions(pub Vec<VersionLine>);

fn misfit(what: &'static str) -> Refusal {
    Refusal::invalid("file", Rule::new(what))
}

#[async_trait]
impl Command for ImportVersions {
    const ACTION: Action = Action::WorkspaceImport;
    type Outcome = i64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<i64, Refusal> {
        let mut done = 0;
        for of_one in self.0.chunk_by(|a, b| a.id == b.id) {
            done += tx.import_record(of_one).await?;
        }
        tx.read
            .touched
            .listed(usize::try_from(done).unwrap_or(usize::MAX));
        Ok(done)
    }
}

impl WriteTx {
    /// Brings versions of one record in; gives how many were new.
    async fn import_record(&mut self, lines: &[VersionLine]) -> Result<i64, Refusal> {
        let Some(first) = lines.first() else {
            return Ok(0);
        };
        let kind = self
            .read
            .inner
            .kind(&first.kind)
            .ok_or_else(|| misfit("holds a kind of record that this version does not know"))?;
        let record: RecordId = first
            .id
            .parse()
            .map_err(|_| misfit("holds a record whose id is none"))?;
        let (id, workspace) = (record.to_string(), self.read.scope.workspace.clone());
        let of = [workspace.clone().into(), id.clone().into()];
        let rows = self.turn()?.rows("select coalesce(max(version), 0) as n from record_version where workspace_id = $1 and record_id = $2", &of).await?;
        let mut version = rows.first().map_or(Ok(0), |row| row.int("n"))?;
        let new: Vec<&VersionLine> = lines.iter().filter(|line| line.version > version).collect();
        let Some(last) = new.last().copied() else {
            return Ok(0);
        };
        let mut head = None;
        for line in &new {
            version += 1;
            if line.version != version || line.kind != first.kind {
                return Err(misfit("has a gap: a version of a record is missing"));
            }
            let (body, key) = self.sealed_anew(&kind, &id, line).await?;
            let sum = self.import_version(&kind, &id, line, &body).await?;
            head = Some((body, key, sum));
        }
        if let Some((body, key, sum)) = head {
            let body: Body = serde_json::from_str(&body).map_err(Refusal::fault)?;
            let (sql, args) = crate::passage::save::insert(
                &kind,
                &workspace,
                &id,
                last.version,
                key,
                sum,
                values_of(&kind, &body)?,
            );
            self.turn()?
                .execute(
                    &format!(
                        "delete from {}_row where workspace_id = $1 and id = $2",
                        kind.name
                    ),
                    &of,
                )
                .await?;
            self.turn()?.execute(&sql, &args).await?;
        }
        self.read
            .touched
            .saved(kind.name, id, vec!["imported"], last.version);
        Ok(i64::try_from(new.len()).unwrap_or(i64::MAX))
    }

    /// A version's body with its protected values sealed under a fresh key.
    async fn sealed_anew(
        &mut self,
        kind: &RecordKind,
        id: &str,
        line: &VersionLine,
    ) -> Result<(String, Option<String>), Refusal> {
        let plain = |value: &Value| {
            value
                .get("plain")
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let holds = kind.sealed
            && kind.columns.iter().any(|spec| {
                spec.class != Class::Plain && line.body.get(spec.name).and_then(plain).is_some()
            });
        let key_id = if holds { self.new_key().await? } else { None };
        let key: Option<Key> = key_id.and_then(|key| self.read.inner.keys.opened(key));
        let mut body = Body::new();
        if let Some(key) = key_id {
            body.insert("key_id".to_owned(), key.to_string().into());
        }
        for spec in kind.columns {
            let Some(value) = line.body.get(spec.name).filter(|value| !value.is_null()) else {
                continue;
            };
            let value = match (spec.class, plain(value), &key) {
                (Class::Plain, ..) => value.clone(),
                (_, Some(text), Some(key)) => {
                    let place = Place {
                        workspace: &self.read.scope.workspace,
                        table: kind.name,
                        column: spec.name,
                        row: id,
                    };
                    json!({ "sealed": STANDARD.encode(key.seal_column(&place, text.as_bytes())?) })
                }
                _ => json!({ "sealed": "" }),
            };
            body.insert(spec.name.to_owned(), value);
        }
        // What can't be a value of this record is refused before it is stored.
        values_of(kind, &body).map_err(|_| misfit("holds a value that does not fit its record"))?;
        Ok((
            Value::Object(body).to_string(),
            key_id.map(|key| key.to_string()),
        ))
    }

    async fn import_version(
        &mut self,
        kind: &RecordKind,
        id: &str,
        line: &VersionLine,
        body: &str,
    ) -> Result<Vec<u8>, Refusal> {
        let at: Instant = line
            .at
            .parse()
            .map_err(|_| misfit("holds a version without a time"))?;
        let workspace = self.read.scope.workspace.clone();
        let keys = self
            .read
            .inner
            .keys
            .workspace(self.read.actor.workspace)
            .await?;
        let sum = Subject {
            workspace: &workspace,
            kind: kind.name,
            id,
            version: line.version,
        }
        .sum(&keys, body)
        .to_vec();
        let actor: String = line.actor.chars().take(60).collect();
        let values = vec![
            workspace.into(),
            kind.name.into(),
            id.into(),
            line.version.into(),
            Val::text(self.entry),
            at.micros().into(),
            actor.into(),
            body.into(),
            sum.clone().into(),
        ];
        self.turn()?
            .write(vec![Write::Row(&crate::passage::save::VERSION, values)])
            .await?;
        Ok(sum)
    }
}
