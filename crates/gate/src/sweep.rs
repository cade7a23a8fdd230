//! Going through every record and version to see that none was changed behind our back, taking
//! what was out of sight, and putting it back as its latest good version says.
use crate::{
    Action, Command, Gate, Notice, Permission, Query, ReadTx, RecordKind, Refusal, WriteTx,
    admit::parse,
    integrity::{Body, Subject, is_true, values_of},
    keyring::WorkspaceKeys,
};
use interpres_policy::WorkerKind;
use interpres_store::{Reader, Row, StoreError, Val, Write};
use interpres_types::{Field, Instant, Line, Problems, RecordId, WorkspaceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const AT_A_TIME: i64 = 1_000;

/// What a sweep found in one workspace.
#[derive(Default)]
struct Swept {
    records: i64,
    versions: i64,
    incidents: Vec<Write>,
}

impl Gate {
    /// Goes through every record and version of a workspace; gives how many are not what was
    /// saved. They are out of sight when this returns, and those in charge are told.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn sweep(&self, workspace: WorkspaceId) -> Result<i64, Refusal> {
        let (name, now) = (workspace.to_string(), self.now());
        let keys = self.inner.keys.workspace(workspace).await?;
        let mut reader = self.inner.db.reader().await?;
        let mut swept = Swept::default();
        for kind in &self.inner.kinds {
            sweep_rows(&mut reader, kind, &name, &keys, now, &mut swept).await?;
            sweep_missing(&mut reader, kind, &name, now, &mut swept).await?;
        }
        sweep_versions(&mut reader, &name, &keys, now, &mut swept).await?;
        drop(reader);
        let incidents = i64::try_from(swept.incidents.len()).unwrap_or(i64::MAX);
        self.inner.db.note(swept.incidents).wait().await?;
        let worker = self.worker(workspace, WorkerKind::Sweeper);
        self.perform(&worker, FinishSweep { records: swept.records, versions: swept.versions, incidents }).await?;
        Ok(incidents)
    }

    /// Takes out of sight what reading or sweeping found changed, in every workspace.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn quarantine(&self) -> Result<(), Refusal> {
        let sql = "select distinct workspace_id from integrity_incident where quarantined_at is null limit 100";
        let rows = self.inner.db.reader().await?.rows(sql, &[]).await?;
        for row in rows {
            let workspace = parse(row.text("workspace_id")?)?;
            while *self.perform(&self.worker(workspace, WorkerKind::Sweeper), Quarantine).await? > 0 {}
        }
        Ok(())
    }

    /// The workspaces whose last sweep is older than this.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn to_sweep(&self, before: Instant) -> Result<Vec<WorkspaceId>, Refusal> {
        let rows = self.inner.db.reader().await?.rows("select workspace_id from integrity_sweep where at >= $1", &[before.micros().into()]).await?;
        let recent = rows.iter().map(|row| Ok(row.text("workspace_id")?.to_owned())).collect::<Result<Vec<_>, StoreError>>()?;
        let all = self.all_with_logs().await?.into_iter();
        Ok(all.filter(|workspace| !recent.contains(&workspace.to_string())).collect())
    }
}

/// Rows whose checksum does not hold, or that are not their record's latest version.
async fn sweep_rows(reader: &mut Reader, kind: &RecordKind, workspace: &str, keys: &WorkspaceKeys, now: Instant, swept: &mut Swept) -> Result<(), Refusal> {
    let columns: String = kind.columns.iter().map(|c| format!(", r.{}", c.name)).collect();
    let key = if kind.sealed { ", r.key_id" } else { "" };
    let sql = format!(
        "select r.id, r.version, r.checksum{key}{columns}, exists (select 1 from record_version v where v.workspace_id = r.workspace_id and v.record_id = r.id and v.version = r.version and v.checksum = r.checksum) as known,
         exists (select 1 from record_version v where v.workspace_id = r.workspace_id and v.record_id = r.id and v.version = r.version + 1) as old
         from {}_row r where r.workspace_id = $1 and r.id > $2 order by r.id limit {AT_A_TIME}",
        kind.name
    );
    let mut after = String::new();
    loop {
        let rows = reader.rows(&sql, &[workspace.into(), after.clone().into()]).await?;
        for row in &rows {
            swept.records += 1;
            if !(is_true(kind, row, workspace, keys)? && row.flag("known")? && !row.flag("old")?) {
                let subject = Subject { workspace, kind: kind.name, id: row.text("id")?, version: row.int("version")? };
                swept.incidents.push(subject.incident("row", now));
            }
        }
        match rows.last() {
            Some(last) if rows.len() as i64 == AT_A_TIME => row_id(last, &mut after)?,
            _ => return Ok(()),
        }
    }
}

