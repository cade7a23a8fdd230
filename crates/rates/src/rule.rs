use crate::{
    Card,
    price::{Step, Tally, Work},
};
use interpres_types::{Cents, Mills};

/// One rule of a card (BI2). Rules apply in variant order, however they are listed: first those that decide the
/// minutes, then those that turn minutes into money, then surcharges. Each rule that adds an amount rounds once, half
/// to even.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum PricingRule {
    /// Minimum charge.
    Minimum {
        /// Minutes.
        minutes: i64,
    },
    /// Minutes are rounded up to full increments.
    Increment {
        /// Minutes, at least 1.
        minutes: i64,
    },
    /// So much for each hour.
    Hourly {
        /// Per hour.
        rate: Cents,
    },
    /// So much for each mile.
    Mileage {
        /// Per mile.
        rate: Mills,
    },
}

/// A number of minutes, in words.
pub(crate) fn in_minutes(minutes: i64) -> String {
    match minutes {
        1 => "1 minute".to_owned(),
        _ => format!("{minutes} minutes"),
    }
}

impl PricingRule {
    /// The rules of a card, in the order in which they apply.
    pub(crate) fn of(card: &Card) -> Vec<Self> {
        let mut rules = vec![
            Self::Minimum {
                minutes: card.minimum_minutes,
            },
            Self::Increment {
                minutes: card.increment_minutes.max(1),
            },
            Self::Hourly { rate: card.hourly },
            Self::Mileage { rate: card.mileage },
        ];
        rules.sort_unstable();
        rules
    }

    /// Applies the rule to the result of the previous ones, and adds a step. A rule that does not apply to this job
    /// adds none.
    pub(crate) fn apply(self, card: &Card, work: Work, tally: &mut Tally) {
        match self {
            Self::Minimum { minutes } if tally.minutes < minutes => {
                tally.minutes = minutes;
                tally.steps.push(Step::note(
                    "Minimum",
                    format!("raised to {}", in_minutes(minutes)),
                ));
            }
            Self::Increment { minutes } if tally.minutes % minutes != 0 => {
                tally.minutes += minutes - tally.minutes % minutes;
                tally.steps.push(Step::note(
                    format!("Rounded up to {minutes}-minute steps"),
                    in_minutes(tally.minutes),
                ));
            }
            Self::Hourly { rate } => tally.steps.push(Step::charge(
                format!(
                    "{} at {rate} {} an hour ({})",
                    in_minutes(tally.minutes),
                    card.currency,
                    card.name
                ),
                rate.share(tally.minutes, 60),
            )),
            Self::Mileage { rate } if work.miles_tenths > 0 => tally.steps.push(Step::charge(
                format!(
                    "{}.{} miles at {rate} {} a mile",
                    work.miles_tenths / 10,
                    work.miles_tenths % 10,
                    card.currency
                ),
                rate.times_tenths(work.miles_tenths),
            )),
            Self::Minimum { .. } | Self::Increment { .. } | Self::Mileage { .. } => {}
        }
    }
}
