use crate::{ListAppointments, list_appointments::zone};
use interpres_gate::{Action, Counter, Query, ReadTx, Refusal, async_trait};

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
        let mut counter = Counter::default();
        for list in self.lists {
            let list = ListAppointments {
                cursor: "".into(),
                ..list
            };
            list.conditions(tx, &zone, counter.begin()).await?;
            counter.end("appointment");
        }
        counter.counts(tx).await
    }
}
