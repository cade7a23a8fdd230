//! What outside witnesses have signed. Whoever exports the log gets the latest checkpoint that
//! they stand on, so that a verifier can ask for them.
use crate::ledger::{log::LogHead, tree::Tree};
use crate::passage::{gate::Gate, refusal::Refusal};
use interpres_audit_log::{Checkpoint, NoteError, VerifierKey, base64_hash};
use interpres_store::StoreError;
use interpres_types::WorkspaceId;

/// A witness that has not signed for so long is not waited for.
const LONGEST_SILENCE_SECONDS: i64 = 3600;

impl Gate {
    /// Where a log stands, by the latest checkpoint that witnesses have signed; where none did
    /// lately, by the head: nothing is kept back because a witness is silent.
    pub(crate) async fn witnessed_head(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Option<LogHead>, Refusal> {
        let Some(head) = self.log_head(workspace).await? else {
            return Ok(None);
        };
        let sql = "select size, checkpoint, line from audit_cosignature where workspace_id = $1 and (at > $2 or size = $3) order by size desc, witness limit 100";
        let lately = self.now().plus_seconds(-LONGEST_SILENCE_SECONDS).micros();
        let args = [
            workspace.to_string().into(),
            lately.into(),
            i64::try_from(head.size).unwrap_or(i64::MAX).into(),
        ];
        let rows = self.inner.db.reader().await?.rows(sql, &args).await?;
        let sizes = rows
            .iter()
            .map(|row| row.int("size"))
            .collect::<Result<Vec<_>, StoreError>>()?;
        let signed = |size: &i64| sizes.iter().filter(|s| *s == size).count();
        let Some(best) = sizes.iter().max_by_key(|size| (signed(size), **size)) else {
            return Ok(Some(head));
        };
        let mut checkpoint = String::new();
        for row in rows
            .iter()
            .filter(|row| row.int("size").ok() == Some(*best))
        {
            if checkpoint.is_empty() {
                row.text("checkpoint")?.clone_into(&mut checkpoint);
            }
            checkpoint += row.text("line")?;
        }
        Ok(Some(LogHead {
            size: best.unsigned_abs(),
            checkpoint,
            ..head
        }))
    }

    /// How many entries of a log a witness has signed for.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn witnessed_size(
        &self,
        workspace: WorkspaceId,
        witness: &VerifierKey,
    ) -> Result<u64, Refusal> {
        let sql = "select size from audit_cosignature where workspace_id = $1 and witness = $2";
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(sql, &[workspace.to_string().into(), witness.name().into()])
            .await?;
        Ok(rows
            .first()
            .map_or(Ok(0), |row| row.int("size"))?
            .unsigned_abs())
    }

    /// What to ask a witness that knows a log up to `old` entries: the body of the protocol's
    /// addition (C2SP tlog-witness).
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn witness_request(
        &self,
        workspace: WorkspaceId,
        old: u64,
        head: &LogHead,
    ) -> Result<String, Refusal> {
        let hashes = Tree::of(&self.inner, &workspace.to_string(), head.size)
            .consistency(old)
            .await?;
        let proof: String = hashes.iter().map(|hash| base64_hash(hash) + "\n").collect();
        Ok(format!("old {old}\n{proof}\n{}", head.checkpoint))
    }

    /// Keeps what a witness signed, when it holds.
    ///
    /// # Errors
    /// A conflict when the line is not the witness's signature of this checkpoint.
    pub async fn keep_cosignature(
        &self,
        workspace: WorkspaceId,
        witness: &VerifierKey,
        head: &LogHead,
        line: &str,
    ) -> Result<(), Refusal> {
        let holds = |e: NoteError| {
            Refusal::conflict(format!(
                "the witness {} answered with something else than its signature: {e}",
                witness.name()
            ))
        };
        Checkpoint::open(&format!("{}{line}", head.checkpoint), witness).map_err(holds)?;
        let args = [
            workspace.to_string().into(),
            witness.name().into(),
            i64::try_from(head.size).unwrap_or(i64::MAX).into(),
            head.checkpoint.clone().into(),
            line.into(),
            self.now().micros().into(),
        ];
        let sql = "insert into audit_cosignature (workspace_id, witness, size, checkpoint, line, at) values ($1, $2, $3, $4, $5, $6)
            on conflict (workspace_id, witness) do update set size = excluded.size, checkpoint = excluded.checkpoint, line = excluded.line, at = excluded.at where audit_cosignature.size <= excluded.size";
        let mut turn = self.inner.db.turn().await?;
        turn.execute(sql, &args).await?;
        Ok(turn.keep().await?.wait().await?)
    }
}
