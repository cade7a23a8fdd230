//! Text with bounds. Free text never takes what must not be stored anywhere (DI6).
use crate::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

fn bounded(raw: &str, max: usize, multiline: bool) -> Result<String, Rule> {
    let text = raw.trim();
    if text.is_empty() {
        return Err(Rule::new("must not be empty"));
    }
    if text.chars().count() > max {
        return Err(Rule::from(format!("must be at most {max} characters")));
    }
    let bad = |c: char| {
        c.is_control() && !(multiline && matches!(c, '\n' | '\r' | '\t')) || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    if text.chars().any(bad) {
        return Err(Rule::new("must not hold control characters"));
    }
    match forbidden_content(text) {
        Some(rule) => Err(rule),
        None => Ok(text.to_owned()),
    }
}

/// What must never be stored in free text: social security and payment card numbers.
/// The answer names the rule, never the value. Ids of ours are no card numbers, whatever their
/// digits.
#[must_use]
pub fn forbidden_content(text: &str) -> Option<Rule> {
    let is_id = |word: &&str| Uuid::try_parse(word.trim_matches(|c: char| !c.is_ascii_alphanumeric())).is_ok();
    let words: Vec<&str> = text.split_whitespace().map(|word| if is_id(&word) { "id" } else { word }).collect();
    let mut run = String::new();
    for c in words.join(" ").chars().chain(['\n']) {
        if c.is_ascii_digit() || (!run.is_empty() && matches!(c, ' ' | '-')) {
            run.push(c);
            continue;
        }
        if let Some(rule) = forbidden_number(run.trim_end_matches([' ', '-'])) {
            return Some(rule);
        }
        run.clear();
    }
    None
}

fn forbidden_number(run: &str) -> Option<Rule> {
    let groups: Vec<usize> = run.split([' ', '-']).map(str::len).collect();
    let digits: Vec<&str> = run.split([' ', '-']).collect();
    if groups.windows(3).any(|g| g == [3, 2, 4]) {
        return Some(Rule::new("must not hold a social security number"));
    }
    // As cards are written: in one, by fours, or 4-6-5 and 4-6-4.
    let card = |from: usize, to: usize| luhn(&digits[from..to].concat());
    let in_one = (0..groups.len()).any(|i| (13..=19).contains(&groups[i]) && card(i, i + 1));
    let by_fours = (0..groups.len().saturating_sub(3)).any(|i| groups[i..i + 4] == [4; 4] && card(i, i + 4));
    let amex = (0..groups.len().saturating_sub(2)).any(|i| matches!(groups[i..i + 3], [4, 6, 4 | 5]) && card(i, i + 3));
    (in_one || by_fours || amex).then(|| Rule::new("must not hold a payment card number"))
}

/// The check digit of ISO/IEC 7812-1.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0') * if i % 2 == 1 { 2 } else { 1 };
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    sum.is_multiple_of(10)
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $multiline:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schemars(with = "String")]
        pub struct $name<const MAX: usize>(String);
        impl<const MAX: usize> $name<MAX> {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl<const MAX: usize> FromStr for $name<MAX> {
            type Err = Rule;
            fn from_str(raw: &str) -> Result<Self, Rule> { bounded(raw, MAX, $multiline).map(Self) }
        }
        impl<const MAX: usize> TryFrom<String> for $name<MAX> {
            type Error = Rule;
            fn try_from(raw: String) -> Result<Self, Rule> { raw.parse() }
        }
        impl<const MAX: usize> From<$name<MAX>> for String {
            fn from(t: $name<MAX>) -> Self { t.0 }
        }
        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
    };
}

text!(
    /// One line of 1 to `MAX` characters, trimmed, without control or direction-override characters.
    Line, false
);
text!(
    /// Several lines of 1 to `MAX` characters in all, trimmed.
    Note, true
);

/// The number people call a record by, as it may stand in a notice. What somebody types as a number may be a
/// name, so it is told only where every word of it has a digit, or is in upper case with a hyphen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference(Option<String>);

impl From<&Line<40>> for Reference {
    fn from(line: &Line<40>) -> Self {
        let counts = |word: &str| word.chars().any(|c| c.is_ascii_digit()) || (word.contains('-') && !word.chars().any(char::is_lowercase));
        Self(line.0.split_whitespace().all(counts).then(|| line.0.clone()))
    }
}
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or("an appointment"))
    }
}

/// A text as it is searched by: lower case, without accents.
#[must_use]
pub fn searchable(text: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// A cell that no spreadsheet runs as a formula.
#[must_use]
pub fn harmless_cell(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_told_in_a_notice_and_what_could_be_a_name_is_not() {
        let told = |raw: &str| Reference::from(&raw.parse::<Line<40>>().unwrap()).to_string();
        for number in ["FR-1001", "A-QWERTYUI", "3531:  112583-1K", "24-12521", "EA85212658", "ea852"] {
            assert_eq!(told(number), number);
        }
        for name in ["Rosa Kanarya", "KIM", "Kanarya-Lopez", "Kanarya 12", "R. K."] {
            assert_eq!(told(name), "an appointment", "{name}");
        }
    }

    #[test]
    fn text_is_trimmed_and_bounded() {
        assert_eq!("  Ana  ".parse::<Line<5>>().unwrap().as_str(), "Ana");
        for bad in ["", "   ", "sixsix", "a\nb", "a\u{202e}b", "a\u{0}"] {
            assert!(bad.parse::<Line<5>>().is_err(), "{bad:?}");
        }
        assert!("two\nlines".parse::<Note<20>>().is_ok());
    }

    #[test]
    fn social_security_and_card_numbers_are_refused_without_being_repeated() {
        for bad in [
            "SSN 123-45-6789",
            "ssn: 123 45 6789.",
            "card 4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "pay 4111111111111111 now",
            "3782 822463 10005",
            "room 7 4111 1111 1111 1111",
        ] {
            let rule = bad.parse::<Note<100>>().unwrap_err().to_string();
            assert!(rule.starts_with("must not hold") && !rule.contains(|c: char| c.is_ascii_digit()), "{rule}");
        }
    }

    #[test]
    fn no_id_of_ours_is_taken_for_a_card_number() {
        for n in 0..20_000_u64 {
            let id = uuid::Builder::from_unix_timestamp_millis(1_795_000_000_000 + n * 977, &[(n % 251) as u8; 10]).into_uuid();
            assert_eq!(forbidden_content(&id.to_string()), None, "{id}");
        }
    }

    #[test]
    fn ordinary_numbers_pass() {
        for good in [
            "Room 12-3",
            "call 303-555-0197",
            "2027-03-14 09:30",
            "+1 303 555 0197",
            "REQ-00017",
            "Suite 4100, floor 2",
            "Room 1204 303-555-0197",
            "01a20039-4709-7685-8151-604097338165",
            "see 00000000-4111-4111-8111-111111111111.",
        ] {
            assert!(good.parse::<Note<100>>().is_ok(), "{good}");
        }
    }
}
