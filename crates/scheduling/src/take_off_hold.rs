use crate::{
    Appointment, Booked, Status,
    put_on_hold::latest,
    transition::{Step, advance, alone_with, appointment_alone},
};
use interpres_gate::{
    Action, Command, Due, Gate, Granted, Next, Permission, Refusal, Work, WorkerKind, WriteTx,
    async_trait,
};
use interpres_types::{AppointmentId, Instant};
use serde::{Deserialize, Serialize};

/// Takes an appointment off hold: it is open again.
#[derive(Debug)]
pub struct TakeOffHold(pub AppointmentId);

#[async_trait]
impl Command for TakeOffHold {
    const ACTION: Action = Action::AppointmentTakeOffHold;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        let a = appointment_alone(tx, self.0).await?;
        advance(tx, a, Step::TakeOffHold).await.map(Booked::from)
    }
}

/// Workspaces where appointments are on hold, and when the first of them comes back: at once where that is not known yet.
const ON_HOLD: &str = "select a.workspace_id as workspace_id, min(coalesce(h.comes_back_at, 0)) as due_at \
    from appointment_row a left join on_hold_row h on h.workspace_id = a.workspace_id and h.appointment_id = a.id \
    where a.status = 'on-hold' group by a.workspace_id";

/// The one that comes back first. Of one that nothing says how long it waits, a day before its start; of one that an earlier
/// version put on hold, it is looked up at once.
const FIRST: &str = "select a.id as id, case when h.id is null then cast(0 as bigint) else cast(1 as bigint) end as told,
      coalesce(h.comes_back_at, case when h.id is null then a.starts_at - 86400000000 else 0 end) as comes_back_at
    from appointment a left join on_hold h on h.appointment_id = a.id and h.id = (select max(x.id) from on_hold x where x.appointment_id = a.id)
    where a.status = $1 order by 3, a.id limit 1";

/// How soon one is looked at again whose row can't be believed: it is put right within seconds.
const UNBELIEVED_SECONDS: i64 = 10;

/// The job by which a workspace's appointments come back on their days.
pub(crate) struct ComesBack;

impl Work for ComesBack {
    const NAME: &'static str = "appointment.comes-back";
    const WORDS: &'static str = "Takes appointments off hold on their day";
    const OWED: Option<&'static str> = Some(ON_HOLD);
    async fn work(gate: &Gate, due: &Due) -> Result<Next, Refusal> {
        // A process of an earlier version beside this one leaves one for each appointment.
        if !due.subject.is_empty() {
            return Ok(Next::Over);
        }
        let worker = gate.worker(due.workspace, WorkerKind::Dispatcher);
        loop {
            match gate
                .perform(&worker, TakeOffHoldOnItsDay)
                .await?
                .into_inner()
            {
                CameBack::One => {}
                CameBack::NoneUntil(at) => return Ok(Next::At(at)),
                CameBack::NoneLeft => return Ok(Next::Over),
            }
        }
    }
}

/// Takes the appointment off hold whose day has come first: one, because each is acted on alone. Run again until there is
/// none.
struct TakeOffHoldOnItsDay;

/// What was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum CameBack {
    /// One is open again, or was found to wait for longer; there may be another.
    One,
    /// None comes back before this.
    NoneUntil(Instant),
    /// None is on hold.
    NoneLeft,
}

#[async_trait]
impl Command for TakeOffHoldOnItsDay {
    const ACTION: Action = Action::AppointmentTakeOffHold;
    const PERMISSION: Permission = Permission::AdvanceOffers;
    type Outcome = CameBack;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<CameBack, Refusal> {
        let rows = tx.rows(FIRST, vec![Status::OnHold.word().into()]).await?;
        let Some(first) = rows.first() else {
            return Ok(CameBack::NoneLeft);
        };
        let at = Instant::from_micros(first.int("comes_back_at")?);
        if at > tx.now() {
            return Ok(CameBack::NoneUntil(at));
        }
        let id: AppointmentId = first.text("id")?.parse().map_err(Refusal::fault)?;
        alone_with(tx, id).await?;
        // Somebody else may have been faster, or it was purged.
        let a = tx.may_find::<Appointment>(id).await?;
        let Some(a) = a.filter(|a| a.status == Status::OnHold) else {
            return Ok(CameBack::One);
        };
        match latest(tx, a.id).await? {
            Some(on_hold) if on_hold.comes_back(&a) > tx.now() => on_hold.follow(tx, &a).await?,
            None if first.flag("told")? => {
                return Ok(CameBack::NoneUntil(
                    tx.now().plus_seconds(UNBELIEVED_SECONDS),
                ));
            }
            _ => drop(advance(tx, a, Step::TakeOffHold).await?),
        }
        Ok(CameBack::One)
    }
}
