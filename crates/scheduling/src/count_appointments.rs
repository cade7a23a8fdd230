use crate::{ListAppointments, list_appointments::zone};
use interpres_gate::{Action, Filter, Query, ReadTx, Refusal, async_trait};

/// What is more than so many is not counted to its end.
pub const MOST_COUNTED: i64 = 10_000;

/// How many appointments each of some lists holds, in one question.
#[derive(Clone, Debug)]
pub struct CountAppointments {
    /// The lists; where they begin and how they are sorted does not count.
    pub lists: Vec<ListAppointments>,
}

#[async_trait]
impl Query for CountAppointments {
    const ACTION: Action = Action::AppointmentsCount;
    type View = Vec<i64>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<i64>, Refusal> {
        let zone = zone(tx).await?;
        let mut filter = Filter::default();
        let mut parts = Vec::new();
        for (at, list) in self.lists.iter().enumerate() {
            let list = ListAppointments {
                cursor: "".into(),
                ..list.clone()
            };
            filter.sql = "where 1 = 1".to_owned();
            list.conditions(tx, &zone, &mut filter).await?;
            parts.push(format!(
                "select cast({at} as bigint) as list, count(*) as n from (select 1 as one from appointment {} limit {}) as found{at}",
                filter.sql,
                MOST_COUNTED + 1
            ));
        }
        let mut counts = vec![0; self.lists.len()];
        let sql = parts.join(" union all ");
        for row in tx.rows(&sql, filter.args).await? {
            let at = usize::try_from(row.int("list")?).unwrap_or(usize::MAX);
            if let Some(count) = counts.get_mut(at) {
                *count = row.int("n")?;
            }
        }
        Ok(counts)
    }
}
