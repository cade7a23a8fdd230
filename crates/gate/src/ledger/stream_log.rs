//! What of each log has gone to a collector.
use crate::passage::{
    entry::stored,
    gate::Gate,
    perform::{Command, Granted},
    refusal::Refusal,
    write_tx::WriteTx,
};
use async_trait::async_trait;
use interpres_policy::Action;
use interpres_store::{Val, Write};
use interpres_types::WorkspaceId;

/// An entry on its way to a collector.
#[derive(Debug)]
pub struct StreamedEntry {
    /// Its number in the tree.
    pub number: u64,
    /// When, in RFC 3339.
    pub at: String,
    /// What.
    pub action: String,
    /// How it ended.
    pub outcome: String,
    /// The entry as it is hashed.
    pub leaf: String,
}

/// Notes in the log that the logs go to a collector from now on.
#[derive(Clone, Copy, Debug)]
pub struct BeginStream;

#[async_trait]
impl Command for BeginStream {
    const ACTION: Action = Action::AuditStream;
    type Outcome = ();
    async fn run(self, _: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        Ok(())
    }
}

impl Gate {
    /// The next entries of a log that have not gone to the collector, by number.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn to_stream(
        &self,
        workspace: WorkspaceId,
        most: u64,
    ) -> Result<Vec<StreamedEntry>, Refusal> {
        let sql = "select l.number, e.leaf from audit_leaf l join audit_entry e on e.workspace_id = l.workspace_id and e.id = l.entry_id
            where l.workspace_id = $1 and l.number > coalesce((select s.number from audit_stream s where s.workspace_id = $1), -1) order by l.number limit $2";
        let args = [
            Val::text(workspace),
            i64::try_from(most).unwrap_or(i64::MAX).into(),
        ];
        self.inner.note_plan(sql, &args);
        let rows = self.inner.db.reader().await?.rows(sql, &args).await?;
        let entry = |row: &interpres_store::Row| {
            let parsed = stored(row)?;
            let text = String::from_utf8(row.bytes("leaf")?.to_vec()).map_err(Refusal::fault)?;
            let outcome = parsed.outcome.word().to_owned();
            Ok(StreamedEntry {
                number: row.int("number")?.unsigned_abs(),
                at: parsed.at,
                action: parsed.action,
                outcome,
                leaf: text,
            })
        };
        rows.iter().map(entry).collect()
    }

    /// Everything up to this number has gone.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn streamed(&self, workspace: WorkspaceId, number: u64) -> Result<(), Refusal> {
        let sql = "insert into audit_stream (workspace_id, number) values ($1, $2) on conflict (workspace_id) do update set number = excluded.number";
        let args = vec![
            Val::text(workspace),
            i64::try_from(number).unwrap_or(i64::MAX).into(),
        ];
        Ok(self
            .inner
            .db
            .note(vec![Write::Statement(sql.into(), args)])
            .wait()
            .await?)
    }

    /// Goes so many entries back: they may have been lost with a connection.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn stream_again(&self, workspace: WorkspaceId, back: u64) -> Result<(), Refusal> {
        let sql = "update audit_stream set number = case when number > $2 then number - $2 else -1 end where workspace_id = $1";
        let args = vec![
            Val::text(workspace),
            i64::try_from(back).unwrap_or(i64::MAX).into(),
        ];
        Ok(self
            .inner
            .db
            .note(vec![Write::Statement(sql.into(), args)])
            .wait()
            .await?)
    }
}
