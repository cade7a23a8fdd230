//! Changing keys without stopping.
use crate::{Action, Command, Permission, Refusal, WriteTx};
use interpres_audit_log::handover;

/// Gives a workspace's log a new signing key. The old one signs for it, so that whoever trusts
/// the old one can follow; from the next checkpoint on the new one signs.
#[derive(Clone, Copy, Debug)]
pub struct HandOverLogKey;

impl Command for HandOverLogKey {
    const ACTION: Action = Action::KeysHandOverLog;
    const PERMISSION: Permission = Permission::Maintain;
    type Outcome = i64;
    async fn run(self, tx: &mut WriteTx) -> Result<i64, Refusal> {
        tx.alone("log key").await?;
        let workspace = tx.read.actor.workspace;
        let name = workspace.to_string();
        let rows = tx.turn()?.rows("select count(*) as n from audit_handover where workspace_id = $1", &[name.clone().into()]).await?;
        let old = rows.first().map_or(Ok(0), |row| row.int("n"))?;
        let gate = crate::Gate { inner: tx.read.inner.clone() };
        gate.inner.keys.make_log_seed(workspace, old + 1).await?;
        let next = gate.log_key(workspace, old + 1).await?;
        let note = gate.log_key(workspace, old).await?.sign(&handover(&next.verifier()));
        let args = [name.into(), (old + 1).into(), note.into(), tx.read.now.micros().into()];
        tx.turn()?.execute("insert into audit_handover (workspace_id, number, note, at) values ($1, $2, $3, $4)", &args).await?;
        Ok(old + 1)
    }
}
