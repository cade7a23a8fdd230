use crate::{
    Card,
    price::{Step, Tally, Work},
};
use interpres_types::{Cents, Mills};

/// One rule of a card (BI2). Rules apply in the order of the variants, whatever order they are
/// listed in: first those that decide the minutes, then those that turn minutes into money, then
/// what is added to that. Rounding, half to even, happens once in each rule that adds an amount.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum PricingRule {
    /// At least so many minutes are charged.
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

/// So many minutes, in words.
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

    /// Changes what the rules before it left, and adds the step that says so. A rule that does not
    /// bear on this job adds none.
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
