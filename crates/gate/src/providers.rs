//! Which identity provider speaks for which domain: plumbing that reaches over workspaces.
use crate::{Gate, Refusal, WriteTx, admit::parse};
use interpres_store::Val;
use interpres_types::{ProviderId, WorkspaceId};

impl Gate {
    /// The provider that addresses of a domain are sent to.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn provider_of_domain(&self, domain: &str) -> Result<Option<(WorkspaceId, ProviderId)>, Refusal> {
        let rows = self.inner.db.reader().await?.rows("select workspace_id, provider_id from provider_domain where domain = $1", &[domain.into()]).await?;
        rows.first().map(|row| Ok((parse(row.text("workspace_id")?)?, parse(row.text("provider_id")?)?))).transpose()
    }
}

impl Gate {
    /// The workspace that a provider is of.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn workspace_of_provider(&self, provider: ProviderId) -> Result<Option<WorkspaceId>, Refusal> {
        let rows =
            self.inner.db.reader().await?.rows("select workspace_id from provider_row where id = $1 and ended_at is null", &[Val::text(provider)]).await?;
        // What is in quarantine belongs to no workspace.
        Ok(rows.first().map(|row| row.text("workspace_id")).transpose()?.and_then(|id| id.parse().ok()))
    }
}

impl WriteTx {
    /// Grants a domain to a provider of this workspace.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when it is another workspace's.
    pub async fn grant_domain(&mut self, domain: &str, provider: ProviderId) -> Result<(), Refusal> {
        let args = [domain.into(), Val::text(self.actor().workspace), Val::text(provider)];
        let sql = "insert into provider_domain (domain, workspace_id, provider_id) values ($1, $2, $3)
            on conflict (domain) do update set provider_id = excluded.provider_id where provider_domain.workspace_id = excluded.workspace_id";
        if self.turn()?.execute(sql, &args).await? == 1 { Ok(()) } else { Err(Refusal::conflict("This domain is another workspace's.")) }
    }
    /// Lets go of a provider's domains, and ends the sessions that came by it.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_provider(&mut self, provider: ProviderId) -> Result<u64, Refusal> {
        let args = [Val::text(provider), Val::text(self.actor().workspace)];
        let turn = self.turn()?;
        turn.execute("delete from provider_domain where provider_id = $1 and workspace_id = $2", &args).await?;
        Ok(turn.execute("delete from session where via = $1 and workspace_id = $2", &args).await?)
    }
}
