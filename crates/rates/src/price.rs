use crate::Card;
use interpres_types::{Cents, Currency};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the minutes of a job are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Basis {
    /// Real time, from start to end.
    Worked,
    /// As booked: nobody has worked yet, or it did not take place and is owed all the same.
    Scheduled,
}

impl Basis {
    const fn word(self) -> &'static str {
        match self {
            Self::Worked => "Worked",
            Self::Scheduled => "Scheduled",
        }
    }
}

/// What is priced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Work {
    /// What the minutes are.
    pub basis: Basis,
    /// Minutes of real time from start to end. They come from instants, so a night over the clock
    /// change has the minutes that passed, not the ones on the wall.
    pub minutes: i64,
    /// Tenths of a mile.
    pub miles_tenths: i64,
}

/// One step of a calculation (BI3).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// What was done, in words.
    pub what: String,
    /// What came out, in words.
    pub result: String,
    /// What it adds to the total, in cents.
    pub amount: Option<Cents>,
}

/// An amount and how it came about: the steps' amounts add up to the total, always.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Price {
    /// Cents.
    pub total: Cents,
    /// The currency.
    pub currency: Currency,
    /// Minutes charged.
    pub minutes: i64,
    /// The calculation.
    pub steps: Vec<Step>,
}

/// Prices a job by a card: minimum, increment, hourly rate, mileage. Rounding, half to even,
/// happens once for time and once for miles.
#[must_use]
pub fn price(card: &Card, work: Work) -> Price {
    let mut steps = vec![note(work.basis.word(), format!("{} minutes", work.minutes))];
    let mut minutes = work.minutes.max(0);
    if minutes < card.minimum_minutes {
        minutes = card.minimum_minutes;
        steps.push(note("Minimum", format!("raised to {minutes} minutes")));
    }
    let increment = card.increment_minutes.max(1);
    if minutes % increment != 0 {
        minutes += increment - minutes % increment;
        steps.push(note(
            "Rounded up to full increments",
            format!("of {increment} minutes: {minutes} minutes"),
        ));
    }
    let time = card.hourly.share(minutes, 60);
    steps.push(Step {
        what: format!(
            "{minutes} minutes at {} {} an hour ({})",
            card.hourly, card.currency, card.name
        ),
        result: time.to_string(),
        amount: Some(time),
    });
    let miles = card.mileage.times_tenths(work.miles_tenths.max(0));
    if work.miles_tenths > 0 {
        let what = format!(
            "{}.{} miles at {} {} a mile",
            work.miles_tenths / 10,
            work.miles_tenths % 10,
            card.mileage,
            card.currency
        );
        steps.push(Step {
            what,
            result: miles.to_string(),
            amount: Some(miles),
        });
    }
    Price {
        total: time + miles,
        currency: card.currency.clone(),
        minutes,
        steps,
    }
}

fn note(what: &str, result: String) -> Step {
    Step {
        what: what.to_owned(),
        result,
        amount: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use interpres_types::Mills;

    fn card() -> Card {
        Card {
            name: "Standard".into(),
            currency: "USD".parse().unwrap(),
            hourly: Cents(9500),
            minimum_minutes: 60,
            increment_minutes: 15,
            mileage: Mills(725),
        }
    }
    fn total(minutes: i64, miles_tenths: i64) -> (i64, i64) {
        let p = price(
            &card(),
            Work {
                basis: Basis::Worked,
                minutes,
                miles_tenths,
            },
        );
        assert_eq!(
            p.steps.iter().filter_map(|s| s.amount).sum::<Cents>(),
            p.total,
            "lines add up"
        );
        (p.minutes, p.total.0)
    }

    #[test]
    fn minimum_then_increment_then_rate_then_miles() {
        assert_eq!(total(20, 0), (60, 9500));
        assert_eq!(total(61, 0), (75, 11_875));
        assert_eq!(total(75, 127), (75, 11_875 + 921));
    }

    #[test]
    fn the_trace_says_each_step_in_words() {
        let steps: Vec<String> = price(
            &card(),
            Work {
                basis: Basis::Worked,
                minutes: 61,
                miles_tenths: 127,
            },
        )
        .steps
        .into_iter()
        .map(|s| format!("{}: {}", s.what, s.result))
        .collect();
        assert_eq!(
            steps,
            [
                "Worked: 61 minutes",
                "Rounded up to full increments: of 15 minutes: 75 minutes",
                "75 minutes at 95.00 USD an hour (Standard): 118.75",
                "12.7 miles at 0.725 USD a mile: 9.21"
            ]
        );
    }
}
