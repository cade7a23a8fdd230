//! The callback from a provider: exchanges the code for claims, which open a session, complete step-up, or link an
//! account.
use crate::{
    Outward,
    begin_by_provider::{Flow, Purpose, TakeFlow},
    discover::keys,
    id_token::{Claims, Expected, of_this_sign_in, signed},
    link_identity::LinkIdentity,
    read_claims::{Reading, UserOf},
    sign_in_by_provider::{LookUpProvider, Needed, ProviderFailed, enter, metadata_of, wrong},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_accounts::proved_at_provider;
use interpres_gate::{Actor, Gate, Origin, sha256};
use interpres_types::{INSTALLATION, Instant};
use serde::Deserialize;

/// The callback's parameters.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The code.
    pub code: String,
    /// The state we sent.
    pub state: String,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
    /// The provider's error.
    pub error: Option<String>,
}

/// The result of a callback.
#[derive(Debug)]
pub struct Back {
    /// The session's token, where it is another.
    pub token: Option<String>,
    /// The page to return to.
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
