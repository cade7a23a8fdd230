//! The way to a provider and back.
use crate::{
    Outward, Provider,
    discover::{Metadata, Slip, discover},
    member_by_provider::{EnterByProvider, Entered, Moved},
    trouble::{NoteTrouble, Trouble},
    who::Who,
};
use interpres_accounts::{AddressFollows, OpenProvidedAccount, follow_provider};
use interpres_gate::{
    Action, Actor, Command, Gate, Granted, Origin, Refusal, WriteTx, async_trait,
};
use interpres_types::{INSTALLATION, ProviderId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Why a single sign-on failed, as shown to the person; the details are in the server log.
#[derive(Debug)]
pub enum ProviderFailed {
    /// The provider was not reached, or its answer is not right.
    Provider,
    /// The way was begun in another browser, was gone to its end already, or too long ago.
    Flow,
    /// The provider, or the person there, declined.
    Declined,
    /// Not a member, with the message for the person.
    Nobody(String),
    /// Something else.
    Refused(Refusal),
}

impl From<Refusal> for ProviderFailed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Fetches a provider's metadata; owners and admins are notified of problems too.
pub(crate) async fn metadata_of(
    gate: &Gate,
    door: &Actor,
    out: &Outward,
    provider: ProviderId,
    issuer: &str,
) -> Result<Metadata, ProviderFailed> {
    match discover(out, issuer).await {
        Ok(found) => Ok(found),
        Err(Slip::Unreached) => Err(wrong(provider, Trouble::Unreached.label())),
        Err(slip) => {
            gate.perform(
                door,
                NoteTrouble {
                    provider,
                    trouble: slip.into(),
                },
            )
            .await?;
            Err(ProviderFailed::Provider)
        }
    }
}

pub(crate) fn wrong(provider: ProviderId, why: &str) -> ProviderFailed {
    tracing::warn!(%provider, why, "what an identity provider says is refused");
    ProviderFailed::Provider
}

/// A provider as it is needed on the way.
#[derive(Serialize, Deserialize)]
pub(crate) struct Needed {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

pub(crate) struct LookUpProvider(pub(crate) ProviderId);

#[async_trait]
impl Command for LookUpProvider {
    const ACTION: Action = Action::ProviderUse;
    /// Never requested with an idempotency key, so the secret is stored nowhere.
    type Outcome = Needed;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Needed, Refusal> {
        let provider: Provider = tx.find(self.0).await?;
        if provider.ended_at.is_some() {
            return Err(Refusal::NotFound);
        }
        let client_secret = tx
            .use_credential(&provider.client_secret)?
            .expose()
            .to_owned();
        Ok(Needed {
            issuer: provider.issuer.to_string(),
            client_id: provider.client_id.to_string(),
            client_secret,
        })
    }
}

pub(crate) async fn enter(
    gate: &Gate,
    door: &Actor,
    provider: ProviderId,
    who: Who,
    origin: &Origin,
) -> Result<String, ProviderFailed> {
    let enter = |opened| EnterByProvider {
        provider,
        who: who.clone(),
        opened,
    };
    let mut entered = gate.perform(door, enter(None)).await?.into_inner();
    if let Entered::NeedsAccount(email, name) = entered {
        let home = gate.doorkeeper(INSTALLATION, origin.clone());
        let opened = gate
            .perform(&home, OpenProvidedAccount { email, name })
            .await?
            .into_inner();
        entered = match opened {
            Some(user) => gate.perform(door, enter(Some(user))).await?.into_inner(),
            None => enter_beside(gate, door, || enter(None)).await?,
        };
    }
    match entered {
        Entered::Session(token, moved) => {
            if let Some(Moved { user, address }) = moved
                && follow_provider(gate, door, user, &address).await? == AddressFollows::No
            {
                gate.perform(
                    door,
                    NoteTrouble {
                        provider,
                        trouble: Trouble::AddressKept,
                    },
                )
                .await?;
            }
            Ok(token)
        }
        Entered::Nobody(words) => Err(ProviderFailed::Nobody(words)),
        Entered::NeedsAccount(..) => Err(ProviderFailed::Nobody(
            "Your address has an account here already. Ask for an invitation to this workspace."
                .to_owned(),
        )),
    }
}

/// Retry delays in milliseconds while a concurrent request creates the membership of a new account.
const BESIDE: [u64; 3] = [50, 200, 800];

/// Admits someone whose email has an account already: a concurrent first sign-in may just have created it.
async fn enter_beside(
    gate: &Gate,
    door: &Actor,
    enter: impl Fn() -> EnterByProvider,
) -> Result<Entered, ProviderFailed> {
    let mut entered = gate.perform(door, enter()).await?.into_inner();
    for wait in BESIDE {
        if !matches!(entered, Entered::NeedsAccount(..)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(wait)).await;
        entered = gate.perform(door, enter()).await?.into_inner();
    }
    Ok(entered)
}
