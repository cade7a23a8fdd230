//! Which workspaces there are: for the operator and for jobs that visit each.
use crate::passage::{gate::Gate, refusal::Refusal, stored_id::parse};
use async_recursion::async_recursion as boxed;
use interpres_store::StoreError;
use interpres_types::{INSTALLATION, WorkspaceId};

impl Gate {
    /// Every workspace there is and the installation itself: whatever has a log.
    ///
    /// # Errors
    /// A fault of the database.
    #[boxed]
    pub async fn all_with_logs(&self) -> Result<Vec<WorkspaceId>, Refusal> {
        // Whoever deletes a workspace's own record does not thereby keep it from being looked at.
        let sql = "select id from workspace_row union select workspace_id from audit_head union select workspace_id from integrity_sweep order by 1";
        let rows = self.inner.db.reader().await?.rows(sql, &[]).await?;
        let others = rows
            .iter()
            .filter_map(|row| row.text("id").ok()?.parse().ok())
            .filter(|workspace| *workspace != INSTALLATION);
        Ok(std::iter::once(INSTALLATION).chain(others).collect())
    }

    /// The workspace of this id or name; for the operator.
    ///
    /// # Errors
    /// A fault of the database, or a name that several have.
    #[boxed]
    pub async fn workspace_named(&self, name: &str) -> Result<Option<WorkspaceId>, Refusal> {
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows("select id from workspace_row where workspace_id = id and (id = $1 or name = $1) limit 2", &[name.into()])
            .await?;
        match rows.as_slice() {
            [] => Ok(None),
            [row] => Ok(Some(parse(row.text("id")?)?)),
            _ => Err(Refusal::conflict(
                "Several workspaces have this name. Tell its id.",
            )),
        }
    }

    /// Every workspace there is, for the jobs that go round.
    ///
    /// # Errors
    /// A fault of the database.
    #[boxed]
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceId>, Refusal> {
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows("select id from workspace_row order by id", &[])
            .await?;
        rows.iter()
            .map(|row| parse(row.text("id")?))
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }
}
