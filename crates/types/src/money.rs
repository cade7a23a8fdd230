//! Exact money: integer minor units, never floating point (BI4).
use crate::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, iter::Sum, ops, str::FromStr};

/// An ISO 4217 currency code. Currencies with two decimal places only.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Currency(String);

const CURRENCIES: [&str; 8] = ["USD", "CAD", "EUR", "GBP", "AUD", "NZD", "CHF", "MXN"];

impl FromStr for Currency {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let code = raw.trim().to_ascii_uppercase();
        if CURRENCIES.contains(&code.as_str()) {
            Ok(Self(code))
        } else {
            Err(Rule::new("must be a currency code, like USD"))
        }
    }
}
impl TryFrom<String> for Currency {
    type Error = Rule;
    fn try_from(raw: String) -> Result<Self, Rule> {
        raw.parse()
    }
}
impl From<Currency> for String {
    fn from(c: Currency) -> Self {
        c.0
    }
}
impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An amount in hundredths of its currency; the record it belongs to holds the currency.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Cents(pub i64);

impl Cents {
    /// `self × part ÷ whole`, rounded half to even: the one rounding rule for money here.
    /// `whole` must be positive.
    #[must_use]
    pub fn share(self, part: i64, whole: i64) -> Self {
        Self(divide_half_even(
            i128::from(self.0) * i128::from(part),
            i128::from(whole.max(1)),
        ))
    }
}

pub(crate) fn divide_half_even(n: i128, d: i128) -> i64 {
    let (q, r) = (n.div_euclid(d), n.rem_euclid(d));
    let up = match (2 * r).cmp(&d) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => q % 2 != 0,
    };
    i64::try_from(q + i128::from(up)).unwrap_or(i64::MAX)
}

impl ops::Add for Cents {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self(0), ops::Add::add)
    }
}
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, abs) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let whole = (abs / 100).to_string();
        let grouped: Vec<&str> = whole
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|c| std::str::from_utf8(c).unwrap_or(""))
            .collect();
        write!(f, "{sign}{}.{:02}", grouped.join(","), abs % 100)
    }
}
impl FromStr for Cents {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        decimal(raw, 2)
            .filter(|n| n.abs() <= 10_000_000_000)
            .map(Self)
            .ok_or(Rule::new("must be an amount like 95.00"))
    }
}

/// A rate in thousandths of the currency, for prices below a cent such as 72.5 ¢ a mile.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Mills(pub i64);

impl Mills {
    /// The cost of `count` tenths of a unit, rounded half to even.
    #[must_use]
    pub fn times_tenths(self, tenths: i64) -> Cents {
        Cents(divide_half_even(
            i128::from(self.0) * i128::from(tenths),
            100,
        ))
    }
}
impl fmt::Display for Mills {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0.unsigned_abs() % 1000)
    }
}
impl FromStr for Mills {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        decimal(raw, 3)
            .filter(|n| (0..=100_000).contains(n))
            .map(Self)
            .ok_or(Rule::new("must be a rate like 0.725"))
    }
}

fn decimal(raw: &str, places: usize) -> Option<i64> {
    let text = raw.trim().trim_start_matches('$').replace(',', "");
    let (negative, text) = text
        .strip_prefix('-')
        .map_or((false, text.as_str()), |t| (true, t));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 12
        || part.len() > places
        || !digits(whole)
        || !digits(part)
    {
        return None;
    }
    let n: i64 = format!("{whole}{part:0<places$}").parse().ok()?;
    Some(if negative { -n } else { n })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_round_half_to_even() {
        assert_eq!(
            [
                Cents(9500).share(45, 60),
                Cents(5).share(1, 2),
                Cents(15).share(1, 2)
            ],
            [Cents(7125), Cents(2), Cents(8)]
        );
        assert_eq!(Mills(725).times_tenths(127), Cents(921));
    }

    #[test]
    fn amounts_are_read_and_printed_exactly() {
        for (text, cents) in [
            ("95", 9500),
            ("95.5", 9550),
            ("$1,234.56", 123_456),
            ("-0.05", -5),
        ] {
            assert_eq!(text.parse::<Cents>(), Ok(Cents(cents)));
        }
        assert_eq!(
            (Cents(123_456).to_string(), Cents(-5).to_string()),
            ("1,234.56".to_owned(), "-0.05".to_owned())
        );
        for bad in ["", "1.234", "abc", "1e9", "--1", "9999999999999"] {
            assert!(bad.parse::<Cents>().is_err(), "{bad}");
        }
    }
}
