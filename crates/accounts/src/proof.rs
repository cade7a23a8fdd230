//! Verifies a second factor in the transaction that records its use: single-use is single-use, however many
//! concurrent attempts there are.
use crate::{
    Factor, FactorKind, Passkeys,
    factor::{factors_alone, usable_factors},
    one_time_code, recovery_codes, text_codes,
};
use interpres_gate::{Json, Refusal, WriteTx};
use interpres_types::UserId;
use webauthn_rs::prelude::PasskeyAuthentication;

/// A presented second factor.
#[derive(Clone)]
pub enum Proof {
    /// A code of an app, one that was sent to a telephone, or a recovery code.
    Code(String),
    /// The browser's passkey assertion.
    Passkey(String),
}

/// Whether it proves the person's identity. A wrong proof is not an error: the attempt is counted.
pub(crate) async fn judge(
    tx: &mut WriteTx,
    user: UserId,
    proof: &Proof,
    passkeys: Option<&Passkeys>,
    challenge: Option<&PasskeyAuthentication>,
) -> Result<bool, Refusal> {
    factors_alone(tx, user).await?;
    let mut factors = usable_factors(tx, user).await?;
    let used = match proof {
        Proof::Code(code) => judge_code(tx, &mut factors, code)?,
        Proof::Passkey(text) => {
            let (Some(passkeys), Some(challenge)) = (passkeys, challenge) else {
                return Ok(false);
            };
            match passkeys.finish_proving(text, challenge, &factors) {
                Ok(proved) => {
                    factors[proved.place].public = Some(Json(proved.public));
                    Some(proved.place)
                }
                Err(Refusal::Invalid(_)) => None,
                Err(refusal) => return Err(refusal),
            }
        }
    };
    let Some(place) = used else { return Ok(false) };
    let mut factor = factors.swap_remove(place);
    factor.used_at = Some(tx.now());
    tx.save(&factor).await?;
    Ok(true)
}

fn judge_code(tx: &WriteTx, factors: &mut [Factor], code: &str) -> Result<Option<usize>, Refusal> {
    let now = tx.now();
    for (place, factor) in factors.iter_mut().enumerate() {
        match (factor.kind, &factor.secret, &factor.public) {
            (FactorKind::App, Some(seed), _) => {
                let step = one_time_code::step_of(&tx.use_credential(seed)?, code, now)?;
                // A code that was used, or one before it, does not count again (RFC 6238 section 5.2).
                if let Some(step) =
                    step.filter(|step| factor.last_step.is_none_or(|last| *step > last))
                {
                    factor.last_step = Some(step);
                    return Ok(Some(place));
                }
            }
            (FactorKind::Text, Some(sent), _)
                if text_codes::fits(&tx.use_credential(sent)?, factor.last_step, code, now) =>
            {
                factor.last_step = None;
                return Ok(Some(place));
            }
            (FactorKind::Codes, _, Some(kept)) => {
                if let Some(left) = recovery_codes::without(&kept.0, code) {
                    factor.public = Some(Json(left));
                    return Ok(Some(place));
                }
            }
            _ => {}
        }
    }
    Ok(None)
}
