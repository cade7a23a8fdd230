//! Erasing: protected fields are emptied, and the keys that sealed them, now and in every earlier
//! version, are destroyed in the key store. What was sealed is then unreadable wherever it stands.
use crate::passage::{
    column::Class, gate::Gate, integrity::Body, read_tx::ReadTx, refusal::Refusal,
    write_tx::WriteTx,
};
use interpres_store::{Shape, Val, Write};
use interpres_types::{Instant, Line, RecordId, TombstoneId};

static DESTRUCTION: Shape = Shape {
    table: "key_destruction",
    columns: &["workspace_id", "key_id", "at"],
};

crate::record! {
    /// What stays of a record that was removed: that it was there, and by which rule it went.
    pub struct Tombstone from NewTombstone in "tombstone" by TombstoneId {
        /// The record's kind.
        kind: String,
        /// The record's id.
        record_id: RecordId,
        /// What people called it by, such as a reference; never PHI.
        label: Line<60>,
        /// By which rule.
        rule: Line<120>,
        /// When.
        removed_at: Instant,
    }
}

impl ReadTx {
    /// The kinds of sealed records that name another record in this column.
    #[must_use]
    pub fn sealed_kinds_with(&self, column: &str) -> Vec<&'static str> {
        let kinds = self.inner.kinds.iter().filter(|kind| kind.sealed);
        kinds
            .filter(|kind| kind.columns.iter().any(|c| c.name == column))
            .map(|kind| kind.name)
            .collect()
    }
}

impl WriteTx {
    /// Erases the protected fields of a record that was found in this transaction, and of all its
    /// versions; gives how many keys are destroyed for it. A record without any stays as it is.
    ///
    /// # Errors
    /// A fault when the kind is not one of sealed records.
    pub async fn erase(&mut self, kind: &'static str, id: &str) -> Result<i64, Refusal> {
        let known = self.read.inner.kind(kind).filter(|k| k.sealed);
        let kind = known.ok_or_else(|| Refusal::fault("erasing a record that is not sealed"))?;
        let workspace = self.read.scope.workspace.clone();
        let keys = self.keys_of(&workspace, id).await?;
        let columns: Vec<&str> = kind.columns.iter().map(|c| c.name).collect();
        let sql = format!(
            "select version, {} from {}_row where workspace_id = $1 and id = $2 and key_id is not null",
            columns.join(", "),
            kind.name
        );
        let rows = self
            .turn()?
            .rows(&sql, &[workspace.clone().into(), id.into()])
            .await?;
        let Some(row) = rows.first() else {
            return Ok(0);
        };
        let before = row.int("version")?;
        let mut erased = Vec::new();
        let mut values = Vec::with_capacity(kind.columns.len());
        for spec in kind.columns {
            let value = row.get(spec.name)?;
            let protected = spec.class != Class::Plain && !value.is_null();
            if protected {
                erased.push(spec.name);
            }
            values.push(match value {
                // What is read as null does not tell its kind, which PostgreSQL asks for.
                Val::Null(_) => Val::Null(spec.kind),
                _ if protected => Val::Bytes(Vec::new()),
                other => other.clone(),
            });
        }
        self.write_row(&kind, id, before, None, values).await?;
        self.read
            .touched
            .saved(kind.name, id.to_owned(), erased, before + 1);
        self.destroy_later(&keys).await?;
        Ok(i64::try_from(keys.len()).unwrap_or(i64::MAX))
    }

