use crate::PasswordHash;
use interpres_gate::{Key, checksum, sha1_hex};
use interpres_types::Rule;
use std::{
    fmt,
    fs::File,
    io::{self, BufRead, BufReader, Seek, SeekFrom},
    path::{Path, PathBuf},
};
use unicode_normalization::UnicodeNormalization;

/// A password in clear, on its way to being hashed. Never printed.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// For checking: whatever was typed, its characters composed (NFC), and no more of it than any
    /// password has.
    #[must_use]
    pub fn typed(raw: &str) -> Self {
        Self(raw.nfc().take(1024).collect())
    }
    /// Validates a new password: long enough, not easy to guess, not compromised, not made of the person's own words
    /// (NIST SP 800-63B-4). No composition rules unless the workspace requires them.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn choose(raw: &str, context: &[&str], rules: &PasswordRules<'_>) -> Result<Self, Rule> {
        let chosen = Self::typed(raw);
        let (text, length) = (&chosen.0, chosen.0.chars().count());
        if !(rules.least..=128).contains(&length) {
            return Err(Rule::from(format!(
                "must have {} to 128 characters; four or five unusual words work well",
                rules.least
            )));
        }
        // Eight random characters are estimated at 10^8 guesses, enough with a second factor; a password alone must
        // exceed that.
        let strong = if rules.least < ALONE {
            zxcvbn::Score::Two
        } else {
            zxcvbn::Score::Three
        };
        if zxcvbn::zxcvbn(text, context).score() < strong {
            return Err(Rule::new(
                "is too easy to guess; use words that don't belong together",
            ));
        }
        let words = context
            .iter()
            .copied()
            .chain(CONTEXT_WORDS)
            .filter(|word| word.chars().count() > 2);
        let own = words.fold(text.to_lowercase(), |rest, word| {
            rest.replace(&word.to_lowercase(), "")
        });
        if own.chars().filter(|c| c.is_alphanumeric()).count() < rules.least / 2 {
            return Err(Rule::new(
                "contains your name or email, or ours; use words that have nothing to do with you",
            ));
        }
        if rules.classes && !has_all_classes(text) {
            return Err(Rule::new(
                "must have an uppercase and a lowercase letter, a number and a symbol; your workspace requires it",
            ));
        }
        match rules.compromised.map(|list| list.holds(&chosen)) {
            Some(Ok(true)) => Err(Rule::new(
                "stands in lists of passwords that were stolen elsewhere; use another",
            )),
            Some(Err(_)) => Err(Rule::new(
                "can't be held against the list of stolen passwords now; try again, and tell your operator",
            )),
            _ => Ok(chosen),
        }
    }
    pub(crate) fn peppered(&self, pepper: &Key) -> [u8; 32] {
        checksum(pepper, &[self.0.as_bytes()])
    }
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
    /// Its hash under the installation's pepper; see [`PasswordHash`].
    ///
    /// # Errors
    /// When the library refuses its parameters.
    pub fn hash(&self, pepper: &Key) -> Result<PasswordHash, Rule> {
        PasswordHash::of(self, pepper)
    }
}
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Requirements for a chosen password.
#[derive(Clone, Copy, Debug)]
pub struct PasswordRules<'a> {
    /// Minimum number of characters: 15, or 8 with a second factor.
    pub least: usize,
    /// Whether all character classes are required.
    pub classes: bool,
    /// The operator's list of compromised ones.
    pub compromised: Option<&'a Compromised>,
}

impl PasswordRules<'_> {
    /// The rules with or without a second factor.
    #[must_use]
    pub const fn for_somebody(enrolled: bool) -> Self {
        Self {
            least: if enrolled { 8 } else { ALONE },
            classes: false,
            compromised: None,
        }
    }
}

/// Minimum length without a second factor.
const ALONE: usize = 15;

/// Words that name the product rather than a secret (ASVS 6.2.11).
const CONTEXT_WORDS: [&str; 4] = ["interpres", "interpreter", "interpreting", "appointment"];

fn has_all_classes(text: &str) -> bool {
    let has = |class: fn(char) -> bool| text.chars().any(class);
    has(char::is_uppercase)
        && has(char::is_lowercase)
        && has(char::is_numeric)
        && has(|c| !c.is_alphanumeric())
}

/// The operator's list of compromised passwords: a sorted file of SHA-1 digests in hexadecimal, one per line, such as
/// the one of Have I Been Pwned; anything after a colon is ignored.
#[derive(Clone, Debug)]
pub struct Compromised(PathBuf);

impl Compromised {
    /// The list in this file.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        File::open(path)?;
        Ok(Self(path.to_owned()))
    }

    /// Whether a password is on the list. Binary search, so that a list of gigabytes takes moments.
    fn holds(&self, password: &Password) -> io::Result<bool> {
        let wanted = sha1_hex(password.0.as_bytes());
        let mut file = BufReader::new(File::open(&self.0)?);
        let (mut low, mut high) = (0, file.get_ref().metadata()?.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let line = line_after(&mut file, middle)?;
            match line.as_deref().map(|line| {
                line.split(':')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_ascii_uppercase()
            }) {
                Some(found) if found == wanted => return Ok(true),
                Some(found) if found < wanted => low = middle + 1,
                _ => high = middle,
            }
        }
        file.seek(SeekFrom::Start(0))?;
        let mut first = String::new();
        file.read_line(&mut first)?;
        Ok(first.to_ascii_uppercase().starts_with(&wanted))
    }
}

