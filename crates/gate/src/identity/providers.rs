//! Which identity provider speaks for which domain: plumbing that reaches over workspaces.
use crate::identity::{
    pass::{PROVIDER_DOMAIN, SCIM_TOKEN, SESSION},
    token::Token,
};
use crate::passage::{
    actor::{Actor, Origin},
    gate::Gate,
    read_tx::ReadTx,
    refusal::Refusal,
    stored_id::parse,
    write_tx::WriteTx,
};
use interpres_policy::WorkerKind;
use interpres_store::{Row, StoreError, Val};
use interpres_types::{Instant, ProviderId, WorkspaceId};

impl Gate {
    /// The provider that addresses of a domain are sent to.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn provider_of_domain(
        &self,
        domain: &str,
    ) -> Result<Option<(WorkspaceId, ProviderId)>, Refusal> {
        let sql = format!(
            "select {} from provider_domain where domain = $1",
            PROVIDER_DOMAIN.columns()
        );
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(&sql, &[domain.into()])
            .await?;
        match rows.first() {
            Some(row)
                if self
                    .inner
                    .is_issued(&PROVIDER_DOMAIN, row, self.now())
                    .await? =>
            {
                Ok(Some((
                    parse(row.text("workspace_id")?)?,
                    parse(row.text("provider_id")?)?,
                )))
            }
            _ => Ok(None),
        }
    }
}

impl Gate {
    /// The workspace that a provider is of.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn workspace_of_provider(
        &self,
        provider: ProviderId,
    ) -> Result<Option<WorkspaceId>, Refusal> {
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(
                "select workspace_id from provider_row where id = $1 and ended_at is null",
                &[Val::text(provider)],
            )
            .await?;
        // What is in quarantine belongs to no workspace.
        Ok(rows
            .first()
            .map(|row| row.text("workspace_id"))
            .transpose()?
            .and_then(|id| id.parse().ok()))
    }
}

const SCIM_PREFIX: &str = "ips_";
const SEEN_EVERY_SECONDS: i64 = 60;

impl Gate {
    /// The hand that a directory's token moves, if the token stands.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn admit_directory(
        &self,
        token: &str,
        origin: Origin,
    ) -> Result<Option<Actor>, Refusal> {
        if !Token::fits(SCIM_PREFIX, token) {
            return Ok(None);
        }
        let hash = Token::hash(token);
        let sql = format!(
            "select {}, last_used_at from scim_token where token_hash = $1",
            SCIM_TOKEN.columns()
        );
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(&sql, &[hash.clone().into()])
            .await?;
        let now = self.now();
        let Some(row) = rows
            .first()
            .filter(|row| row.int("ends_at").is_ok_and(|at| now.micros() < at))
        else {
            return Ok(None);
        };
        if !self.inner.is_issued(&SCIM_TOKEN, row, now).await? {
            return Ok(None);
        }
        if row
            .may_int("last_used_at")?
            .is_none_or(|at| now > Instant::from_micros(at).plus_seconds(SEEN_EVERY_SECONDS))
        {
            self.mark(
                "update scim_token set last_used_at = $2 where token_hash = $1",
                hash,
                now,
            );
        }
        let hand = self.worker(parse(row.text("workspace_id")?)?, WorkerKind::Provisioner);
        Ok(Some(Actor { origin, ..hand }))
    }
}

impl ReadTx {
    /// Until when each of the directory's tokens is good, and when it was last used.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn scim_tokens(&mut self) -> Result<Vec<(Instant, Option<Instant>)>, Refusal> {
        let workspace = [Val::text(self.actor.workspace)];
        let rows = self.raw("select ends_at, last_used_at from scim_token where workspace_id = $1 order by created_at limit 20", &workspace).await?;
        let token = |row: &Row| {
            Ok((
                Instant::from_micros(row.int("ends_at")?),
                row.may_int("last_used_at")?.map(Instant::from_micros),
            ))
        };
        rows.iter()
            .map(token)
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }
}

impl WriteTx {
    /// Makes a token for the workspace's directory.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn mint_scim_token(&mut self, ends_at: Instant) -> Result<Token, Refusal> {
        let token = Token::fresh(SCIM_PREFIX);
        let granted = vec![
            Token::hash(token.expose()).into(),
            Val::text(self.actor().workspace),
            self.now().micros().into(),
            ends_at.micros().into(),
        ];
        self.issue(&SCIM_TOKEN, granted, Vec::new()).await?;
        Ok(token)
    }

    /// Ends every token of the workspace's directory.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_scim_tokens(&mut self) -> Result<u64, Refusal> {
        let workspace = [Val::text(self.actor().workspace)];
        self.end(&SCIM_TOKEN, "workspace_id = $1", &workspace).await
    }

    /// Grants a domain to a provider of this workspace.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when it is another workspace's.
    pub async fn grant_domain(
        &mut self,
        domain: &str,
        provider: ProviderId,
    ) -> Result<(), Refusal> {
        let workspace = self.actor().workspace;
        let turn = self.turn()?;
        let of = [domain.into(), Val::text(workspace)];
        if !turn
            .rows(
                "select domain from provider_domain where domain = $1 and workspace_id <> $2",
                &of,
            )
            .await?
            .is_empty()
        {
            return Err(Refusal::conflict("This domain is another workspace's."));
        }
        turn.execute(
            "delete from provider_domain where domain = $1 and workspace_id = $2",
            &of,
        )
        .await?;
        self.issue(
            &PROVIDER_DOMAIN,
            vec![domain.into(), Val::text(workspace), Val::text(provider)],
            Vec::new(),
        )
        .await
    }

    /// Lets go of a provider's domains, and ends the sessions that came by it.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_provider(&mut self, provider: ProviderId) -> Result<u64, Refusal> {
        let args = [Val::text(provider), Val::text(self.actor().workspace)];
        self.turn()?
            .execute(
                "delete from provider_domain where provider_id = $1 and workspace_id = $2",
                &args,
            )
            .await?;
        self.end(&SESSION, "via = $1 and workspace_id = $2", &args)
            .await
    }
}
