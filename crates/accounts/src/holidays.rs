use interpres_types::{LocalDate, Rule};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// Days on which the office is closed, with their names. As text, a line each: `2026-12-25 Christmas Day`.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Holidays(BTreeMap<LocalDate, String>);

const MOST: usize = 200;
const LONGEST_NAME: usize = 80;

impl Holidays {
    /// Whether the office is closed on this day.
    #[must_use]
    pub fn hold(&self, day: LocalDate) -> bool {
        self.0.contains_key(&day)
    }
}

impl FromStr for Holidays {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let mut days = BTreeMap::new();
        for (line, number) in raw
            .lines()
            .map(str::trim)
            .zip(1..)
            .filter(|(line, _)| !line.is_empty())
        {
            let (date, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let day = date.parse::<LocalDate>().map_err(|_| {
                Rule::from(format!(
                    "must begin each line with a date like 2026-12-25; line {number} does not"
                ))
            })?;
            if name.trim().chars().count() > LONGEST_NAME {
                return Err(Rule::from(format!(
                    "must have names of at most {LONGEST_NAME} characters; that in line {number} is longer"
                )));
            }
            days.insert(day, name.trim().to_owned());
        }
        if days.len() > MOST {
            Err(Rule::from(format!("must be at most {MOST} days")))
        } else {
            Ok(Self(days))
        }
    }
}

impl fmt::Display for Holidays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|(day, name)| writeln!(f, "{}", format!("{day} {name}").trim_end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_day_and_what_is_none_is_told() {
        let days: Holidays = "\n 12/25/2026  Christmas Day \n2026-11-26 Thanksgiving\n2027-01-01\n"
            .parse()
            .unwrap();
        assert_eq!(
            days.to_string(),
            "2026-11-26 Thanksgiving\n2026-12-25 Christmas Day\n2027-01-01\n"
        );
        assert!(
            days.hold("2026-12-25".parse().unwrap()) && !days.hold("2026-12-24".parse().unwrap())
        );
        assert_eq!(days.to_string().parse::<Holidays>(), Ok(days));
        let told = "2026-12-25 Christmas\n\nChristmas Eve"
            .parse::<Holidays>()
            .unwrap_err()
            .to_string();
        assert!(
            told.contains("line 3") && !told.contains("Christmas"),
            "{told}"
        );
        assert!(
            format!("2026-12-25 {}", "x".repeat(81))
                .parse::<Holidays>()
                .is_err()
        );
    }
}