/// The first whole line that begins after a place.
fn line_after(file: &mut BufReader<File>, place: u64) -> io::Result<Option<String>> {
    file.seek(SeekFrom::Start(place))?;
    let (mut rest, mut line) = (Vec::new(), String::new());
    file.read_until(b'\n', &mut rest)?;
    Ok((file.read_line(&mut line)? > 0).then_some(line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const RULES: PasswordRules<'static> = PasswordRules::for_somebody(false);

    fn pepper() -> Key {
        Key::from_bytes([9; 32])
    }

    #[test]
    fn short_common_and_personal_passwords_are_refused() {
        for bad in [
            "short",
            "password1234567",
            "aaaaaaaaaaaaaaaaaa",
            "dora.lopez.dora.lopez",
            "interpreter appointment interpres",
        ] {
            assert!(
                Password::choose(bad, &["dora", "lopez"], &RULES).is_err(),
                "{bad}"
            );
        }
        assert!(Password::choose("violet kettle harbor nineteen", &[], &RULES).is_ok());
    }
    #[test]
    fn fifteen_characters_are_enough_alone_and_eight_beside_a_second_factor_and_a_hundred_and_twenty_eight_the_most()
     {
        let random = "q7Xk_9wLz~pV4mRt".repeat(9);
        let good = |length: usize, enrolled| {
            Password::choose(
                &random[..length],
                &[],
                &PasswordRules::for_somebody(enrolled),
            )
            .is_ok()
        };
        assert_eq!(
            (
                good(14, false),
                good(15, false),
                good(7, true),
                good(8, true),
                good(128, false),
                good(129, false)
            ),
            (false, true, false, true, true, false)
        );
    }
    #[test]
    fn a_password_is_the_same_however_its_accents_are_written() {
        let hash = Password::typed("caf\u{e9} kettle harbor")
            .hash(&pepper())
            .unwrap();
        assert!(hash.fits(&Password::typed("cafe\u{301} kettle harbor"), &pepper()));
        assert!(!hash.fits(&Password::typed("Caf\u{e9} kettle harbor"), &pepper()));
    }
    #[test]
    fn classes_are_asked_for_only_where_the_workspace_says_so() {
        let strict = PasswordRules {
            classes: true,
            ..RULES
        };
        assert!(Password::choose("violet kettle harbor nineteen", &[], &strict).is_err());
        assert!(Password::choose("Violet kettle harbor 19", &[], &strict).is_ok());
    }
    #[test]
    fn the_operators_list_is_found_through_at_every_place() {
        let words: Vec<String> = (0..200)
            .map(|n| format!("violet kettle harbor {n} nineteen"))
            .collect();
        let mut lines: Vec<String> = words
            .iter()
            .map(|w| format!("{}:{}", sha1_hex(w.as_bytes()), 3))
            .collect();
        lines.sort();
        let path =
            std::env::temp_dir().join(format!("interpres-compromised-{}", std::process::id()));
        File::create(&path)
            .unwrap()
            .write_all((lines.join("\r\n") + "\r\n").as_bytes())
            .unwrap();
        let list = Compromised::open(&path).unwrap();
        let rules = PasswordRules {
            compromised: Some(&list),
            ..RULES
        };
        for word in &words {
            assert!(Password::choose(word, &[], &rules).is_err(), "{word}");
        }
        assert!(Password::choose("violet kettle harbor two hundred", &[], &rules).is_ok());
        std::fs::remove_file(&path).unwrap();
        assert!(
            Password::choose("violet kettle harbor two hundred", &[], &rules).is_err(),
            "a list that is gone must not let anything through"
        );
    }
    #[test]
    fn a_hash_fits_its_password_and_pepper_and_no_other() {
        let hash = Password::typed("violet kettle harbor nineteen")
            .hash(&pepper())
            .unwrap();
        assert!(
            hash.fits(&Password::typed("violet kettle harbor nineteen"), &pepper())
                && hash.is_current()
        );
        assert!(!hash.fits(&Password::typed("violet kettle harbor ninety"), &pepper()));
        assert!(!hash.fits(
            &Password::typed("violet kettle harbor nineteen"),
            &Key::from_bytes([8; 32])
        ));
        assert!(!format!("{hash:?}").contains("argon2"));
    }
    #[test]
    fn nobodys_hash_is_checked_as_slowly_as_a_real_one_and_never_fits() {
        // The minimum of several: on a busy system any single run may have had to wait.
        let slow = |hash: &PasswordHash| {
            let once = |_| {
                let start = std::time::Instant::now();
                assert!(!hash.fits(&Password::typed("anything"), &pepper()));
                start.elapsed()
            };
            (0..5).map(once).min()
        };
        let real = Password::typed("violet kettle harbor nineteen")
            .hash(&pepper())
            .unwrap();
        assert!(
            slow(&PasswordHash::of_nobody()).map(|time| time * 3) > slow(&real),
            "the decoy is rejected before it is computed"
        );
    }
}
