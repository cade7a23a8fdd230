//! Taking a provider away.
use crate::{Provider, save_provider::provider_only};
use interpres_gate::{Action, Command, Granted, Refusal, WriteTx, async_trait};
use interpres_types::ProviderId;

/// Takes a provider away; sessions that came by it end.
#[derive(Debug)]
pub struct EndProvider(pub ProviderId);

#[async_trait]
impl Command for EndProvider {
    const ACTION: Action = Action::ProviderEnd;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut provider: Provider = tx.find(self.0).await?;
        provider.ended_at = provider.ended_at.or(Some(tx.now()));
        tx.save(&provider).await?;
        tx.end_provider(self.0).await?;
        provider_only(tx).await
    }
}
