//! Ending sessions, and everything else by which a person is let in.
use crate::identity::pass::{API_KEY, SESSION, TICKET};
use crate::passage::{refusal::Refusal, write_tx::WriteTx};
use interpres_policy::Role;
use interpres_store::Val;
use interpres_types::{ProviderId, UserId};

impl WriteTx {
    /// Ends the sessions that came by a provider: of one person, or one session of the provider's.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_sessions_via(
        &mut self,
        provider: ProviderId,
        user: Option<UserId>,
        session: Option<&str>,
    ) -> Result<u64, Refusal> {
        let nobody = || Val::text("-");
        let args = [
            Val::text(provider),
            user.map_or_else(nobody, Val::text),
            session.map_or_else(nobody, Val::from),
            Val::text(self.actor().workspace),
        ];
        self.end(
            &SESSION,
            "via = $1 and workspace_id = $4 and (user_id = $2 or provider_session = $3)",
            &args,
        )
        .await
    }

    /// Ends one of the actor's own sessions; without an id, all of them.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_sessions(&mut self, session: Option<&str>) -> Result<u64, Refusal> {
        let user = Val::text(self.actor().user.map(|u| u.to_string()).unwrap_or_default());
        match session {
            Some(id) => {
                self.end(&SESSION, "user_id = $1 and id = $2", &[user, id.into()])
                    .await
            }
            None => self.end(&SESSION, "user_id = $1", &[user]).await,
        }
    }

    /// Ends the actor's own sessions but the one they are in, after something about their
    /// credentials changed.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_other_sessions(&mut self) -> Result<u64, Refusal> {
        let args = [
            Val::text(self.actor().user.map(|u| u.to_string()).unwrap_or_default()),
            Val::text(self.actor().session().unwrap_or_default()),
        ];
        self.end(&SESSION, "user_id = $1 and id <> $2", &args).await
    }

    /// Ends everything by which a person is let into this workspace: sessions, keys, pending links. What they have typed and not
    /// sent goes, too.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_access_of(&mut self, user: UserId) -> Result<u64, Refusal> {
        let mut ended = self.end_sessions_of(user).await?;
        for pass in [&API_KEY, &TICKET] {
            let args = [Val::text(user), Val::text(self.actor().workspace)];
            ended += self
                .end(pass, "user_id = $1 and workspace_id = $2", &args)
                .await?;
        }
        self.drop_drafts_of(user).await?;
        Ok(ended)
    }

    /// Ends a person's sessions in this workspace.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_sessions_of(&mut self, user: UserId) -> Result<u64, Refusal> {
        let args = [Val::text(user), Val::text(self.actor().workspace)];
        self.end(&SESSION, "user_id = $1 and workspace_id = $2", &args)
            .await
    }

    /// Ends every session of a person, in whatever workspace: their password was reset.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] but for the doorkeeper.
    pub async fn end_all_sessions_of(&mut self, user: UserId) -> Result<u64, Refusal> {
        if self.actor().rights.role != Role::Doorkeeper {
            return Err(Refusal::Forbidden);
        }
        self.end(&SESSION, "user_id = $1", &[Val::text(user)]).await
    }
}
