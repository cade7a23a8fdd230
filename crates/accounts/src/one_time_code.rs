//! Codes of an authenticator app: TOTP by RFC 6238 with SHA-1, six digits and thirty seconds, which is
//! what every app understands.
use interpres_gate::{Credential, Refusal};
use interpres_types::Instant;
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Steps before and after now whose codes count, for clocks that are off.
const SKEW: u16 = 1;

/// A fresh seed of 160 bits, as base32.
///
/// # Errors
/// A fault, if it cannot be stored.
pub(crate) fn fresh_seed(random: [u8; 20]) -> Result<Credential, Refusal> {
    Secret::new(Box::new(random))
        .to_base32()
        .parse()
        .map_err(|rule| Refusal::invalid("seed", rule))
}

fn totp(seed: &Credential, account: &str) -> Result<Totp, Refusal> {
    let secret = Secret::try_from_base32(seed.expose())
        .map_err(|_| Refusal::fault("a seed that is no base32"))?;
    let account = account.replace(':', " ");
    let builder = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(SKEW)
        .with_step_duration(30)
        .with_secret(secret);
    builder
        .with_account_name(account)
        .with_issuer(Some("Interpres"))
        .build()
        .map_err(|e| Refusal::fault(e.to_string()))
}

fn seconds(now: Instant) -> u64 {
    u64::try_from(now.micros() / 1_000_000).unwrap_or(0)
}

/// The step whose code this is, if it is one of now.
pub(crate) fn step_of(seed: &Credential, code: &str, now: Instant) -> Result<Option<i64>, Refusal> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    Ok(totp(seed, "x")?
        .check(&digits, seconds(now))
        .and_then(|step| i64::try_from(step).ok()))
}

/// The code of a seed at a moment: for the named world, whose people have no telephones.
///
/// # Errors
/// A fault, if the seed is malformed.
pub fn code_at(seed: &str, now: Instant) -> Result<String, Refusal> {
    let seed: Credential = seed
        .parse()
        .map_err(|rule| Refusal::invalid("seed", rule))?;
    Ok(totp(&seed, "x")?.generate(seconds(now)).to_string())
}

/// The enrollment URI and its QR code (SVG).
pub(crate) fn picture(seed: &Credential, account: &str) -> Result<(String, String), Refusal> {
    let url = totp(seed, account)?
        .to_url()
        .map_err(|e| Refusal::fault(e.to_string()))?;
    let code = qrcode::QrCode::new(&url).map_err(Refusal::fault)?;
    let svg = code
        .render::<qrcode::render::svg::Color<'_>>()
        .min_dimensions(200, 200)
        .quiet_zone(true)
        .build();
    Ok((url, svg))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the SHA-1 rows; their last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let seed: Credential = Secret::new(Box::from(*b"12345678901234567890"))
            .to_base32()
            .parse()
            .unwrap();
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Instant::from_micros(at * 1_000_000);
            assert_eq!(step_of(&seed, code, now).unwrap(), Some(at / 30), "{at}");
            assert_eq!(code_at(seed.expose(), now).unwrap(), code);
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_late_and_no_more() {
        let seed = fresh_seed([7; 20]).unwrap();
        let at = |seconds: i64| Instant::from_micros(seconds * 1_000_000);
        let code = code_at(seed.expose(), at(3_000_000_000)).unwrap();
        let counts = |seconds| step_of(&seed, &code, at(seconds)).unwrap().is_some();
        assert!(counts(3_000_000_000) && counts(3_000_000_059) && counts(2_999_999_970));
        assert!(!counts(3_000_000_060) && !counts(2_999_999_969));
        assert_eq!(step_of(&seed, "12345", at(0)).unwrap(), None);
        assert_eq!(step_of(&seed, "１２３４５６", at(0)).unwrap(), None);
    }
}
