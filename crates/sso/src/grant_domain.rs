//! Granting a provider an email domain.
use crate::Provider;
use interpres_gate::{Action, Command, Granted, Refusal, WriteTx, async_trait};
use interpres_types::ProviderId;

/// Grants a domain to a provider: its addresses are sent there, and it speaks for them. The operator
/// does it, having seen that the domain is the workspace's.
#[derive(Debug)]
pub struct GrantDomain {
    /// The provider.
    pub provider: ProviderId,
    /// The domain.
    pub domain: String,
}

#[async_trait]
impl Command for GrantDomain {
    const ACTION: Action = Action::ProviderDomain;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let domain = self.domain.trim().to_lowercase();
        if format!("x@{domain}")
            .parse::<interpres_types::Email>()
            .is_err()
        {
            return Err(Refusal::invalid(
                "domain",
                "must be a domain such as example.org",
            ));
        }
        let mut provider: Provider = tx.find(self.provider).await?;
        tx.grant_domain(&domain, provider.id).await?;
        if !provider.domains.0.contains(&domain) {
            provider.domains.0.push(domain);
            tx.save(&provider).await?;
        }
        Ok(())
    }
}
