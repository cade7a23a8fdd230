//! Making a key. It never holds more than the key it is made with.
use crate::identity::{
    admit_key::{FOR_MINUTES, OF_A_PERSON, OF_A_SERVICE},
    pass::{API_KEY, SERVICE_KEY},
    token::Token,
};
use crate::passage::{assurance::Strength, refusal::Refusal, write_tx::WriteTx};
use interpres_policy::Scopes;
use interpres_store::{Kind, Val};
use interpres_types::{ApiKeyId, Instant, Networks, ServiceId, UserId};

/// A key just made.
#[derive(Debug)]
pub struct NewApiKey {
    /// What the program keeps; shown once.
    pub token: Token,
    /// Its id.
    pub id: ApiKeyId,
}

/// What a new key shall be good for.
#[derive(Clone, Debug)]
pub struct KeyTerms {
    /// What it is for.
    pub name: String,
    /// Until when.
    pub ends_at: Instant,
    /// The permissions to which it is narrowed; all that its holder has without.
    pub only: Option<Scopes>,
}

fn or_null(text: Option<String>) -> Val {
    text.map_or(Val::Null(Kind::Text), Val::Text)
}

impl WriteTx {
    /// Refuses to give a key what the actor's own key does not hold.
    fn within_own(&self, only: Option<&Scopes>) -> Result<(), Refusal> {
        let own = self.actor().rights.only.as_ref();
        if own.is_none_or(|own| only.is_some_and(|only| only.within(own))) {
            Ok(())
        } else {
            Err(Refusal::Forbidden)
        }
    }

    /// Makes a key for the actor in this workspace, as strong as the session it is made in.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] when it would hold more than the key it is made with.
    pub async fn mint_api_key(
        &mut self,
        user: UserId,
        terms: KeyTerms,
        networks: &Networks,
    ) -> Result<NewApiKey, Refusal> {
        self.within_own(terms.only.as_ref())?;
        let (token, id) = (Token::fresh(OF_A_PERSON), self.mint::<ApiKeyId>());
        let granted = vec![
            Token::hash(token.expose()).into(),
            Val::text(id),
            Val::text(self.actor().workspace),
            Val::text(user),
            terms.name.into(),
            self.now().micros().into(),
            terms.ends_at.micros().into(),
            self.actor().assurance.strength.level().into(),
            or_null(terms.only.map(|only| only.to_string())),
            or_null(Some(networks.to_string()).filter(|_| !networks.is_everywhere())),
        ];
        self.issue(&API_KEY, granted, Vec::new()).await?;
        self.read.touched.changed(
            "api_key",
            id.to_string(),
            vec!["scopes", "networks", "ends_at"],
        );
        Ok(NewApiKey { token, id })
    }

    /// Makes a key for a service of this workspace: as strong as the session it is made in, or as the
    /// key that it is for minutes in place of.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] when it would hold more than the key it is made with.
    pub async fn mint_service_key(
        &mut self,
        service: ServiceId,
        terms: KeyTerms,
        made_with: Option<(&str, Strength)>,
    ) -> Result<NewApiKey, Refusal> {
        self.within_own(terms.only.as_ref())?;
        let (token, id) = (
            Token::fresh(if made_with.is_some() {
                FOR_MINUTES
            } else {
                OF_A_SERVICE
            }),
            self.mint::<ApiKeyId>(),
        );
        let (now, workspace) = (self.now().micros(), Val::text(self.actor().workspace));
        let strength = made_with.map_or(self.actor().assurance.strength, |(_, strength)| strength);
        let granted = vec![
            Token::hash(token.expose()).into(),
            Val::text(id),
            workspace.clone(),
            Val::text(service),
            or_null(made_with.map(|(key, _)| key.to_owned())),
            terms.name.into(),
            now.into(),
            terms.ends_at.micros().into(),
            strength.level().into(),
            or_null(terms.only.map(|only| only.to_string())),
        ];
        let past = "delete from service_key where workspace_id = $1 and service_id = $2 and made_with is not null and ends_at <= $3";
        self.turn()?
            .execute(past, &[workspace, Val::text(service), now.into()])
            .await?;
        self.issue(&SERVICE_KEY, granted, Vec::new()).await?;
        self.read
            .touched
            .changed("service_key", id.to_string(), vec!["scopes", "ends_at"]);
        Ok(NewApiKey { token, id })
    }
}
