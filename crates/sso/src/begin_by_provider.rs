//! Redirecting to a provider: the stored state of a sign-in, and the redirect URL.
use crate::{
    Outward,
    link_identity::MayLink,
    sign_in_by_provider::{LookUpProvider, ProviderFailed, metadata_of, wrong},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_gate::{
    Action, Actor, Command, Gate, Granted, Origin, Refusal, Token, WriteTx, async_trait, sha256,
};
use interpres_types::{Email, INSTALLATION, ProviderId, WorkspaceId};
use serde::{Deserialize, Serialize};
use url::Url;

const FLOW: &str = "provider-flow";

/// Seconds until the redirect expires.
const FLOW_SECONDS: i64 = 600;

/// Why a person goes to their provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To re-authenticate, in this session.
    Prove(String),
    /// To link the account that this session is in.
    Link(String),
}

/// A way that was begun.
#[derive(Debug)]
pub struct Begun {
    /// The redirect URL.
    pub url: String,
    /// The browser's binding cookie, so that it accepts no one else's response.
    pub binding: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Flow {
    pub(super) provider: ProviderId,
    pub(super) workspace: WorkspaceId,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) binding: String,
    pub(super) purpose: Purpose,
    pub(super) begun_at: i64,
    pub(super) next: String,
}

/// The provider that addresses of a domain are sent to.
///
/// # Errors
/// A fault of the database.
pub async fn begin_for_address(
    gate: &Gate,
    out: &Outward,
    email: &str,
    redirect_uri: &str,
    next: &str,
    origin: &Origin,
) -> Result<Begun, ProviderFailed> {
    let nobody = || {
        ProviderFailed::Nobody(
            "No identity provider is set up for this address. Sign in with your password."
                .to_owned(),
        )
    };
    let email: Email = email.parse().map_err(|_| nobody())?;
    let (workspace, provider) = gate
        .provider_of_domain(email.domain())
        .await?
        .ok_or_else(nobody)?;
    begin(
        gate,
        out,
        (workspace, provider),
        Purpose::SignIn,
        redirect_uri,
        next,
        origin,
    )
    .await
}

fn random() -> String {
    Token::random().expose().to_owned()
}

/// Begins the way to a provider.
///
/// # Errors
/// See [`ProviderFailed`].
pub async fn begin(
    gate: &Gate,
    out: &Outward,
    (workspace, provider): (WorkspaceId, ProviderId),
    purpose: Purpose,
    redirect_uri: &str,
    next: &str,
    origin: &Origin,
) -> Result<Begun, ProviderFailed> {
    let door = gate.doorkeeper(workspace, origin.clone());
    let needed = gate
        .perform(&door, LookUpProvider(provider))
        .await?
        .into_inner();
    let metadata = metadata_of(gate, &door, out, provider, &needed.issuer).await?;
    let (nonce, verifier, binding) = (random(), random(), random());
    let (fresh, chosen) = (
        matches!(purpose, Purpose::Prove(_)),
        matches!(purpose, Purpose::Link(_)),
    );
    let flow = Flow {
        provider,
        workspace,
        nonce: nonce.clone(),
        verifier: verifier.clone(),
        binding: URL_SAFE_NO_PAD.encode(sha256(binding.as_bytes())),
        purpose,
        begun_at: gate.now().micros(),
        next: next.to_owned(),
    };
    let state = gate
        .perform(
            &gate.doorkeeper(INSTALLATION, origin.clone()),
            BeginFlow(flow),
        )
        .await?
        .into_inner();
    let mut url = Url::parse(&metadata.authorization_endpoint)
        .map_err(|_| wrong(provider, "its address can't be read"))?;
    let challenge = URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()));
    let pairs = [
        ("response_type", "code"),
        ("client_id", &needed.client_id),
        ("redirect_uri", redirect_uri),
        ("scope", "openid email profile"),
        ("state", &state),
        ("nonce", &nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    url.query_pairs_mut().extend_pairs(pairs);
    if fresh {
        url.query_pairs_mut()
            .append_pair("prompt", "login")
            .append_pair("max_age", "0");
    } else if chosen {
        // Another user signed in at the provider in this browser must not be linked by mistake.
        url.query_pairs_mut()
            .append_pair("prompt", "select_account");
    }
    Ok(Begun {
        url: url.into(),
        binding,
    })
}

/// Begins the way to a provider to link the account that the actor is signed in to.
///
/// # Errors
/// [`Refusal::Ask`] until they complete step-up, [`Refusal::Forbidden`] if their own session came through a provider.
pub async fn begin_link(
    gate: &Gate,
    out: &Outward,
    actor: &Actor,
    provider: ProviderId,
    redirect_uri: &str,
) -> Result<Begun, ProviderFailed> {
    gate.perform(actor, MayLink).await?;
    let session = actor.session().ok_or(Refusal::Forbidden)?.to_owned();
    begin(
        gate,
        out,
        (actor.workspace(), provider),
        Purpose::Link(session),
        redirect_uri,
        "/account",
        actor.origin(),
    )
    .await
}

struct BeginFlow(Flow);

#[async_trait]
impl Command for BeginFlow {
    const ACTION: Action = Action::ProviderUse;
    type Outcome = String;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<String, Refusal> {
        Ok(tx
            .issue_ticket(FLOW, None, &self.0, FLOW_SECONDS)
            .await?
            .expose()
            .to_owned())
    }
}

pub(crate) struct TakeFlow(pub(crate) String);

#[async_trait]
impl Command for TakeFlow {
    const ACTION: Action = Action::ProviderUse;
    type Outcome = Option<Flow>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<Flow>, Refusal> {
        Ok(tx
            .take_ticket::<Flow>(FLOW, &self.0)
            .await?
            .map(|ticket| ticket.body))
    }
}
