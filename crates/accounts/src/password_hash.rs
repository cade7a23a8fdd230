//! Password hashing: Argon2id, or PBKDF2 in FIPS builds, because no validated module has Argon2. Either build
//! verifies both, and rehashes the other's at sign-in.
use crate::Password;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use interpres_gate::{Key, pbkdf2, pbkdf2_fits, random, sha256, text_column};
use interpres_types::Rule;
use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Before a hash whose password was peppered first.
const PEPPERED: &str = "pepper1";
/// Argon2id with 19 MiB, two passes, one lane (OWASP, RFC 9106).
const ARGON2: &str = "$argon2id$v=19$m=19456,t=2,p=1$";
/// PBKDF2 with HMAC-SHA-256 (NIST SP 800-132), as often as OWASP asks for.
const PBKDF2: &str = "$pbkdf2-sha256$i=600000,l=32$";
const ROUNDS: u32 = 600_000;
/// Prefix of current hashes.
const CURRENT: &str = if cfg!(feature = "fips") {
    PBKDF2
} else {
    ARGON2
};

fn argon2() -> Argon2<'static> {
    Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(19_456, 2, 1, None).unwrap_or_default(),
    )
}

/// The salt and the digest of a PBKDF2 hash.
fn parts(text: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let (salt, digest) = text.strip_prefix(PBKDF2)?.split_once('$')?;
    Some((
        STANDARD_NO_PAD.decode(salt).ok()?,
        STANDARD_NO_PAD.decode(digest).ok()?,
    ))
}

/// A password hash in PHC format, prefixed by the pepper marker.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Distinguishes this password from a later one; reveals nothing about it.
    pub(crate) fn fingerprint(&self) -> String {
        STANDARD_NO_PAD.encode(sha256(self.0.as_bytes()))
    }
    /// The hash of a password under the installation's pepper. Takes tens of milliseconds, or some
    /// hundreds by PBKDF2: call it on a blocking thread.
    ///
    /// # Errors
    /// When the library refuses its parameters.
    pub(crate) fn of(password: &Password, pepper: &Key) -> Result<Self, Rule> {
        let bytes = password.peppered(pepper);
        if CURRENT == PBKDF2 {
            let salt = random::<16>();
            let digest = pbkdf2(&bytes, &salt, ROUNDS);
            return Ok(Self(format!(
                "{PEPPERED}{PBKDF2}{}${}",
                STANDARD_NO_PAD.encode(salt),
                STANDARD_NO_PAD.encode(digest)
            )));
        }
        let hash = argon2()
            .hash_password(&bytes)
            .map_err(|_| Rule::new("could not be hashed"))?;
        Ok(Self(format!("{PEPPERED}{hash}")))
    }
    /// A well-formed hash that no password is known for, as slow to check as any.
    #[must_use]
    pub fn of_nobody() -> Self {
        Self(format!(
            "{PEPPERED}{CURRENT}bm9ib2R5bm9ib2R5$Iqd0Xr1nLQ0m8pGQxG0hQ0y3gY1p0m6n1mC2i6m1b0E"
        ))
    }
    /// Whether this password matches. Wrong passwords take as long as the right one.
    #[must_use]
    pub fn fits(&self, password: &Password, pepper: &Key) -> bool {
        let verify = |text: &str, bytes: &[u8]| match parts(text) {
            Some((salt, digest)) => pbkdf2_fits(bytes, &salt, ROUNDS, &digest),
            None => phc::PasswordHash::new(text)
                .is_ok_and(|hash| argon2().verify_password(bytes, &hash).is_ok()),
        };
        match self.0.strip_prefix(PEPPERED) {
            Some(text) => verify(text, &password.peppered(pepper)),
            None => verify(&self.0, password.bytes()),
        }
    }
    /// Whether the hash uses the current scheme; others are upgraded at the next sign-in.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.0
            .strip_prefix(PEPPERED)
            .is_some_and(|text| text.starts_with(CURRENT))
    }
    /// Whether no known password matches it.
    #[must_use]
    pub fn is_nobodys(&self) -> bool {
        self.0
            .ends_with("bm9ib2R5bm9ib2R5$Iqd0Xr1nLQ0m8pGQxG0hQ0y3gY1p0m6n1mC2i6m1b0E")
    }
}
impl FromStr for PasswordHash {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let text = raw.strip_prefix(PEPPERED).unwrap_or(raw);
        if ["$argon2id$", PBKDF2]
            .iter()
            .any(|known| text.starts_with(known))
        {
            Ok(Self(raw.to_owned()))
        } else {
            Err(Rule::new("is no password hash"))
        }
    }
}
/// For storage only; the room's own column.
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
    fn hashes_of_either_build_fit_in_both_and_only_ones_own_is_current() {
        let pepper = Key::from_bytes([9; 32]);
        let password = Password::typed("violet kettle harbor nineteen");
        let bytes = password.peppered(&pepper);
        let by_pbkdf2 = format!(
            "{PEPPERED}{PBKDF2}{}${}",
            STANDARD_NO_PAD.encode([7; 16]),
            STANDARD_NO_PAD.encode(pbkdf2(&bytes, &[7; 16], ROUNDS))
        );
        let by_argon2 = format!("{PEPPERED}{}", argon2().hash_password(&bytes).unwrap());
        for (text, current) in [
            (by_pbkdf2, CURRENT == PBKDF2),
            (by_argon2, CURRENT == ARGON2),
        ] {
            let hash: PasswordHash = text.parse().unwrap();
            assert!(
                hash.fits(&password, &pepper)
                    && !hash.fits(&Password::typed("violet kettle harbor ninety"), &pepper),
                "{text}"
            );
            assert!(
                !hash.fits(&password, &Key::from_bytes([8; 32])),
                "another pepper"
            );
            assert_eq!(hash.is_current(), current, "{text}");
        }
        assert!(
            PasswordHash::of(&password, &pepper).unwrap().is_current()
                && PasswordHash::of_nobody().is_nobodys()
        );
        assert!(!PasswordHash::of_nobody().fits(&password, &pepper));
        assert!("$2b$12$abc".parse::<PasswordHash>().is_err());
    }
}
