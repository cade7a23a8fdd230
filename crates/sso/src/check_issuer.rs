//! Checks an issuer against its own metadata.
use crate::{
    Outward,
    discover::{Slip, discover},
    save_provider::ProviderInput,
};
use interpres_gate::Refusal;
use interpres_types::Rule;

/// Fetches an issuer's metadata before it is saved, so that a mistake shows now and not at everyone's sign-in. An
/// unreachable issuer is not a mistake.
///
/// # Errors
/// [`Refusal::Invalid`] with what to enter instead.
pub async fn check_issuer(out: &Outward, input: &ProviderInput) -> Result<(), Refusal> {
    let wrong = |rule: String| Err(Refusal::invalid("issuer", Rule::from(rule)));
    let shown = |issuer: &str| {
        issuer
            .chars()
            .filter(|c| !c.is_control())
            .take(300)
            .collect::<String>()
    };
    match discover(out, input.issuer.raw().trim()).await {
        Ok(_) | Err(Slip::Unreached) => Ok(()),
        Err(Slip::Slash(said)) => wrong(format!(
            "differs from what the provider says by a slash at the end; enter {}",
            shown(&said)
        )),
        Err(Slip::Another(said)) => wrong(format!(
            "is another than the provider says; enter {}",
            shown(&said)
        )),
        Err(Slip::Tenant) => {
            wrong("is for every tenant; enter the one with your own tenant's id in it".to_owned())
        }
        Err(Slip::Elsewhere) => wrong(
            "leads to addresses that are not asked: only public ones are, by HTTPS".to_owned(),
        ),
    }
}
