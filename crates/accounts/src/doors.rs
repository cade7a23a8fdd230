use crate::{Compromised, Passkeys, Password, PasswordHash, PasswordRules};
use interpres_gate::{Gate, Refusal};

/// What the installation provides for sign-in. Shared by every route that authenticates people.
#[derive(Debug, Default)]
pub struct Doors {
    /// Passkeys, where the address that people use allows them.
    pub passkeys: Option<Passkeys>,
    /// The operator's list of compromised passwords.
    pub compromised: Option<Compromised>,
}

impl Doors {
    /// Hashes a chosen password, outside any turn, on a blocking thread.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the rule that it breaks.
    pub async fn choose(
        &self,
        gate: &Gate,
        field: &'static str,
        raw: &str,
        own_words: &[&str],
        enrolled: bool,
        classes: bool,
    ) -> Result<PasswordHash, Refusal> {
        let words: Vec<&str> = own_words
            .iter()
            .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
            .chain(own_words.iter().copied())
            .collect();
        let rules = PasswordRules {
            classes,
            compromised: self.compromised.as_ref(),
            ..PasswordRules::for_somebody(enrolled)
        };
        let password =
            Password::choose(raw, &words, &rules).map_err(|rule| Refusal::invalid(field, rule))?;
        hashed(gate, password).await
    }
}

/// Hashes a password on a blocking thread.
///
/// # Errors
/// A fault.
pub async fn hashed(gate: &Gate, password: Password) -> Result<PasswordHash, Refusal> {
    let pepper = gate.pepper().await?;
    let hash = tokio::task::spawn_blocking(move || password.hash(&pepper))
        .await
        .map_err(Refusal::fault)?;
    hash.map_err(|rule| Refusal::invalid("password", rule))
}

/// Checks a password against a hash, on a blocking thread.
pub(crate) async fn fits(
    gate: &Gate,
    hash: PasswordHash,
    typed: Password,
) -> Result<bool, Refusal> {
    let pepper = gate.pepper().await?;
    tokio::task::spawn_blocking(move || hash.fits(&typed, &pepper))
        .await
        .map_err(Refusal::fault)
}
