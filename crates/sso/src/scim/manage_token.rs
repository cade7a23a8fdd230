//! The tokens that a directory shows.
use interpres_accounts::may_have_given;
use interpres_gate::{
    Action, Command, Granted, Query, ReadTx, Refusal, Role, WriteTx, async_trait,
};
use interpres_types::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Creates a SCIM token, valid for a year.
#[derive(Debug)]
pub struct MintScimToken;

/// A fresh token, shown this once.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct MintedScimToken {
    /// The value of `Authorization: Bearer …`.
    pub token: String,
}

#[async_trait]
impl Command for MintScimToken {
    const ACTION: Action = Action::ProvisionToken;
    type Outcome = MintedScimToken;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<MintedScimToken, Refusal> {
        // A directory grants and revokes every role but owner, so only someone who could do so themselves may connect
        // one.
        may_have_given(tx, Role::Admin).map_err(|_| Refusal::Forbidden)?;
        let ends_at = tx.now().plus_minutes(365 * 24 * 60);
        Ok(MintedScimToken {
            token: tx.mint_scim_token(ends_at).await?.expose().to_owned(),
        })
    }
}

/// Ends every token of the directory.
#[derive(Debug)]
pub struct EndScimTokens;

#[async_trait]
impl Command for EndScimTokens {
    const ACTION: Action = Action::ProvisionToken;
    type Outcome = u64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<u64, Refusal> {
        tx.end_scim_tokens().await
    }
}

/// The directory's tokens.
#[derive(Clone, Debug)]
pub struct ScimTokens;

/// The tokens of the workspace's directory.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScimTokensView {
    /// Each token.
    pub items: Vec<ScimTokenCard>,
}

/// An active token.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScimTokenCard {
    /// Until when it is good.
    pub ends_at: Instant,
    /// When it was last used.
    pub last_used_at: Option<Instant>,
}

#[async_trait]
impl Query for ScimTokens {
    const ACTION: Action = Action::ProvidersList;
    type View = ScimTokensView;
    async fn answer(self, tx: &mut ReadTx) -> Result<ScimTokensView, Refusal> {
        let tokens = tx.scim_tokens().await?;
        Ok(ScimTokensView {
            items: tokens
                .into_iter()
                .map(|(ends_at, last_used_at)| ScimTokenCard {
                    ends_at,
                    last_used_at,
                })
                .collect(),
        })
    }
}
