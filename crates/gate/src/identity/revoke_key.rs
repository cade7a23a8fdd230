//! Revoking keys.
use crate::identity::pass::{API_KEY, SERVICE_KEY};
use crate::passage::{refusal::Refusal, write_tx::WriteTx};
use interpres_policy::Role;
use interpres_store::Val;
use interpres_types::{ApiKeyId, ServiceId, UserId};

impl WriteTx {
    /// Revokes one of the actor's own keys.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when it is not theirs.
    pub async fn revoke_api_key(&mut self, id: ApiKeyId) -> Result<(), Refusal> {
        let args = [
            Val::text(self.actor().user.map(|u| u.to_string()).unwrap_or_default()),
            Val::text(self.actor().workspace),
            Val::text(id),
        ];
        let ended = self
            .end(
                &API_KEY,
                "user_id = $1 and workspace_id = $2 and id = $3",
                &args,
            )
            .await?;
        self.read
            .touched
            .changed("api_key", id.to_string(), vec!["ends_at"]);
        if ended == 1 {
            Ok(())
        } else {
            Err(Refusal::NotFound)
        }
    }

    /// Revokes every key of a person in this workspace: who chose a new password asked for it.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] but for the doorkeeper.
    pub async fn revoke_api_keys_of(&mut self, user: UserId) -> Result<u64, Refusal> {
        if self.actor().rights.role != Role::Doorkeeper {
            return Err(Refusal::Forbidden);
        }
        let args = [Val::text(user), Val::text(self.actor().workspace)];
        for row in self.turn()?.rows("select id from api_key where user_id = $1 and workspace_id = $2 order by id limit 1000", &args).await? {
            self.read.touched.changed("api_key", row.text("id")?.to_owned(), vec!["ends_at"]);
        }
        self.end(&API_KEY, "user_id = $1 and workspace_id = $2", &args)
            .await
    }

    /// Revokes a service's key, or all of them, with what it was changed for.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is no such key.
    pub async fn revoke_service_keys(
        &mut self,
        service: ServiceId,
        key: Option<ApiKeyId>,
    ) -> Result<u64, Refusal> {
        let mut args = vec![Val::text(self.actor().workspace), Val::text(service)];
        let one = key.map(|key| {
            args.push(Val::text(key));
            " and (id = $3 or made_with = $3)"
        });
        let ended = self
            .end(
                &SERVICE_KEY,
                &format!(
                    "workspace_id = $1 and service_id = $2{}",
                    one.unwrap_or_default()
                ),
                &args,
            )
            .await?;
        if let Some(key) = key {
            self.read
                .touched
                .changed("service_key", key.to_string(), vec!["ends_at"]);
        }
        if ended > 0 || key.is_none() {
            Ok(ended)
        } else {
            Err(Refusal::NotFound)
        }
    }
}
