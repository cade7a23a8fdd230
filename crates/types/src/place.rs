use crate::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A point on the map, in millionths of a degree (WGS 84).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// Millionths of a degree north.
    pub latitude: i64,
    /// Millionths of a degree east.
    pub longitude: i64,
}

impl Point {
    /// Metres along the great circle to another point (haversine, mean radius 6,371,008.8 m, IUGG).
    #[must_use]
    pub fn metres_to(self, other: Self) -> i64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "millionths of a degree fit a double exactly"
        )]
        let radians = |micro: i64| (micro as f64 / 1e6).to_radians();
        let (lat1, lat2) = (radians(self.latitude), radians(other.latitude));
        let (dlat, dlon) = (
            lat2 - lat1,
            radians(other.longitude) - radians(self.longitude),
        );
        let h = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
        let metres = 2.0 * 6_371_008.8 * h.sqrt().min(1.0).asin();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "at most half the circumference of the earth"
        )]
        let whole = metres.round() as i64;
        whole
    }
}

/// A five-digit ZIP code; ZIP+4 is truncated to five.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Zip(String);

impl FromStr for Zip {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let five = raw.trim().split('-').next().unwrap_or("");
        if five.len() == 5 && five.chars().all(|c| c.is_ascii_digit()) {
            Ok(Self(five.to_owned()))
        } else {
            Err(Rule::new("must be a ZIP code of five digits"))
        }
    }
}
impl TryFrom<String> for Zip {
    type Error = Rule;
    fn try_from(raw: String) -> Result<Self, Rule> {
        raw.parse()
    }
}
impl From<Zip> for String {
    fn from(z: Zip) -> Self {
        z.0
    }
}
impl fmt::Display for Zip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn denver_to_boulder_is_about_forty_kilometres() {
        let (denver, boulder) = (
            Point {
                latitude: 39_739_000,
                longitude: -104_990_000,
            },
            Point {
                latitude: 40_017_000,
                longitude: -105_280_000,
            },
        );
        assert_eq!(denver.metres_to(boulder) / 1000, 39);
        assert_eq!(denver.metres_to(denver), 0);
    }
}