fn row_id(row: &Row, id: &mut String) -> Result<(), StoreError> {
    row.text("id")?.clone_into(id);
    Ok(())
}

/// Records that have versions and no row. What is in quarantine is known already.
async fn sweep_missing(reader: &mut Reader, kind: &RecordKind, workspace: &str, now: Instant, swept: &mut Swept) -> Result<(), Refusal> {
    let sql = format!(
        "select v.record_id from record_version v where v.workspace_id = $1 and v.kind = $2 and v.version = 1
         and not exists (select 1 from {}_row r where r.workspace_id = v.workspace_id and r.id = v.record_id)
         and not exists (select 1 from integrity_incident i where i.workspace_id = v.workspace_id and i.record_id = v.record_id and i.restored_at is null) limit {AT_A_TIME}",
        kind.name
    );
    for row in reader.rows(&sql, &[workspace.into(), kind.name.into()]).await? {
        swept.incidents.push(Subject { workspace, kind: kind.name, id: row.text("record_id")?, version: 0 }.incident("missing", now));
    }
    Ok(())
}

/// Versions whose checksum does not hold, gaps between them, and versions whose entry is gone.
async fn sweep_versions(reader: &mut Reader, workspace: &str, keys: &WorkspaceKeys, now: Instant, swept: &mut Swept) -> Result<(), Refusal> {
    let sql = format!(
        "select v.kind, v.record_id, v.version, v.body, v.checksum, exists (select 1 from audit_entry e where e.workspace_id = v.workspace_id and e.id = v.entry_id) as entered
         from record_version v where v.workspace_id = $1 and (v.record_id, v.version) > ($2, $3) order by v.record_id, v.version limit {AT_A_TIME}"
    );
    let (mut record, mut version) = (String::new(), 0);
    loop {
        let rows = reader.rows(&sql, &[workspace.into(), record.clone().into(), version.into()]).await?;
        for row in &rows {
            let (id, number) = (row.text("record_id")?, row.int("version")?);
            let subject = Subject { workspace, kind: row.text("kind")?, id, version: number };
            let follows = number == if id == record { version + 1 } else { 1 };
            let whole = subject.sum(keys, row.text("body")?).as_slice() == row.bytes("checksum")?;
            if !(whole && follows && row.flag("entered")?) {
                swept.incidents.push(subject.incident("version", now));
            }
            swept.versions += 1;
            (record, version) = (id.to_owned(), number);
        }
        if (rows.len() as i64) < AT_A_TIME {
            return Ok(());
        }
    }
}

/// Takes what is not what was saved out of sight.
struct Quarantine;

impl Command for Quarantine {
    const ACTION: Action = Action::IntegrityQuarantine;
    const PERMISSION: Permission = Permission::SweepRecords;
    type Outcome = i64;
    async fn run(self, tx: &mut WriteTx) -> Result<i64, Refusal> {
        let workspace = tx.read.scope.workspace.clone();
        let sql = "select kind, record_id from integrity_incident where workspace_id = $1 and quarantined_at is null order by kind, record_id limit 500";
        let open = tx.turn()?.rows(sql, &[workspace.clone().into()]).await?;
        let (now, mut done) = (tx.read.now.micros(), 0);
        for row in &open {
            let (kind, id) = (row.text("kind")?, row.text("record_id")?);
            if let Some(known) = tx.read.inner.kind(kind) {
                // A row of another workspace is in no scope: no list, card or rule sees it any more.
                let sql = format!(
                    "update {k}_row set workspace_id = 'quarantine/{now}/' || workspace_id where workspace_id = $1 and id = $2
                     and exists (select 1 from integrity_incident i where i.workspace_id = $1 and i.kind = $3 and i.record_id = $2 and i.found = 'row' and i.quarantined_at is null)",
                    k = known.name
                );
                tx.turn()?.execute(&sql, &[workspace.clone().into(), id.into(), kind.into()]).await?;
                tx.read.touched.changed(known.name, id.to_owned(), vec!["quarantine"]);
            }
            let sql = "update integrity_incident set quarantined_at = $4 where workspace_id = $1 and kind = $2 and record_id = $3 and quarantined_at is null";
            done += i64::from(tx.turn()?.execute(sql, &[workspace.clone().into(), kind.into(), id.into(), now.into()]).await? > 0);
        }
        if done > 0 {
            tx.tell_those_in_charge(
                &Notice::new("integrity", "Records that were changed outside Interpres are in quarantine: ").mention(&done).goes_to("/audit/integrity"),
            )
            .await?;
        }
        Ok(done)
    }
}

