//! Records whose key is gone or was changed: what they hold sealed can't be read, and was not erased either.
use crate::passage::{
    gate::Gate,
    integrity::Subject,
    keyring::{KeyRing, place},
    record::RecordKind,
    refusal::Refusal,
};
use interpres_store::{Val, Write, bind_list};
use interpres_types::{KeyId, WorkspaceId};
use std::collections::HashSet;

const AT_A_TIME: i64 = 256;

impl Gate {
    /// Goes through the keys of a kind's records; tells of each that does not open.
    pub(crate) async fn sweep_keys(
        &self,
        kind: &RecordKind,
        workspace: WorkspaceId,
    ) -> Result<Vec<Write>, Refusal> {
        let (name, mut after, mut found) = (workspace.to_string(), String::new(), Vec::new());
        let sql = format!(
            "select id, version, key_id from {}_row where workspace_id = $1 and id > $2 and key_id is not null order by id limit {AT_A_TIME}",
            kind.name
        );
        loop {
            let rows = self
                .inner
                .db
                .reader()
                .await?
                .rows(&sql, &[name.as_str().into(), after.as_str().into()])
                .await?;
            let key = |row: &interpres_store::Row| {
                row.text("key_id")
                    .ok()
                    .and_then(|key| key.parse::<KeyId>().ok())
            };
            let good = self
                .inner
                .keys
                .good(workspace, rows.iter().filter_map(key))
                .await?;
            for row in rows
                .iter()
                .filter(|row| !key(row).is_some_and(|key| good.contains(&key)))
            {
                found.push(
                    Subject {
                        workspace: &name,
                        kind: kind.name,
                        id: row.text("id")?,
                        version: row.int("version")?,
                    }
                    .key_incident(self.now()),
                );
            }
            let Some(last) = rows.last().filter(|_| rows.len() as i64 == AT_A_TIME) else {
                return Ok(found);
            };
            last.text("id")?.clone_into(&mut after);
        }
    }
}

impl KeyRing {
    /// Which of these record keys open, or were destroyed as they should; none is kept, and none is noticed as opened.
    async fn good(
        &self,
        workspace: WorkspaceId,
        ids: impl Iterator<Item = KeyId>,
    ) -> Result<HashSet<KeyId>, Refusal> {
        let (name, keys) = (workspace.to_string(), self.workspace(workspace).await?);
        let (asked, mut args): (Vec<KeyId>, Vec<Val>) = (ids.collect(), vec![name.as_str().into()]);
        let list = bind_list(&mut args, asked.iter().map(Val::text).collect());
        let sql = format!(
            "select id, wrapped, above from record_key where workspace_id = $1 and id in ({list})"
        );
        let mut good = HashSet::new();
        for row in self.db.reader().await?.rows(&sql, &args).await? {
            let id = row.text("id")?;
            let opens = keys.numbered(row.int("above")?).is_some_and(|above| {
                row.bytes("wrapped")
                    .is_ok_and(|w| above.unwrap(&place(&name, "record", id), w).is_ok())
            });
            if let (true, Ok(id)) = (opens, id.parse()) {
                good.insert(id);
            }
        }
        good.extend(
            self.destroyed(
                workspace,
                asked
                    .into_iter()
                    .filter(|id| !good.contains(id))
                    .collect::<Vec<_>>()
                    .into_iter(),
            )
            .await?,
        );
        Ok(good)
    }
}
