//! Which record keys were destroyed: the key store remembers it, under a seal, so that a key that was deleted
//! past Interpres is told apart from an erasure, also beside data of an earlier moment.
use crate::passage::{
    keyring::{KeyRing, WorkspaceKeys},
    refusal::Refusal,
};
use async_recursion::async_recursion as boxed;
use interpres_store::{Val, bind_list};
use interpres_types::{KeyId, WorkspaceId};
use interpres_vault::checksum;
use std::collections::HashSet;

fn seal(keys: &WorkspaceKeys, workspace: &str, id: &str) -> [u8; 32] {
    checksum(
        &keys.checksum,
        &[b"destroyed key", workspace.as_bytes(), id.as_bytes()],
    )
}

impl KeyRing {
    /// Destroys a record's key: overwritten in the file, forgotten here, and remembered as destroyed.
    #[boxed]
    pub(crate) async fn destroy(&self, workspace: &str, key: &str) -> Result<(), Refusal> {
        let keys = self
            .workspace(
                workspace
                    .parse()
                    .map_err(|_| Refusal::fault("a workspace id can't be read"))?,
            )
            .await?;
        let mut turn = self.db.turn().await?;
        turn.execute(
            "delete from record_key where workspace_id = $1 and id = $2",
            &[workspace.into(), key.into()],
        )
        .await?;
        let args = [
            workspace.into(),
            key.into(),
            seal(&keys, workspace, key).to_vec().into(),
        ];
        turn.execute("insert into destroyed_key (workspace_id, id, seal) values ($1, $2, $3) on conflict do nothing", &args).await?;
        self.keep(turn).await?;
        if let Ok(id) = key.parse() {
            self.let_go(id);
        }
        Ok(())
    }

    /// Which of these keys were destroyed by an erasure, a purge or a rotation.
    pub(crate) async fn destroyed(
        &self,
        workspace: WorkspaceId,
        ids: impl Iterator<Item = KeyId>,
    ) -> Result<HashSet<KeyId>, Refusal> {
        let ids: Vec<Val> = ids.map(Val::text).collect();
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let (name, mut args) = (workspace.to_string(), vec![Val::text(workspace)]);
        let list = bind_list(&mut args, ids);
        let keys = self.workspace(workspace).await?;
        let rows = self
            .db
            .reader()
            .await?
            .rows(
                &format!(
                    "select id, seal from destroyed_key where workspace_id = $1 and id in ({list})"
                ),
                &args,
            )
            .await?;
        let mut destroyed = HashSet::new();
        for row in &rows {
            let id = row.text("id")?;
            if row.bytes("seal")? == seal(&keys, &name, id)
                && let Ok(id) = id.parse()
            {
                destroyed.insert(id);
            }
        }
        Ok(destroyed)
    }
}
