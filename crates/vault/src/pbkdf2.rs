//! PBKDF2 with HMAC-SHA-256 (NIST SP 800-132), for FIPS builds.
use aws_lc_rs::pbkdf2::{PBKDF2_HMAC_SHA256, derive, verify};
use std::num::NonZeroU32;

/// Number of rounds; 0 counts as 1.
fn rounds(rounds: u32) -> NonZeroU32 {
    NonZeroU32::new(rounds).unwrap_or(NonZeroU32::MIN)
}

/// 256 bits derived from a secret.
#[must_use]
pub fn pbkdf2(secret: &[u8], salt: &[u8], times: u32) -> [u8; 32] {
    let mut out = [0; 32];
    derive(PBKDF2_HMAC_SHA256, rounds(times), salt, secret, &mut out);
    out
}

/// Whether a secret derives to this value; constant-time comparison.
#[must_use]
pub fn pbkdf2_fits(secret: &[u8], salt: &[u8], times: u32, derived: &[u8]) -> bool {
    verify(PBKDF2_HMAC_SHA256, rounds(times), salt, secret, derived).is_ok()
}

/// Whether the cryptographic module is FIPS 140-3 validated and in FIPS mode.
#[must_use]
pub fn fips_mode() -> bool {
    aws_lc_rs::try_fips_mode().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_for_validated_ciphers_has_them_and_others_do_not_say_so() {
        assert_eq!(fips_mode(), cfg!(feature = "fips"));
    }

    /// RFC 7914 section 11, the first PBKDF2-HMAC-SHA-256 vector, its first half.
    #[test]
    fn it_is_that_of_the_standard() {
        let derived = pbkdf2(b"passwd", b"salt", 1);
        let hex: String = derived.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(
            hex,
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        );
        assert!(
            pbkdf2_fits(b"passwd", b"salt", 1, &derived)
                && !pbkdf2_fits(b"passwe", b"salt", 1, &derived)
        );
    }
}
