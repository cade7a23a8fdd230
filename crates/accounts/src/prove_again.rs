//! Step-up for sensitive actions (AU6): a second factor, or the password if the person has none.
use crate::{
    Doors, Proof, SecondFactorChallenge,
    at_the_door::PENDING_SECONDS,
    factor::{enrolled, usable_factors},
    my_identity::{myself, prove_password},
    proof::judge,
};
use interpres_gate::{
    Action, Actor, Command, Gate, Granted, Refusal, Strength, Try, WriteTx, async_trait,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use webauthn_rs::prelude::PasskeyAuthentication;

const PROVE: &str = "prove-again";
const MOST_PROOFS: i64 = 5;

/// Starts step-up for a signed-in person; without a second factor there is no ticket, and the password is requested.
///
/// # Errors
/// As the gate refuses.
pub async fn begin_proof(
    gate: &Gate,
    doors: &Arc<Doors>,
    actor: &Actor,
) -> Result<Option<SecondFactorChallenge>, Refusal> {
    let home = gate
        .at_home_by_whatever_way(actor)
        .ok_or(Refusal::Forbidden)?;
    Ok(gate
        .perform(&home, BeginProof(doors.clone()))
        .await?
        .into_inner())
}

struct BeginProof(Arc<Doors>);

#[async_trait]
impl Command for BeginProof {
    const ACTION: Action = Action::ProofCheck;
    type Outcome = Option<SecondFactorChallenge>;
    async fn run(
        self,
        tx: &mut WriteTx,
        _: Granted<Self>,
    ) -> Result<Option<SecondFactorChallenge>, Refusal> {
        let user = myself(tx)?;
        let factors = usable_factors(tx, user).await?;
        if !enrolled(&factors) {
            return Ok(None);
        }
        let challenge = self
            .0
            .passkeys
            .as_ref()
            .map(|p| p.begin_proving(&factors))
            .transpose()?
            .flatten();
        let (options, kept) = challenge.map_or((None, None), |c| (Some(c.options), Some(c.kept)));
        let ticket = tx
            .issue_ticket(PROVE, Some(user), &kept, PENDING_SECONDS)
            .await?;
        Ok(Some(SecondFactorChallenge::by(&ticket, options, &factors)))
    }
}

/// A signed-in person's proof.
pub enum Again {
    /// Their password, where they have no second factor.
    Password(String),
    /// A second factor, with what went along when it was asked for.
    Factor(String, Proof),
}

/// Verifies the proof and returns the session's new token.
///
/// # Errors
/// [`Refusal::Invalid`] when it is wrong.
pub async fn prove_again(
    gate: &Gate,
    doors: &Arc<Doors>,
    actor: &Actor,
    again: Again,
) -> Result<String, Refusal> {
    let home = gate
        .at_home_by_whatever_way(actor)
        .ok_or(Refusal::Forbidden)?;
    let strength = match again {
        Again::Password(_) if actor.enrolled() => {
            return Err(Refusal::invalid(
                "code",
                "is asked for: you have a second factor",
            ));
        }
        Again::Password(typed) if prove_password(gate, actor, &typed).await? => Strength::Password,
        Again::Password(_) => return Err(Refusal::invalid("password", "is not your password")),
        Again::Factor(ticket, proof) => match gate
            .perform(
                &home,
                CheckOwnProof {
                    ticket,
                    proof,
                    doors: doors.clone(),
                },
            )
            .await?
            .into_inner()
        {
            OwnProof::Good => Strength::Factor,
            OwnProof::Wrong => {
                return Err(Refusal::invalid(
                    "code",
                    "isn’t right or was already used; wait for the next one",
                ));
            }
            OwnProof::Gone => {
                return Err(Refusal::invalid(
                    "code",
                    "came too late, or too many were wrong; try once more",
                ));
            }
            OwnProof::Wait(seconds) => return Err(Refusal::TooSoon(seconds)),
        },
    };
    Ok(gate
        .perform(actor, ProveSession(strength))
        .await?
        .into_inner())
}

struct CheckOwnProof {
    ticket: String,
    proof: Proof,
    doors: Arc<Doors>,
}

#[derive(Serialize, Deserialize)]
enum OwnProof {
    Good,
    Wrong,
    Gone,
    Wait(u64),
}

#[async_trait]
impl Command for CheckOwnProof {
    const ACTION: Action = Action::ProofCheck;
    type Outcome = OwnProof;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<OwnProof, Refusal> {
        let user = myself(tx)?;
        let found = tx
            .try_ticket::<Option<PasskeyAuthentication>>(PROVE, &self.ticket, MOST_PROOFS)
            .await?;
        let Some(found) = found.filter(|t| t.user == Some(user)) else {
            return Ok(OwnProof::Gone);
        };
        let key = format!("own-factor/{user}");
        match tx.begin_try(&key).await? {
            Try::Open(_) => {}
            Try::Wait(seconds) => return Ok(OwnProof::Wait(seconds)),
            Try::Closed => return Ok(OwnProof::Gone),
        }
        if !judge(
            tx,
            user,
            &self.proof,
            self.doors.passkeys.as_ref(),
            found.body.as_ref(),
        )
        .await?
        {
            return Ok(OwnProof::Wrong);
        }
        tx.end_tries(&key).await?;
        tx.take_ticket::<Option<PasskeyAuthentication>>(PROVE, &self.ticket)
            .await?;
        Ok(OwnProof::Good)
    }
}

/// Records that a person re-authenticated at the identity provider of their session.
///
/// # Errors
/// As the gate refuses.
pub async fn proved_at_provider(
    gate: &Gate,
    actor: &Actor,
    strength: Strength,
) -> Result<String, Refusal> {
    if actor.via().is_none() {
        return Err(Refusal::Forbidden);
    }
    Ok(gate
        .perform(actor, ProveSession(strength))
        .await?
        .into_inner())
}

struct ProveSession(Strength);

#[async_trait]
impl Command for ProveSession {
    const ACTION: Action = Action::SessionProve;
    type Outcome = String;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<String, Refusal> {
        Ok(tx.prove_session(self.0).await?.expose().to_owned())
    }
}
