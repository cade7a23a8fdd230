use crate::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An email address, lowercased: one `@`, a local part of at most 64 characters and a domain with a dot, 254
/// characters in all (RFC 5321). Quoted local parts are not accepted.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("format" = "email"))]
pub struct Email(String);

impl Email {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The domain, in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

fn local_ok(local: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    !local.is_empty()
        && local.len() <= 64
        && local.chars().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn domain_ok(domain: &str) -> bool {
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && l.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    domain.contains('.') && domain.split('.').all(label)
}

impl FromStr for Email {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let folded = raw.trim().to_lowercase();
        match folded.split_once('@') {
            Some((local, domain))
                if folded.len() <= 254 && local_ok(local) && domain_ok(domain) =>
            {
                Ok(Self(folded))
            }
            _ => Err(Rule::new("must be one email address, like ana@example.org")),
        }
    }
}
impl TryFrom<String> for Email {
    type Error = Rule;
    fn try_from(raw: String) -> Result<Self, Rule> {
        raw.parse()
    }
}
impl From<Email> for String {
    fn from(e: Email) -> Self {
        e.0
    }
}
impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn addresses_are_folded_and_broken_ones_refused() {
        assert_eq!(
            " Ana.Ruiz@Example.ORG ".parse::<Email>().unwrap().as_str(),
            "ana.ruiz@example.org"
        );
        for bad in [
            "a@b@c.org",
            "not-an-email",
            "",
            "@x.org",
            "a@",
            "a@b",
            "a b@c.org",
            ".a@c.org",
            "a@-c.org",
            "a@c..org",
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }
}
