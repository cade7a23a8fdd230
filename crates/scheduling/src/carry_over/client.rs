//! Carries over what an earlier version kept of a client on the appointment itself: each becomes a client of their own,
//! never one with another of the same name. Appointment and client are saved in one transaction, and one that was
//! carried over has a client, so that nothing is lost or doubled wherever it stops. Until then the appointment is
//! read as it was.
use crate::Appointment;
use crate::client::Client;
use crate::for_whom::{belongs, new_client};
use interpres_gate::{
    Action, Command, Due, Gate, Granted, Next, ReadTx, Refusal, Work, WorkerKind, WriteTx,
    async_trait,
};
use interpres_types::Instant;

/// Appointments that one transaction carries over: few enough to be done well within the five seconds that a command has.
const AT_A_TIME: usize = 50;
const DAY_SECONDS: i64 = 24 * 3600;
/// The appointments that are not carried over. What was erased stays as it is.
const UNCARRIED: &str = "client_id is null and key_id is not null and (client_name is not null or client_label is not null)";

/// Makes a client of what an appointment keeps of one; gives whether it did. The appointment is not saved yet.
///
/// # Errors
/// A fault of the key store or the database.
pub(crate) async fn carry(tx: &mut WriteTx, a: &mut Appointment) -> Result<bool, Refusal> {
    let kept = a.client_name.is_some() || a.client_label.is_some();
    if a.client_id.is_some() || a.key.is_none() || !kept {
        return Ok(false);
    }
    let name = a
        .client_name
        .as_ref()
        .and_then(|name| tx.resealed_copy(name));
    if name.is_none() && a.client_name.is_some() {
        // It does not open, which its reading tells of; what stands there is kept for whoever mends it.
        return Ok(false);
    }
    let client = Client {
        name,
        label: a.client_label.clone(),
        ..new_client(tx, a).await?
    };
    belongs(a, &tx.save(&client).await?);
    a.client_name = None;
    a.client_label = None;
    Ok(true)
}

/// Whether clients are kept on appointments still.
///
/// # Errors
/// A fault of the database.
pub async fn is_under_way(tx: &mut ReadTx) -> Result<bool, Refusal> {
    let sql = format!("select id from appointment where {UNCARRIED} limit 1");
    Ok(!tx.rows(&sql, Vec::new()).await?.is_empty())
}

/// Carries some appointments over, after this one; gives the last it looked at.
struct CarryClients {
    after: String,
}

#[async_trait]
impl Command for CarryClients {
    const ACTION: Action = Action::ClientsCarryOver;
    type Outcome = Option<String>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<String>, Refusal> {
        let rest = format!("where {UNCARRIED} and id > $1 order by id limit {AT_A_TIME}");
        let found: Vec<Appointment> = tx.list(&rest, vec![self.after.into()]).await?;
        let last = found.last().map(|a| a.id.to_string());
        for mut a in found {
            if carry(tx, &mut a).await? {
                tx.save(&a).await?;
            }
        }
        Ok(last)
    }
}

/// The job that carries clients over, at start and then each day: a workspace that comes in from elsewhere may bring
/// some along.
pub(crate) struct CarriesClients;

impl Work for CarriesClients {
    const NAME: &'static str = "clients.carry-over";
    const WORDS: &'static str =
        "Makes records of clients that an earlier version kept on appointments";
    fn first(now: Instant) -> Option<Instant> {
        Some(now)
    }
    async fn work(gate: &Gate, due: &Due) -> Result<Next, Refusal> {
        let worker = gate.worker(due.workspace, WorkerKind::Sweeper);
        let mut after = String::new();
        while let Some(last) = gate
            .perform(&worker, CarryClients { after })
            .await?
            .into_inner()
        {
            after = last;
        }
        Ok(Next::At(gate.now().plus_seconds(DAY_SECONDS)))
    }
}
