//! Looking claims up in the workspace whose provider they came from.
use crate::{Provider, external_identity::known_subject, id_token::Claims, who::Who};
use interpres_gate::{Action, Command, Granted, Refusal, WriteTx, async_trait};
use interpres_types::{ProviderId, UserId};
use serde::{Deserialize, Serialize};

/// Reads claims by the rules of the provider they came from.
pub(crate) struct Reading {
    pub(crate) provider: ProviderId,
    pub(crate) claims: Claims,
}

/// The person, between the provider's record and the session.
pub(crate) struct Read(pub(crate) Who);

impl Serialize for Read {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_unit()
    }
}
impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("this is never told again"))
    }
}

#[async_trait]
impl Command for Reading {
    const ACTION: Action = Action::ProviderUse;
    type Outcome = Option<Read>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<Read>, Refusal> {
        let provider: Provider = tx.find(self.provider).await?;
        Ok(Who::read(&provider, &self.claims).map(Read))
    }
}

/// The user linked to a subject.
pub(crate) struct UserOf {
    pub(crate) provider: ProviderId,
    pub(crate) subject: String,
}

#[async_trait]
impl Command for UserOf {
    const ACTION: Action = Action::ProviderUse;
    type Outcome = Option<UserId>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<UserId>, Refusal> {
        let provider: Provider = tx.find(self.provider).await?;
        known_subject(tx, &provider, &self.subject).await
    }
}
