//! What is booked of an interpreter, or for a customer: what comes next, and how it went lately. No client is revealed.
use crate::{
    Coming,
    in_one_line::{LINE, lines},
};
use interpres_gate::{Action, Query, ReadTx, Refusal, Val, async_trait, bind_list};
use interpres_types::{CustomerId, InterpreterId};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// How far back it is counted how it went.
const DAYS_BACK: i64 = 90;
/// How far ahead a list says how many are booked.
const DAYS_AHEAD: i64 = 7;
/// How many of what comes next are shown.
const SHOWN: i64 = 8;

const MINUTES_A_DAY: i64 = 24 * 60;
const CALLED_OFF: &str = "('canceled', 'late-cancel', 'declined')";

/// Whose agenda it is.
#[derive(Clone, Copy, Debug)]
pub enum AgendaOwner {
    /// Those that an interpreter covers.
    Interpreter(InterpreterId),
    /// Those that were booked for a customer.
    Customer(CustomerId),
}

impl AgendaOwner {
    /// The condition, where `$1` is the id.
    const fn sql(self) -> &'static str {
        match self {
            Self::Interpreter(_) => {
                "id in (select appointment_id from seat where interpreter_id = $1)"
            }
            Self::Customer(_) => "customer_id = $1",
        }
    }
    fn id(self) -> Val {
        match self {
            Self::Interpreter(id) => Val::text(id),
            Self::Customer(id) => Val::text(id),
        }
    }
}

/// What is booked of an interpreter or for a customer, as far as one's reach goes.
#[derive(Clone, Copy, Debug)]
pub struct ShowAgenda(pub AgendaOwner);

/// What comes next, and how it went in the last 90 days.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct AgendaView {
    /// What comes next, by start; the first of it.
    pub coming: Vec<Coming>,
    /// How many are to come in all.
    pub to_come: i64,
    /// Of the last 90 days: vouchers submitted.
    pub completed: i64,
    /// Of the last 90 days: ended, and the voucher is missing.
    pub no_voucher: i64,
    /// Of the last 90 days: canceled or turned down.
    pub called_off: i64,
    /// Of the last 90 days: somebody did not come.
    pub missed: i64,
}

impl AgendaView {
    /// Whether more is to come than [`AgendaView::coming`] holds.
    #[must_use]
    pub fn has_more(&self) -> bool {
        usize::try_from(self.to_come).is_ok_and(|all| all > self.coming.len())
    }
}

#[async_trait]
impl Query for ShowAgenda {
    const ACTION: Action = Action::AppointmentsList;
    type View = AgendaView;
    async fn answer(self, tx: &mut ReadTx) -> Result<AgendaView, Refusal> {
        let now = tx.now();
        let whose = self.0.sql();
        let back = now.plus_minutes(-DAYS_BACK * MINUTES_A_DAY);
        let args = vec![self.0.id(), now.micros().into(), back.micros().into()];
        let sum = |what: &str| {
            format!("coalesce(sum(case when starts_at < $2 and {what} then 1 else 0 end), 0)")
        };
        let sql = format!(
            "select coalesce(sum(case when starts_at >= $2 and status not in {CALLED_OFF} then 1 else 0 end), 0) as to_come,
               {} as completed, {} as no_voucher, {} as called_off, {} as missed
             from appointment where {whose} and starts_at >= $3",
            sum("status = 'completed'"),
            sum("status = 'incomplete'"),
            sum(&format!("status in {CALLED_OFF}")),
            sum("status = 'missed'"),
        );
        let rows = tx.rows(&sql, args).await?;
        let Some(row) = rows.first() else {
            return Ok(AgendaView::default());
        };
        let next = format!(
            "select {LINE} from appointment where {whose} and ends_at >= $2 and status not in {CALLED_OFF}
             order by starts_at, id limit $3"
        );
        let args = vec![self.0.id(), now.micros().into(), SHOWN.into()];
        let coming = tx.rows(&next, args).await?;
        Ok(AgendaView {
            to_come: row.int("to_come")?,
            completed: row.int("completed")?,
            no_voucher: row.int("no_voucher")?,
            called_off: row.int("called_off")?,
            missed: row.int("missed")?,
            coming: lines(tx, coming).await?,
        })
    }
}

/// How many appointments each of these interpreters or customers has in the next seven days.
#[derive(Clone, Debug)]
pub struct CountBooked {
    /// The interpreters or customers.
    pub of: Vec<AgendaOwner>,
}

#[async_trait]
impl Query for CountBooked {
    const ACTION: Action = Action::AppointmentsList;
    type View = BTreeMap<String, i64>;
    async fn answer(self, tx: &mut ReadTx) -> Result<BTreeMap<String, i64>, Refusal> {
        let Some(first) = self.of.first() else {
            return Ok(BTreeMap::new());
        };
        let now = tx.now();
        let until = now.plus_minutes(DAYS_AHEAD * MINUTES_A_DAY);
        let mut args = vec![now.micros().into(), until.micros().into()];
        let list = bind_list(&mut args, self.of.iter().map(|whose| whose.id()).collect());
        let soon =
            format!("a.starts_at >= $1 and a.starts_at < $2 and a.status not in {CALLED_OFF}");
        let sql = match first {
            AgendaOwner::Interpreter(_) => format!(
                "select s.interpreter_id as whose, count(*) as n from appointment a join seat s on s.appointment_id = a.id
                 where {soon} and s.interpreter_id in ({list}) group by 1"
            ),
            AgendaOwner::Customer(_) => format!(
                "select a.customer_id as whose, count(*) as n from appointment a
                 where {soon} and a.customer_id in ({list}) group by 1"
            ),
        };
        let rows = tx.rows(&sql, args).await?;
        rows.iter()
            .map(|row| Ok((row.text("whose")?.to_owned(), row.int("n")?)))
            .collect()
    }
}