/// Notes when a workspace was gone through and with what result.
struct FinishSweep {
    records: i64,
    versions: i64,
    incidents: i64,
}

impl Command for FinishSweep {
    const ACTION: Action = Action::IntegritySweep;
    const PERMISSION: Permission = Permission::SweepRecords;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx) -> Result<(), Refusal> {
        if self.incidents > 0 {
            Quarantine.run(tx).await?;
        }
        tx.read.touched.listed(usize::try_from(self.records).unwrap_or(0));
        let args = [tx.read.scope.workspace.clone().into(), tx.read.now.micros().into(), self.records.into(), self.versions.into(), self.incidents.into()];
        let sql = "insert into integrity_sweep (workspace_id, at, records, versions, incidents) values ($1, $2, $3, $4, $5)
            on conflict (workspace_id) do update set at = excluded.at, records = excluded.records, versions = excluded.versions, incidents = excluded.incidents";
        tx.turn()?.execute(sql, &args).await?;
        Ok(())
    }
}

/// Whether the workspace's records are what was saved.
#[derive(Clone, Debug)]
pub struct ShowIntegrity;

/// How the records stand.
#[derive(Debug, Serialize, JsonSchema)]
pub struct IntegrityView {
    /// The last time every record and version was gone through.
    pub last_sweep: Option<Sweep>,
    /// What was ever found, latest first; at most 200.
    pub incidents: Vec<Incident>,
}

/// A sweep and its result.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Sweep {
    /// When.
    pub at: Instant,
    /// How many records.
    pub records: i64,
    /// How many versions.
    pub versions: i64,
    /// How many were not what was saved.
    pub incidents: i64,
}

/// Something that is not what was saved.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Incident {
    /// The record's kind.
    pub kind: String,
    /// The record's id.
    pub record: String,
    /// The version it claimed; 0 for a record that is missing.
    pub version: i64,
    /// What was found: row (the record), version (an earlier version), missing, decoy (one was opened), clock (it was set back).
    pub found: String,
    /// When it was found.
    pub at: Instant,
    /// When it was taken out of sight.
    pub quarantined_at: Option<Instant>,
    /// When the record was put back.
    pub restored_at: Option<Instant>,
}

impl Query for ShowIntegrity {
    const ACTION: Action = Action::IntegrityShow;
    const PERMISSION: Permission = Permission::ViewAudit;
    type View = IntegrityView;
    async fn answer(self, tx: &mut ReadTx) -> Result<IntegrityView, Refusal> {
        let workspace = [Val::text(tx.actor().workspace())];
        let sweeps = tx.raw("select at, records, versions, incidents from integrity_sweep where workspace_id = $1", &workspace).await?;
        let sweep = |row: &Row| {
            Ok::<_, StoreError>(Sweep {
                at: Instant::from_micros(row.int("at")?),
                records: row.int("records")?,
                versions: row.int("versions")?,
                incidents: row.int("incidents")?,
            })
        };
        let sql = "select kind, record_id, version, found, at, quarantined_at, restored_at from integrity_incident where workspace_id = $1 order by at desc, record_id limit 200";
        let found = tx.raw(sql, &workspace).await?;
        Ok(IntegrityView { last_sweep: sweeps.first().map(sweep).transpose()?, incidents: found.iter().map(incident).collect::<Result<_, _>>()? })
    }
}

