//! How long it takes from the first offer of an appointment until one is accepted.
use interpres_gate::{Action, Query, ReadTx, Refusal, Row, Val, async_trait};
use interpres_types::{Id, Instant, OfferId};
use schemars::JsonSchema;
use serde::Serialize;

/// How many days are looked at.
const DAYS: i64 = 7;
/// Of at most so many appointments, the latest.
const MOST: i64 = 5_000;
/// The longest that an offer is looked at after it was made, in minutes: thirty days.
const LONGEST_OPEN: i64 = 30 * 24 * 60;

/// How fast the appointments of one's reach were filled in the last seven days.
#[derive(Clone, Copy, Debug)]
pub struct TimeToFill;

/// Upper bound of each group in minutes, exclusive; the last group has no bound.
const GROUPS: [i64; 5] = [5, 15, 60, 4 * 60, 24 * 60];

/// How fast appointments were filled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct FillTimes {
    /// How many were filled by an offer.
    pub filled: i64,
    /// The time that half of them took at most, in minutes.
    pub median: Option<i64>,
    /// How many took under 5, 15 and 60 minutes, 4 hours, a day, and longer.
    pub groups: Vec<i64>,
}

#[async_trait]
impl Query for TimeToFill {
    const ACTION: Action = Action::OverviewFill;
    type View = FillTimes;
    async fn answer(self, tx: &mut ReadTx) -> Result<FillTimes, Refusal> {
        let since = tx.now().plus_minutes(-DAYS * 24 * 60);
        let sql = "select o.answered_at as answered_at,
               (select min(f.offered_at) from offer f where f.appointment_id = o.appointment_id) as offered_at
             from offer o where o.id >= $3 and o.state = 'accepted' and o.answered_at >= $1
             order by o.id desc limit $2";
        // Ids begin with the time they were made at: offers from longer ago are not even looked at.
        let first = OfferId::mint(since.plus_minutes(-LONGEST_OPEN), &[0; 10]);
        let args = vec![since.micros().into(), MOST.into(), Val::text(first)];
        let rows = tx.rows(sql, args).await?;
        let took = |row: &Row| {
            let at = |column| Ok::<_, Refusal>(Instant::from_micros(row.int(column)?));
            Ok(at("answered_at")?.minutes_since(at("offered_at")?))
        };
        Ok(of(rows
            .iter()
            .map(took)
            .collect::<Result<Vec<_>, Refusal>>()?))
    }
}

/// The groups and the median of some times.
fn of(mut minutes: Vec<i64>) -> FillTimes {
    minutes.sort_unstable();
    let mut groups = vec![0; GROUPS.len() + 1];
    for took in &minutes {
        let group = GROUPS.iter().position(|most| took < most);
        groups[group.unwrap_or(GROUPS.len())] += 1;
    }
    FillTimes {
        filled: groups.iter().sum(),
        median: minutes.get(minutes.len().saturating_sub(1) / 2).copied(),
        groups,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_grouped_and_their_middle_found() {
        let times = of(vec![3, 5, 61, 2000, 4]);
        assert_eq!(times.groups, [2, 1, 0, 1, 0, 1]);
        assert_eq!((times.filled, times.median), (5, Some(5)));
        assert_eq!(of(Vec::new()).median, None);
    }
}