    /// Removes a record with all its versions, and has the keys of all of them destroyed; gives how
    /// many. What stays is a tombstone: that there was such a record, and by which rule it went.
    ///
    /// # Errors
    /// A fault when there is no such kind.
    pub async fn remove(
        &mut self,
        kind: &'static str,
        id: &str,
        label: &Line<60>,
        rule: &Line<120>,
    ) -> Result<i64, Refusal> {
        let kind = self
            .read
            .inner
            .kind(kind)
            .ok_or_else(|| Refusal::fault("removing a record of an unknown kind"))?;
        let workspace = self.read.scope.workspace.clone();
        let keys = self.keys_of(&workspace, id).await?;
        let record_id: RecordId = id.parse().map_err(Refusal::fault)?;
        let tombstone = self
            .blank(NewTombstone {
                kind: kind.name.to_owned(),
                record_id,
                label: label.clone(),
                rule: rule.clone(),
                removed_at: self.read.now,
            })
            .await?;
        self.save(&tombstone).await?;
        let of = [workspace.into(), id.into()];
        // The row first: who saves it at the same moment waits, finds it gone, and leaves no version behind.
        self.turn()?
            .execute(
                &format!(
                    "delete from {}_row where workspace_id = $1 and id = $2",
                    kind.name
                ),
                &of,
            )
            .await?;
        // The database lets versions go only of records that have a tombstone.
        self.turn()?
            .execute(
                "delete from record_version where workspace_id = $1 and record_id = $2",
                &of,
            )
            .await?;
        self.read
            .touched
            .changed(kind.name, id.to_owned(), vec!["removed"]);
        self.destroy_later(&keys).await?;
        Ok(i64::try_from(keys.len()).unwrap_or(i64::MAX))
    }

    /// Has keys destroyed in the key store after the commit.
    async fn destroy_later(&mut self, keys: &[String]) -> Result<(), Refusal> {
        let (workspace, now) = (self.read.scope.workspace.clone(), self.read.now.micros());
        let writes = keys
            .iter()
            .map(|key| {
                Write::Row(
                    &DESTRUCTION,
                    vec![workspace.clone().into(), key.clone().into(), now.into()],
                )
            })
            .collect();
        Ok(self.turn()?.write(writes).await?)
    }

    /// Every key that ever sealed a version of this record.
    async fn keys_of(&mut self, workspace: &str, id: &str) -> Result<Vec<String>, Refusal> {
        let rows = self
            .turn()?
            .rows("select body from record_version where workspace_id = $1 and record_id = $2 order by version", &[workspace.into(), id.into()])
            .await?;
        let mut keys = Vec::new();
        for row in rows {
            let body: Body = serde_json::from_str(row.text("body")?).map_err(Refusal::fault)?;
            if let Some(key) = body
                .get("key_id")
                .and_then(|k| k.as_str())
                .filter(|k| !keys.iter().any(|had| had == k))
            {
                keys.push(key.to_owned());
            }
        }
        Ok(keys)
    }
}

impl Gate {
    /// Destroys the keys of what was erased; gives how many. Stopped half-way it is gone on with.
    ///
    /// # Errors
    /// A fault of a database.
    pub async fn destroy_keys(&self) -> Result<usize, Refusal> {
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows("select workspace_id, key_id from key_destruction where destroyed_at is null order by workspace_id, key_id limit 64", &[])
            .await?;
        for row in &rows {
            let (workspace, key) = (row.text("workspace_id")?, row.text("key_id")?);
            self.inner.keys.destroy(workspace, key).await?;
            let sql = "update key_destruction set destroyed_at = $3 where workspace_id = $1 and key_id = $2";
            let done = Write::Statement(
                sql.into(),
                vec![workspace.into(), key.into(), self.now().micros().into()],
            );
            self.inner.db.note(vec![done]).wait().await?;
        }
        Ok(rows.len())
    }

    /// Gives back the space of removed records and versions, so that nothing of them lies about.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn scrub(&self) -> Result<(), Refusal> {
        let rows: Vec<String> = self
            .inner
            .kinds
            .iter()
            .filter(|kind| kind.sealed)
            .map(|kind| format!("{}_row", kind.name))
            .collect();
        let tables: Vec<&str> = rows
            .iter()
            .map(String::as_str)
            .chain(["record_version"])
            .collect();
        Ok(self.inner.db.scrub(&tables).await?)
    }

    /// One step towards letting go of every opened record key, so that one destroyed by another
    /// process is gone here too, after the second. What is asked for next is fetched anew.
    pub fn forget_opened_keys(&self) {
        self.inner.keys.forget_opened();
    }
}
