//! A mass of records without their checksums is a key store that is not theirs, not somebody who changed them all:
//! then nothing is taken out of sight, and the operator is told once.
use crate::passage::{gate::Gate, integrity::Subject, refusal::Refusal};
use interpres_store::Val;
use interpres_types::WorkspaceId;

/// Versions that are tried. The oldest, so that what was written under a wrong key store is not among them.
const TRIED: i64 = 64;

/// What is answered to whoever wants records gone through meanwhile.
pub(crate) fn refusal() -> Refusal {
    Refusal::conflict(
        "Most of this workspace's records do not have their checksums under this key store: it is another's, or an older copy. Nothing was changed. Attach the right key store and look again.",
    )
}

impl Gate {
    /// Whether the key store is this workspace's: most of its oldest versions have their checksums. Where not, it is
    /// told of once, until it is.
    pub(crate) async fn keys_fit(&self, workspace: WorkspaceId) -> Result<bool, Refusal> {
        let name = workspace.to_string();
        let keys = self.inner.keys.workspace(workspace).await?;
        let sql = "select kind, record_id, version, body, checksum from record_version where workspace_id = $1 order by record_id, version limit $2";
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(sql, &[name.as_str().into(), TRIED.into()])
            .await?;
        let mut good = 0;
        for row in &rows {
            let subject = Subject {
                workspace: &name,
                kind: row.text("kind")?,
                id: row.text("record_id")?,
                version: row.int("version")?,
            };
            good += usize::from(
                subject.sum(&keys, row.text("body")?).as_slice() == row.bytes("checksum")?,
            );
        }
        let fit = 2 * good >= rows.len();
        self.note_key_fault(&name, !fit).await?;
        Ok(fit)
    }

    async fn note_key_fault(&self, workspace: &str, at_fault: bool) -> Result<(), Refusal> {
        let now = self.now().micros();
        let open = "select at from integrity_incident where workspace_id = $1 and found = 'keys' and restored_at is null limit 1";
        let told = !self
            .inner
            .db
            .reader()
            .await?
            .rows(open, &[workspace.into()])
            .await?
            .is_empty();
        if told == at_fault {
            return Ok(());
        }
        let sql = if at_fault {
            tracing::error!(
                workspace,
                "the key store is not this workspace's: most of its records do not have their checksums; nothing is taken out of sight"
            );
            "insert into integrity_incident (workspace_id, kind, record_id, version, found, at, quarantined_at) values ($1, 'key_store', $1, 0, 'keys', $2, $2) on conflict do nothing"
        } else {
            "update integrity_incident set restored_at = $2 where workspace_id = $1 and found = 'keys' and restored_at is null"
        };
        let mut turn = self.inner.db.turn().await?;
        turn.execute(sql, &[workspace.into(), Val::Int(now)])
            .await?;
        Ok(turn.keep().await?.wait().await?)
    }
}
