//! Purging appointments past their retention period: they wait two weeks in a queue and are then deleted unless
//! someone objects. PHI-free money lines, a tombstone and the audit entries remain.
use crate::{
    NewPurge, Purge,
    decoy::plant,
    erase_client::{only_client, sealed_records},
    place_legal_hold::under_hold,
    retention::{GRACE_SECONDS, final_statuses, retention, years_before},
};
use interpres_gate::{
    Action, Command, Due, Gate, Granted, Next, Notice, Permission, Query, ReadTx, Refusal, Val,
    Work, WorkerKind, WriteTx, async_trait,
};
use interpres_scheduling::{Appointment, Client, alone_with, client_lock};
use interpres_types::{Instant, LepClientId, Line, PurgeId, WorkspaceId};

const AT_A_TIME: i64 = 100;
const DAY_SECONDS: i64 = 24 * 3600;

/// Queues appointments past their retention period; returns how many, at most 100 per call.
struct QueuePurges;

#[async_trait]
impl Command for QueuePurges {
    const ACTION: Action = Action::RetentionQueue;
    type Outcome = i64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<i64, Refusal> {
        let retention = retention(tx).await?;
        let Some(years) = retention.and_then(|r| r.years) else {
            return Ok(0);
        };
        let sql = format!(
            "select a.id, a.reference from appointment a where a.status in {} and a.ends_at < $1
             and not exists (select 1 from purge p where p.appointment_id = a.id) order by a.ends_at, a.id limit {AT_A_TIME}",
            final_statuses()
        );
        let before = years_before(tx.now(), years).micros();
        let found = tx.rows(&sql, vec![before.into()]).await?;
        for row in &found {
            let purge = tx
                .blank(NewPurge {
                    appointment_id: row.text("id")?.parse().map_err(Refusal::fault)?,
                    reference: Line::kept(row.text("reference")?.to_owned()),
                    queued_at: tx.now(),
                    due_at: tx.now().plus_seconds(GRACE_SECONDS),
                    years,
                    keys: 0,
                })
                .await?;
            tx.save(&purge).await?;
        }
        let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
        if count > 0 {
            let notice = Notice::new(
                "retention",
                "Appointments will be purged in two weeks unless they are put under a legal hold: ",
            )
            .mention(&count)
            .goes_to("/retention");
            tx.tell_those_in_charge(&notice).await?;
        }
        Ok(count)
    }
}

/// Purges one due appointment unless something prevents it; returns whether it did.
struct PurgeAppointment(PurgeId);

#[async_trait]
impl Command for PurgeAppointment {
    const ACTION: Action = Action::RetentionPurge;
    type Outcome = bool;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<bool, Refusal> {
        let mut purge: Purge = tx.find(self.0).await?;
        let lock = alone_with(tx, purge.appointment_id).await?;
        let retention = retention(tx).await?;
        let kept = retention.as_ref().and_then(|r| r.years);
        let file_missing = retention.is_some_and(|r| r.file_first) && purge.filed_at.is_none();
        let under_hold = under_hold(tx, &lock, purge.appointment_id).await?;
        let Some(appointment) = tx.may_find::<Appointment>(purge.appointment_id).await? else {
            return Ok(false);
        };
        // Since it was queued, the rule may have changed, or the appointment may have been reopened or put under a
        // legal hold.
        let over = appointment.status.is_final()
            && kept.is_some_and(|years| appointment.ends_at < years_before(tx.now(), years));
        if purge.purged_at.is_some()
            || tx.now() < purge.due_at
            || !over
            || under_hold
            || file_missing
        {
            return Ok(false);
        }
        let (label, rule) = (
            Line::kept(purge.reference.to_string()),
            rule(kept.unwrap_or(purge.years)),
        );
        purge.keys = remove(tx, &appointment, &label, &rule).await?;
        purge.purged_at = Some(tx.now());
        tx.save(&purge).await?;
        Ok(true)
    }
}

/// Purges a client for whom nothing has been booked any longer for as long as appointments are kept, unless something
/// was booked for them meanwhile; gives whether they went.
struct PurgeClient(LepClientId);

#[async_trait]
impl Command for PurgeClient {
    const ACTION: Action = Action::RetentionPurge;
    const PERMISSION: Permission = Permission::PurgeRecords;
    type Outcome = bool;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<bool, Refusal> {
        // Who books for a client takes this lock too, and says then that they are linked.
        tx.alone(client_lock(self.0)).await?;
        let Some(years) = retention(tx).await?.and_then(|r| r.years) else {
            return Ok(false);
        };
        let Some(client) = tx.may_find::<Client>(self.0).await? else {
            return Ok(false);
        };
        if client
            .unlinked_at
            .is_none_or(|at| at >= years_before(tx.now(), years))
        {
            return Ok(false);
        }
        let label = Line::kept("a client without appointments".to_owned());
        tx.remove("client", &client.id.to_string(), &label, &rule(years))
            .await?;
        Ok(true)
    }
}

