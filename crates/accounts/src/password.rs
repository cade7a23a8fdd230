use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc},
};
use interpres_gate::text_column;
use interpres_types::Rule;
use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// A password in clear, on its way to being hashed. Never printed.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// For checking: anything up to 1,024 bytes.
    #[must_use]
    pub fn typed(raw: &str) -> Self {
        Self(raw.chars().take(1024).collect())
    }
    /// For choosing: 15 to 128 characters, not easy to guess, not made of the person's own words
    /// (NIST SP 800-63B-4). No rules of composition.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn choose(raw: &str, context: &[&str]) -> Result<Self, Rule> {
        let length = raw.chars().count();
        if !(15..=128).contains(&length) {
            return Err(Rule::new("must have 15 to 128 characters; four or five unusual words do well"));
        }
        if zxcvbn::zxcvbn(raw, context).score() < zxcvbn::Score::Three {
            return Err(Rule::new("is too easy to guess; use words that don't belong together"));
        }
        let own = context.iter().filter(|word| word.chars().count() > 2).fold(raw.to_lowercase(), |rest, word| rest.replace(&word.to_lowercase(), ""));
        if own.chars().filter(|c| c.is_alphanumeric()).count() < 8 {
            return Err(Rule::new("is made of your own name or address; use words that have nothing to do with you"));
        }
        Ok(Self(raw.to_owned()))
    }
    /// Argon2id with 19 MiB, two passes, one lane (OWASP, RFC 9106). Takes tens of milliseconds:
    /// call it on a blocking thread.
    ///
    /// # Errors
    /// When the library refuses its parameters.
    pub fn hash(&self) -> Result<PasswordHash, Rule> {
        let hash = argon2().hash_password(self.0.as_bytes()).map_err(|_| Rule::new("could not be hashed"))?;
        Ok(PasswordHash(hash.to_string()))
    }
}
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).unwrap_or_default())
}

/// A hashed password in PHC form.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A well-formed hash that no password is known for, as slow to check as any.
    #[must_use]
    pub fn of_nobody() -> Self {
        Self("$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$Iqd0Xr1nLQ0m8pGQxG0hQ0y3gY1p0m6n1mC2i6m1b0E".to_owned())
    }
    /// Whether this password made it. As slow for a wrong one as for the right one.
    #[must_use]
    pub fn fits(&self, password: &Password) -> bool {
        phc::PasswordHash::new(&self.0).is_ok_and(|hash| argon2().verify_password(password.0.as_bytes(), &hash).is_ok())
    }
}
impl FromStr for PasswordHash {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        if raw.starts_with("$argon2id$") { Ok(Self(raw.to_owned())) } else { Err(Rule::new("is no password hash")) }
    }
}
/// Only for storing it; the room's own column.
impl fmt::Display for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}
impl Serialize for PasswordHash {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str("…")
    }
}
text_column!(PasswordHash);

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn short_common_and_personal_passwords_are_refused() {
        for bad in ["short", "password1234567", "aaaaaaaaaaaaaaaaaa", "dora.lopez.dora.lopez"] {
            assert!(Password::choose(bad, &["dora", "lopez"]).is_err(), "{bad}");
        }
        assert!(Password::choose("violet kettle harbor nineteen", &[]).is_ok());
    }
    #[test]
    fn a_hash_fits_its_password_and_no_other() {
        let hash = Password::typed("violet kettle harbor nineteen").hash().unwrap();
        assert!(hash.fits(&Password::typed("violet kettle harbor nineteen")));
        assert!(!hash.fits(&Password::typed("violet kettle harbor ninety")));
        assert!(!format!("{hash:?}").contains("argon2"));
    }
    #[test]
    fn nobodys_hash_is_checked_as_slowly_as_a_real_one_and_never_fits() {
        let slow = |hash: &PasswordHash| {
            let start = std::time::Instant::now();
            assert!(!hash.fits(&Password::typed("anything")));
            start.elapsed()
        };
        let real = Password::typed("violet kettle harbor nineteen").hash().unwrap();
        assert!(slow(&PasswordHash::of_nobody()) * 3 > slow(&real), "the decoy is rejected before it is computed");
    }
}
