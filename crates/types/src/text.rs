//! Text with bounds. Free text never takes what must not be stored anywhere (DI6).
use crate::{Rule, forbidden_content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

fn bounded(raw: &str, max: usize, multiline: bool) -> Result<String, Rule> {
    let text = shaped(raw, max, multiline)?;
    match forbidden_content(&text) {
        Some(rule) => Err(rule),
        None => Ok(text),
    }
}

fn shaped(raw: &str, max: usize, multiline: bool) -> Result<String, Rule> {
    let text = raw.trim();
    if text.is_empty() {
        return Err(Rule::new("must not be empty"));
    }
    if text.chars().count() > max {
        return Err(Rule::from(format!("must be at most {max} characters")));
    }
    let bad = |c: char| {
        c.is_control() && !(multiline && matches!(c, '\n' | '\r' | '\t'))
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    if text.chars().any(bad) {
        return Err(Rule::new("must not hold control characters"));
    }
    Ok(text.to_owned())
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
            /// Wraps stored or generated text without validating it.
            #[must_use]
            pub const fn kept(text: String) -> Self { Self(text) }
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

/// A record's reference number, safe for a notice. Typed references may be names, so one is shown only if every word
/// has a digit, or is upper case with a hyphen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference(Option<String>);

impl From<&Line<40>> for Reference {
    fn from(line: &Line<40>) -> Self {
        let counts = |word: &str| {
            word.chars().any(|c| c.is_ascii_digit())
                || (word.contains('-') && !word.chars().any(char::is_lowercase))
        };
        Self(
            line.0
                .split_whitespace()
                .all(counts)
                .then(|| line.0.clone()),
        )
    }
}
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or("an appointment"))
    }
}

/// A typed reference number: one line of up to 40 characters. The field names its kind, so nine digits are not
/// treated as a social security number unless written like one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypedReference(pub Line<40>);

impl FromStr for TypedReference {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let text = shaped(raw, 40, false)?;
        match forbidden_content(&format!("reference {text}")) {
            Some(rule) => Err(rule),
            None => Ok(Self(Line::kept(text))),
        }
    }
}

/// A text as it is searched by: lower case, without accents.
#[must_use]
pub fn searchable(text: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// A cell that no spreadsheet runs as a formula.
#[must_use]
pub fn harmless_cell(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_told_in_a_notice_and_what_could_be_a_name_is_not() {
        let told = |raw: &str| Reference::from(&raw.parse::<Line<40>>().unwrap()).to_string();
        for number in [
            "FR-1001",
            "A-QWERTYUI",
            "3531:  112583-1K",
            "24-12521",
            "EA85212658",
            "ea852",
        ] {
            assert_eq!(told(number), number);
        }
        for name in [
            "Rosa Kanarya",
            "KIM",
            "Kanarya-Lopez",
            "Kanarya 12",
            "R. K.",
        ] {
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
    fn a_forbidden_number_is_refused_and_one_kept_from_before_stays_readable() {
        let rule = "SSN 219-09-9999"
            .parse::<Line<40>>()
            .unwrap_err()
            .to_string();
        assert!(
            rule.starts_with("must not hold") && !rule.contains(|c: char| c.is_ascii_digit()),
            "{rule}"
        );
        assert_eq!(
            Line::<40>::kept("219 09 9999".into()).as_str(),
            "219 09 9999"
        );
    }

    #[test]
    fn a_reference_may_be_nine_digits_and_never_a_social_security_number() {
        for good in ["219099999", "T-1", "20261214093001"] {
            assert_eq!(
                good.parse::<TypedReference>().map(|r| r.0.to_string()),
                Ok(good.to_owned())
            );
        }
        for bad in ["219-09-9999", "SSN 219099999", "4111111111111111", ""] {
            assert!(bad.parse::<TypedReference>().is_err(), "{bad}");
        }
    }
}
