use crate::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A telephone number in E.164: `+` and 8 to 15 digits. Ten digits without a country code are
/// read as North American.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Phone(String);

impl FromStr for Phone {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let rule = || Rule::new("must be a phone number, like (303) 555-0142");
        let raw = raw.trim();
        let (plus, rest) = raw.strip_prefix('+').map_or((false, raw), |r| (true, r));
        if !rest
            .chars()
            .all(|c| c.is_ascii_digit() || " .-()/".contains(c))
        {
            return Err(rule());
        }
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        match (plus, digits.len()) {
            (true, 8..=15) => Ok(Self(format!("+{digits}"))),
            (false, 10) if !digits.starts_with(['0', '1']) => Ok(Self(format!("+1{digits}"))),
            (false, 11) if digits.starts_with('1') => Ok(Self(format!("+{digits}"))),
            _ => Err(rule()),
        }
    }
}
impl Phone {
    /// The number as people in the US write it: `(303) 555-0142`; one of another country with its code first.
    #[must_use]
    pub fn said(&self) -> String {
        let digits = self.0.strip_prefix('+').unwrap_or(&self.0);
        let parts = digits
            .strip_prefix('1')
            .filter(|rest| rest.len() == 10)
            .and_then(|rest| Some((rest.get(..3)?, rest.get(3..6)?, rest.get(6..)?)));
        match parts {
            Some((area, office, line)) => format!("({area}) {office}-{line}"),
            None => self.0.clone(),
        }
    }
}
impl TryFrom<String> for Phone {
    type Error = Rule;
    fn try_from(raw: String) -> Result<Self, Rule> {
        raw.parse()
    }
}
impl From<Phone> for String {
    fn from(p: Phone) -> Self {
        p.0
    }
}
impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn the_usual_ways_of_writing_a_number_become_one() {
        for text in [
            "303-555-0197",
            "(303) 555-0197",
            "303.555.0197",
            "+1 303 555 0197",
            "13035550197",
        ] {
            assert_eq!(text.parse::<Phone>().unwrap().to_string(), "+13035550197");
        }
        let said = |text: &str| text.parse::<Phone>().unwrap().said();
        assert_eq!(said("303-555-0142"), "(303) 555-0142");
        assert_eq!(said("+49 30 1234567"), "+49301234567");
        for bad in ["call the front desk", "", "555-0197", "+12", "0035550197"] {
            assert!(bad.parse::<Phone>().is_err(), "{bad}");
        }
    }
}