fn incident(row: &Row) -> Result<Incident, StoreError> {
    let may_at = |column| Ok::<_, StoreError>(row.may_int(column)?.map(Instant::from_micros));
    Ok(Incident {
        kind: row.text("kind")?.to_owned(),
        record: row.text("record_id")?.to_owned(),
        version: row.int("version")?,
        found: row.text("found")?.to_owned(),
        at: Instant::from_micros(row.int("at")?),
        quarantined_at: may_at("quarantined_at")?,
        restored_at: may_at("restored_at")?,
    })
}

/// Which record to put back.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RestoreInput {
    /// The record's kind; required.
    pub kind: Field,
    /// The record's id; required.
    pub record: Field,
}

/// Puts a record in quarantine back as its latest version says, whose checksum holds.
#[derive(Debug)]
pub struct RestoreRecord {
    /// Which.
    pub input: RestoreInput,
}

/// A record put back.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Restored {
    /// The version it has now.
    pub version: i64,
}

impl Command for RestoreRecord {
    const ACTION: Action = Action::IntegrityRestore;
    const PERMISSION: Permission = Permission::RestoreRecords;
    type Outcome = Restored;
    async fn run(self, tx: &mut WriteTx) -> Result<Restored, Refusal> {
        restore(tx, &self.input).await
    }
}

/// The same for the installation's own records, such as accounts, by whoever holds the machine.
#[derive(Debug)]
pub struct RestoreOwnRecord {
    /// Which.
    pub input: RestoreInput,
}

impl Command for RestoreOwnRecord {
    const ACTION: Action = Action::IntegrityRestore;
    const PERMISSION: Permission = Permission::Maintain;
    type Outcome = Restored;
    async fn run(self, tx: &mut WriteTx) -> Result<Restored, Refusal> {
        restore(tx, &self.input).await
    }
}

async fn restore(tx: &mut WriteTx, input: &RestoreInput) -> Result<Restored, Refusal> {
    let mut p = Problems::none();
    let (Some(kind), Some(record)) = (p.need::<Line<40>>("kind", &input.kind), p.need::<RecordId>("record", &input.record)) else {
        return Err(p.into());
    };
    let kind = tx.read.inner.kind(kind.as_str()).ok_or(Refusal::NotFound)?;
    let (workspace, id) = (tx.read.scope.workspace.clone(), record.to_string());
    let args = [workspace.clone().into(), kind.name.into(), id.clone().into()];
    let sql = "select kind from integrity_incident where workspace_id = $1 and kind = $2 and record_id = $3 and found in ('row', 'missing') and quarantined_at is not null and restored_at is null limit 1";
    tx.turn()?.rows(sql, &args).await?.first().ok_or(Refusal::NotFound)?;
    let version = put_back(tx, &kind, &workspace, &id).await?;
    let now = tx.read.now.micros();
    let sql = "update integrity_incident set restored_at = $4 where workspace_id = $1 and kind = $2 and record_id = $3 and found in ('row', 'missing') and restored_at is null";
    tx.turn()?.execute(sql, &[args.as_slice(), &[now.into()]].concat()).await?;
    tx.read.touched.changed(kind.name, id, vec!["quarantine"]);
    Ok(Restored { version })
}

async fn put_back(tx: &mut WriteTx, kind: &RecordKind, workspace: &str, id: &str) -> Result<i64, Refusal> {
    let keys = tx.read.inner.keys.workspace(tx.read.actor.workspace).await?;
    let sql = "select version, body, checksum from record_version where workspace_id = $1 and record_id = $2 order by version desc limit 1";
    let rows = tx.turn()?.rows(sql, &[workspace.into(), id.into()]).await?;
    let row = rows.first().ok_or(Refusal::NotFound)?;
    let (version, text, sum) = (row.int("version")?, row.text("body")?, row.bytes("checksum")?.to_vec());
    if (Subject { workspace, kind: kind.name, id, version }).sum(&keys, text).as_slice() != sum {
        return Err(Refusal::conflict("The record's latest version was changed as well, so it can't be put back from there. Restore it from a backup."));
    }
    let body: Body = serde_json::from_str(text).map_err(Refusal::fault)?;
    let key = body.get("key_id").and_then(|k| k.as_str()).map(str::to_owned);
    let (sql, args) = crate::write_tx::insert(kind, workspace, id, version, key, sum, values_of(kind, &body)?);
    tx.turn()?.execute(&sql, &args).await?;
    Ok(version)
}
