//! The way to a provider and back.
use crate::{
    Outward, Provider,
    discover::{Metadata, Slip, discover, keys},
    id_token::{Claims, Expected, of_this_sign_in, signed},
    link_identity::{LinkIdentity, MayLink},
    member_by_provider::{EnterByProvider, Entered, Moved},
    read_claims::{Reading, UserOf},
    trouble::{NoteTrouble, Trouble},
    who::Who,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_accounts::{
    AddressFollows, OpenProvidedAccount, follow_provider, proved_at_provider,
};
use interpres_gate::{
    Action, Actor, Command, Gate, Granted, Origin, Permission, Refusal, Token, WriteTx,
    async_trait, sha256,
};
use interpres_types::{Email, INSTALLATION, Instant, ProviderId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;

const FLOW: &str = "provider-flow";
/// Seconds in which somebody has to come back.
const FLOW_SECONDS: i64 = 600;

/// Why somebody could not come in by a provider. What the person is told; the reason stands in the
/// process's log.
#[derive(Debug)]
pub enum ProviderFailed {
    /// The provider was not reached, or its answer is not right.
    Provider,
    /// The way was begun in another browser, was gone to its end already, or too long ago.
    Flow,
    /// The provider, or the person there, said no.
    Declined,
    /// They are nobody here, in words for them.
    Nobody(String),
    /// Something else.
    Refused(Refusal),
}
impl From<Refusal> for ProviderFailed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Asks for a provider's metadata; what is wrong with them is for those in charge to know as well.
async fn metadata_of(
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

/// What somebody goes to their provider for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Purpose {
    /// To come in.
    SignIn,
    /// To prove once more who they are, in this session.
    Prove(String),
    /// To link the account that this session is in.
    Link(String),
}

/// A way that was begun.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// What the browser keeps, so that nobody else's answer is taken for its own.
    pub binding: String,
}

#[derive(Serialize, Deserialize)]
struct Flow {
    provider: ProviderId,
    workspace: WorkspaceId,
    nonce: String,
    verifier: String,
    binding: String,
    purpose: Purpose,
    begun_at: i64,
    next: String,
}

/// A provider as it is needed on the way.
#[derive(Serialize, Deserialize)]
pub(crate) struct Needed {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    client_secret: String,
}

pub(crate) struct LookUpProvider(pub(crate) ProviderId);

#[async_trait]
impl Command for LookUpProvider {
    const ACTION: Action = Action::ProviderUse;
    const PERMISSION: Permission = Permission::KeepDoor;
    /// Never under an idempotency key, so the secret is kept nowhere.
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
        // Whoever else is signed in there in this browser is not linked by mistake.
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
/// [`Refusal::Ask`] until they have proved a second factor just now, [`Refusal::Forbidden`] for whoever came by
/// a provider themselves.
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
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = String;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<String, Refusal> {
        Ok(tx
            .issue_ticket(FLOW, None, &self.0, FLOW_SECONDS)
            .await?
            .expose()
            .to_owned())
    }
}

struct TakeFlow(String);

#[async_trait]
impl Command for TakeFlow {
    const ACTION: Action = Action::ProviderUse;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = Option<Flow>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<Flow>, Refusal> {
        Ok(tx
            .take_ticket::<Flow>(FLOW, &self.0)
            .await?
            .map(|ticket| ticket.body))
    }
}

/// What a browser came back with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The code.
    pub code: String,
    /// What we gave along.
    pub state: String,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
    /// What went wrong there.
    pub error: Option<String>,
}

