use crate::{
    Card,
    rule::{PricingRule, in_minutes},
};
use interpres_types::{Cents, Currency};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a job's minutes were determined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Basis {
    /// Real time, from start to end.
    Worked,
    /// Scheduled time: no one has worked yet, or the job did not take place but is billable.
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

/// The facts of a job that rules ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Work {
    /// How the minutes were determined.
    pub basis: Basis,
    /// Elapsed minutes from start to end, computed from instants: a night across a DST change counts the minutes that
    /// passed, not those on the clock.
    pub minutes: i64,
    /// Minutes between the two times that a clock on the wall showed. Other than `minutes` only
    /// where the clock was changed in between.
    pub shown_minutes: i64,
    /// Tenths of a mile.
    pub miles_tenths: i64,
}

/// One step of a calculation (BI3).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// The step, in words.
    pub what: String,
    /// Its result, in words.
    pub result: String,
    /// The amount it adds to the total, in cents.
    pub amount: Option<Cents>,
}

impl Step {
    /// A step that adds nothing to the total.
    pub(crate) fn note(what: impl Into<String>, result: String) -> Self {
        Self {
            what: what.into(),
            result,
            amount: None,
        }
    }
    /// A step that adds an amount.
    pub(crate) fn charge(what: String, amount: Cents) -> Self {
        Self {
            what,
            result: amount.to_string(),
            amount: Some(amount),
        }
    }
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

/// Intermediate result of the rules.
pub(crate) struct Tally {
    /// Minutes to charge.
    pub minutes: i64,
    /// The steps so far.
    pub steps: Vec<Step>,
}

/// Prices a job by a card's rules, each applied to the result of the previous ones.
#[must_use]
pub fn price(card: &Card, work: Work) -> Price {
    let mut tally = Tally {
        minutes: work.minutes.max(0),
        steps: facts(work),
    };
    for rule in PricingRule::of(card) {
        rule.apply(card, work, &mut tally);
    }
    Price {
        total: tally.steps.iter().filter_map(|step| step.amount).sum(),
        currency: card.currency.clone(),
        minutes: tally.minutes,
        steps: tally.steps,
    }
}

/// The facts every calculation starts from.
fn facts(work: Work) -> Vec<Step> {
    let mut steps = vec![Step::note(work.basis.word(), in_minutes(work.minutes))];
    let change = work.minutes - work.shown_minutes;
    if change != 0 {
        let way = if change > 0 { "back" } else { "ahead" };
        steps.push(Step::note(
            format!("The clock went {way} by {}", in_minutes(change.abs())),
            format!(
                "{} passed, {} on the clock",
                in_minutes(work.minutes),
                work.shown_minutes
            ),
        ));
    }
    steps
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
                shown_minutes: minutes,
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
                shown_minutes: 61,
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
                "Rounded up to 15-minute steps: 75 minutes",
                "75 minutes at 95.00 USD an hour (Standard): 118.75",
                "12.7 miles at 0.725 USD a mile: 9.21"
            ]
        );
    }

    #[test]
    fn a_night_over_the_clock_change_says_so_and_is_charged_the_minutes_that_passed() {
        let work = Work {
            basis: Basis::Worked,
            minutes: 180,
            shown_minutes: 120,
            miles_tenths: 0,
        };
        let priced = price(&card(), work);
        assert_eq!(priced.total, Cents(28_500));
        assert_eq!(priced.steps[1].what, "The clock went back by 60 minutes");
        assert_eq!(
            priced.steps[1].result,
            "180 minutes passed, 120 on the clock"
        );
    }
}
