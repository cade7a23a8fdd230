//! A version of a record as a line of the file, with its sealed values opened.
use crate::keeping::workspace_file::{WorkspaceExport, line};
use crate::passage::{column::Class, integrity::Body, record::RecordKind, refusal::Refusal};
use interpres_store::Row;
use interpres_types::{Instant, KeyId};
use interpres_vault::Place;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use zeroize::Zeroizing;

impl WorkspaceExport {
    pub(crate) async fn write(
        &mut self,
        rows: &[Row],
        out: &mut Zeroizing<Vec<u8>>,
    ) -> Result<(), Refusal> {
        let bodies = rows
            .iter()
            .map(|row| serde_json::from_str(row.text("body")?).map_err(Refusal::fault))
            .collect::<Result<Vec<Body>, Refusal>>()?;
        let poison = self.inner.keys.poison(self.plan.workspace).await?;
        let keys: BTreeSet<KeyId> = bodies
            .iter()
            .filter_map(key_of)
            .filter(|key| !poison.contains(key))
            .collect();
        self.inner
            .keys
            .fetch(self.plan.workspace, keys.into_iter())
            .await?;
        for (row, body) in rows.iter().zip(bodies) {
            if key_of(&body).is_some_and(|key| poison.contains(&key)) {
                continue;
            }
            let Some(kind) = self.inner.kind(row.text("kind")?) else {
                continue;
            };
            let (id, at) = (row.text("record_id")?, Instant::from_micros(row.int("at")?));
            let body = self.in_clear(&kind, id, body)?;
            line(
                &json!({ "kind": kind.name, "id": id, "version": row.int("version")?, "at": at.to_string(), "actor": row.text("actor")?, "body": body }),
                out,
            )?;
            self.versions += 1;
        }
        Ok(())
    }

    /// A version's body with its sealed values opened, or said to be erased.
    fn in_clear(&self, kind: &RecordKind, id: &str, mut body: Body) -> Result<Body, Refusal> {
        let key = key_of(&body).and_then(|key| self.inner.keys.opened(key));
        body.remove("key_id");
        let workspace = self.plan.workspace.to_string();
        for spec in kind
            .columns
            .iter()
            .filter(|spec| spec.class != Class::Plain)
        {
            let Some(value) = body.get_mut(spec.name) else {
                continue;
            };
            let sealed = sealed_bytes(value)
                .ok_or_else(|| Refusal::fault("a version's body does not fit its record"))?;
            *value = match &key {
                Some(key) if !sealed.is_empty() => {
                    let place = Place {
                        workspace: &workspace,
                        table: kind.name,
                        column: spec.name,
                        row: id,
                    };
                    let plain = key.open_column(&place, &sealed)?;
                    json!({ "plain": std::str::from_utf8(&plain).map_err(Refusal::fault)? })
                }
                _ => json!({ "erased": true }),
            };
        }
        Ok(body)
    }
}

fn key_of(body: &Body) -> Option<KeyId> {
    body.get("key_id")?.as_str()?.parse().ok()
}

fn sealed_bytes(value: &Value) -> Option<Vec<u8>> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.decode(value.get("sealed")?.as_str()?).ok()
}