/// How somebody came back.
#[derive(Debug)]
pub struct Back {
    /// The session's token, where it is another.
    pub token: Option<String>,
    /// Where they wanted to go.
    pub next: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

/// Ends the way: the code becomes a token, the token a person, the person a session.
///
/// # Errors
/// See [`ProviderFailed`].
pub async fn finish(
    gate: &Gate,
    out: &Outward,
    answer: &Answer,
    binding: Option<&str>,
    redirect_uri: &str,
    actor: Option<&Actor>,
    origin: &Origin,
) -> Result<Back, ProviderFailed> {
    let flow = gate
        .perform(
            &gate.doorkeeper(INSTALLATION, origin.clone()),
            TakeFlow(answer.state.clone()),
        )
        .await?
        .into_inner()
        .ok_or(ProviderFailed::Flow)?;
    if binding.is_none_or(|b| URL_SAFE_NO_PAD.encode(sha256(b.as_bytes())) != flow.binding) {
        return Err(ProviderFailed::Flow);
    }
    let door = gate.doorkeeper(flow.workspace, origin.clone());
    let needed = gate
        .perform(&door, LookUpProvider(flow.provider))
        .await?
        .into_inner();
    let claims = claims_of(gate, &door, out, answer, &flow, &needed, redirect_uri).await?;
    let provider = gate
        .perform(
            &door,
            Reading {
                provider: flow.provider,
                claims,
            },
        )
        .await?
        .into_inner();
    let who = provider
        .ok_or_else(|| wrong(flow.provider, "it does not say who"))?
        .0;
    match &flow.purpose {
        Purpose::Prove(session) => {
            let actor = actor
                .filter(|actor| {
                    actor.session() == Some(session) && actor.via() == Some(flow.provider)
                })
                .ok_or(ProviderFailed::Flow)?;
            let same = gate
                .perform(
                    &door,
                    UserOf {
                        provider: flow.provider,
                        subject: who.subject.clone(),
                    },
                )
                .await?
                .into_inner();
            if same.is_none() || same != actor.user() {
                return Err(ProviderFailed::Nobody(
                    "At your provider you signed in as somebody else.".to_owned(),
                ));
            }
            Ok(Back {
                token: Some(proved_at_provider(gate, actor, who.strength).await?),
                next: flow.next,
            })
        }
        Purpose::Link(session) => {
            let actor = actor
                .filter(|actor| {
                    actor.session() == Some(session) && actor.workspace() == flow.workspace
                })
                .ok_or(ProviderFailed::Flow)?;
            gate.perform(
                actor,
                LinkIdentity {
                    provider: flow.provider,
                    who,
                },
            )
            .await?;
            Ok(Back {
                token: None,
                next: flow.next,
            })
        }
        Purpose::SignIn => Ok(Back {
            token: Some(enter(gate, &door, flow.provider, who, origin).await?),
            next: flow.next,
        }),
    }
}

async fn claims_of(
    gate: &Gate,
    door: &Actor,
    out: &Outward,
    answer: &Answer,
    flow: &Flow,
    needed: &Needed,
    redirect_uri: &str,
) -> Result<Claims, ProviderFailed> {
    let no = |why: &str| wrong(flow.provider, why);
    if answer
        .iss
        .as_deref()
        .is_some_and(|iss| iss != needed.issuer)
    {
        return Err(no("the answer is another issuer's"));
    }
    if answer.error.is_some() || answer.code.is_empty() {
        return Err(ProviderFailed::Declined);
    }
    let metadata = metadata_of(gate, door, out, flow.provider, &needed.issuer).await?;
    if metadata.authorization_response_iss_parameter_supported && answer.iss.is_none() {
        return Err(no("the answer does not say whose it is"));
    }
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &answer.code),
        ("redirect_uri", redirect_uri),
        ("code_verifier", &flow.verifier),
        ("client_id", &needed.client_id),
    ];
    let tokens: Tokens = out
        .post(
            &metadata.token_endpoint,
            (&needed.client_id, &needed.client_secret),
            &form,
        )
        .await
        .ok_or_else(|| no("it gave no token for the code"))?;
    let keys = keys(out, &metadata)
        .await
        .ok_or_else(|| no("its keys could not be had"))?;
    let expected = Expected {
        issuer: &needed.issuer,
        client_id: &needed.client_id,
        now: gate.now(),
    };
    let mut claims = signed(&tokens.id_token, &keys, &expected).map_err(no)?;
    let fresh =
        matches!(flow.purpose, Purpose::Prove(_)).then(|| Instant::from_micros(flow.begun_at));
    of_this_sign_in(&claims, &flow.nonce, tokens.access_token.as_deref(), fresh).map_err(no)?;
    if claims.contains_key("email") {
        return Ok(claims);
    }
    if let (Some(url), Some(token)) = (&metadata.userinfo_endpoint, &tokens.access_token) {
        let more: Claims = out
            .get_with(url, token)
            .await
            .ok_or_else(|| no("it said no more of them"))?;
        if more.get("sub") != claims.get("sub") {
            return Err(no("it said more of somebody else"));
        }
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
    }
    Ok(claims)
}

async fn enter(
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

/// Milliseconds between an account that was opened and the membership that follows, as often as somebody waits for it.
const BESIDE: [u64; 3] = [50, 200, 800];

/// Lets in whose address has an account already: it may just have been opened for them, who came twice at once.
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