fn rule(years: i64) -> Line<120> {
    Line::kept(format!("kept for {years} years after its end"))
}

/// Deletes an appointment and everything about its client, who is deleted with their last one. Its voucher's money
/// lines remain.
async fn remove(
    tx: &mut WriteTx,
    appointment: &Appointment,
    label: &Line<60>,
    rule: &Line<120>,
) -> Result<i64, Refusal> {
    let (mut keys, id) = (0, appointment.id);
    if let Some(client) = only_client(tx, appointment).await? {
        keys += tx.remove("client", &client, label, rule).await?;
    }
    for (kind, record) in sealed_records(tx, id).await? {
        keys += match kind {
            "voucher" => tx.erase(kind, &record).await?,
            _ => tx.remove(kind, &record, label, rule).await?,
        };
    }
    for kind in ["offer_round", "former_assignment"] {
        for record in tx
            .every_id(kind, "appointment_id = $1", vec![Val::text(id)])
            .await?
        {
            keys += tx.remove(kind, &record, label, rule).await?;
        }
    }
    Ok(keys)
}

/// The daily job that plants a missing decoy, queues appointments past their retention period, and purges those that
/// have waited long enough.
pub(crate) struct KeepsRetention;

impl Work for KeepsRetention {
    const NAME: &'static str = "retention.keep";
    const WORDS: &'static str = "Queues and purges what has been kept for long enough";
    fn first(now: Instant) -> Option<Instant> {
        Some(now)
    }
    async fn work(gate: &Gate, due: &Due) -> Result<Next, Refusal> {
        plant(gate, due.workspace).await?;
        if keep(gate, due.workspace).await? > 0 {
            gate.scrub().await?;
        }
        Ok(Next::At(gate.now().plus_seconds(DAY_SECONDS)))
    }
}

async fn keep(gate: &Gate, workspace: WorkspaceId) -> Result<i64, Refusal> {
    let worker = gate.worker(workspace, WorkerKind::Keeper);
    while *gate.perform(&worker, QueuePurges).await? == AT_A_TIME {}
    let mut purged = 0;
    let mut after = String::new();
    loop {
        let due = gate
            .view(&worker, UnlinkedClients { after })
            .await?
            .into_inner();
        let Some(last) = due.last() else { break };
        after = last.to_string();
        for id in due {
            purged += i64::from(*gate.perform(&worker, PurgeClient(id)).await?);
        }
    }
    after = String::new();
    loop {
        let due = gate.view(&worker, DuePurges { after }).await?.into_inner();
        let Some(last) = due.last() else {
            return Ok(purged);
        };
        after = last.to_string();
        for id in due {
            purged += i64::from(*gate.perform(&worker, PurgeAppointment(id)).await?);
        }
    }
}

/// Clients for whom nothing has been booked for as long as appointments are kept, by id; at most a hundred after one.
struct UnlinkedClients {
    after: String,
}

#[async_trait]
impl Query for UnlinkedClients {
    const ACTION: Action = Action::RetentionShow;
    const PERMISSION: Permission = Permission::PurgeRecords;
    type View = Vec<LepClientId>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<LepClientId>, Refusal> {
        let Some(years) = retention(tx).await?.and_then(|r| r.years) else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "select id from client where unlinked_at is not null and unlinked_at < $1 and id > $2 order by id limit {AT_A_TIME}"
        );
        let before = years_before(tx.now(), years).micros();
        tx.rows(&sql, vec![before.into(), self.after.into()])
            .await?
            .iter()
            .map(|row| row.text("id")?.parse().map_err(Refusal::fault))
            .collect()
    }
}

struct DuePurges {
    after: String,
}

#[async_trait]
impl Query for DuePurges {
    const ACTION: Action = Action::RetentionShow;
    const PERMISSION: Permission = Permission::PurgeRecords;
    type View = Vec<PurgeId>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<PurgeId>, Refusal> {
        let now = tx.now().micros();
        let due: Vec<Purge> = tx
            .list(
                "where purged_at is null and due_at <= $1 and id > $2 order by id limit 100",
                vec![now.into(), self.after.into()],
            )
            .await?;
        Ok(due.into_iter().map(|p| p.id).collect())
    }
}
