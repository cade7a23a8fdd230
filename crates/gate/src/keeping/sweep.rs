//! Going through every record and version, every pass, every record's key and the whole log, to see that nothing
//! was changed behind our back.
use crate::identity::pass::has_ended;
use crate::keeping::quarantine::Quarantine;
use crate::passage::{
    entry::ENDED,
    gate::Gate,
    integrity::{Subject, is_true},
    keyring::WorkspaceKeys,
    perform::{Command, Granted},
    record::RecordKind,
    refusal::Refusal,
    write_tx::WriteTx,
};
use async_trait::async_trait;
use interpres_policy::{Action, WorkerKind};
use interpres_store::{Reader, Row, StoreError, Write};
use interpres_types::{INSTALLATION, Instant, WorkspaceId};

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
    /// A fault of the database; a conflict where the key store is not this workspace's, and then nothing is changed.
    pub async fn sweep(&self, workspace: WorkspaceId) -> Result<i64, Refusal> {
        let (name, now) = (workspace.to_string(), self.now());
        if !self.keys_fit(workspace).await? {
            return Err(crate::keeping::key_fault::refusal());
        }
        let keys = self.inner.keys.workspace(workspace).await?;
        let mut reader = self.inner.db.reader().await?;
        let mut swept = Swept::default();
        for kind in &self.inner.kinds {
            sweep_rows(&mut reader, kind, &name, &keys, now, &mut swept).await?;
            sweep_missing(&mut reader, kind, &name, now, &mut swept).await?;
        }
        sweep_versions(&mut reader, &name, &keys, now, &mut swept).await?;
        drop(reader);
        for kind in self.inner.kinds.iter().filter(|kind| kind.sealed) {
            swept
                .incidents
                .extend(self.sweep_keys(kind, workspace).await?);
        }
        self.sweep_log(workspace, &mut swept).await?;
        let mut incidents = i64::try_from(swept.incidents.len()).unwrap_or(i64::MAX);
        self.inner.db.note(swept.incidents).wait().await?;
        if workspace == INSTALLATION {
            incidents += self.sweep_passes().await?;
        }
        let worker = self.worker(workspace, WorkerKind::Sweeper);
        self.perform(
            &worker,
            FinishSweep {
                records: swept.records,
                versions: swept.versions,
                incidents,
            },
        )
        .await?;
        Ok(incidents)
    }

    /// Holds the log against itself, and records against what it tells of them.
    async fn sweep_log(&self, workspace: WorkspaceId, swept: &mut Swept) -> Result<(), Refusal> {
        let (name, now, report) = (
            workspace.to_string(),
            self.now(),
            self.verify_log(workspace).await?,
        );
        for lost in &report.lost {
            // What the log tells of is so again.
            if let Some(again) = (lost.kind == ENDED)
                .then(|| has_ended(&lost.id, now))
                .flatten()
            {
                self.inner.db.note(vec![again]).wait().await?;
            }
            swept.incidents.push(
                Subject {
                    workspace: &name,
                    kind: lost.kind,
                    id: &lost.id,
                    version: lost.version,
                }
                .loss(lost.made_at, now),
            );
        }
        if let Some(first) = report.problems.first() {
            tracing::error!(%workspace, problems = report.problems.len(), first, "the audit log does not verify");
            swept.incidents.push(
                Subject {
                    workspace: &name,
                    kind: "audit_log",
                    id: &name,
                    version: 0,
                }
                .incident("log", now),
            );
        }
        Ok(())
    }

    /// The workspaces whose last sweep is older than this.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn to_sweep(&self, before: Instant) -> Result<Vec<WorkspaceId>, Refusal> {
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(
                "select workspace_id from integrity_sweep where at >= $1",
                &[before.micros().into()],
            )
            .await?;
        let recent = rows
            .iter()
            .map(|row| Ok(row.text("workspace_id")?.to_owned()))
            .collect::<Result<Vec<_>, StoreError>>()?;
        let all = self.all_with_logs().await?.into_iter();
        Ok(all
            .filter(|workspace| !recent.contains(&workspace.to_string()))
            .collect())
    }
}

/// Rows whose checksum does not hold, or that are not their record's latest version.
async fn sweep_rows(
    reader: &mut Reader,
    kind: &RecordKind,
    workspace: &str,
    keys: &WorkspaceKeys,
    now: Instant,
    swept: &mut Swept,
) -> Result<(), Refusal> {
    let sql = format!(
        "{} where r.workspace_id = $1 and r.id > $2 order by r.id limit {AT_A_TIME}",
        latest(kind)
    );
    let mut after = String::new();
    loop {
        let rows = reader
            .rows(&sql, &[workspace.into(), after.clone().into()])
            .await?;
        for row in &rows {
            swept.records += 1;
            if !(is_true(kind, row, workspace, keys).unwrap_or(false)
                && row.flag("known")?
                && !row.flag("old")?)
            {
                let subject = Subject {
                    workspace,
                    kind: kind.name,
                    id: row.text("id")?,
                    version: row.int("version").unwrap_or(0),
                };
                swept.incidents.push(subject.incident("row", now));
            }
        }
        match rows.last() {
            Some(last) if rows.len() as i64 == AT_A_TIME => row_id(last, &mut after)?,
            _ => return Ok(()),
        }
    }
}

/// The rows of a kind, `r`, each with whether the version it claims is one of workspace `$1`, and whether a later is there.
pub(crate) fn latest(kind: &RecordKind) -> String {
    let columns: String = kind
        .columns
        .iter()
        .map(|c| format!(", r.{}", c.name))
        .collect();
    let key = if kind.sealed { ", r.key_id" } else { "" };
    format!(
        "select r.id, r.version, r.checksum{key}{columns}, exists (select 1 from record_version v where v.workspace_id = $1 and v.record_id = r.id and v.version = r.version and v.checksum = r.checksum) as known,
         exists (select 1 from record_version v where v.workspace_id = $1 and v.record_id = r.id and v.version = r.version + 1) as old from {}_row r",
        kind.name
    )
}

fn row_id(row: &Row, id: &mut String) -> Result<(), StoreError> {
    row.text("id")?.clone_into(id);
    Ok(())
}

/// Records that have versions and no row. What is in quarantine is known already.
async fn sweep_missing(
    reader: &mut Reader,
    kind: &RecordKind,
    workspace: &str,
    now: Instant,
    swept: &mut Swept,
) -> Result<(), Refusal> {
    let sql = format!(
        "select v.record_id from record_version v where v.workspace_id = $1 and v.kind = $2 and v.version = 1
         and not exists (select 1 from {}_row r where r.workspace_id = v.workspace_id and r.id = v.record_id)
         and not exists (select 1 from integrity_incident i where i.workspace_id = v.workspace_id and i.record_id = v.record_id and i.restored_at is null) limit {AT_A_TIME}",
        kind.name
    );
    for row in reader
        .rows(&sql, &[workspace.into(), kind.name.into()])
        .await?
    {
        swept.incidents.push(
            Subject {
                workspace,
                kind: kind.name,
                id: row.text("record_id")?,
                version: 0,
            }
            .incident("missing", now),
        );
    }
    Ok(())
}

/// Versions whose checksum does not hold, gaps between them, and versions whose entry is gone.
async fn sweep_versions(
    reader: &mut Reader,
    workspace: &str,
    keys: &WorkspaceKeys,
    now: Instant,
    swept: &mut Swept,
) -> Result<(), Refusal> {
    let sql = format!(
        "select v.kind, v.record_id, v.version, v.body, v.checksum, exists (select 1 from audit_entry e where e.workspace_id = v.workspace_id and e.id = v.entry_id) as entered
         from record_version v where v.workspace_id = $1 and (v.record_id, v.version) > ($2, $3) order by v.record_id, v.version limit {AT_A_TIME}"
    );
    let (mut record, mut version) = (String::new(), 0);
    loop {
        let rows = reader
            .rows(
                &sql,
                &[workspace.into(), record.clone().into(), version.into()],
            )
            .await?;
        for row in &rows {
            let (id, number) = (row.text("record_id")?, row.int("version")?);
            let subject = Subject {
                workspace,
                kind: row.text("kind")?,
                id,
                version: number,
            };
            let follows = number == if id == record { version + 1 } else { 1 };
            let whole = subject.sum(keys, row.text("body")?).as_slice() == row.bytes("checksum")?;
            if !(whole && follows && row.flag("entered")?) {
                swept.incidents.push(subject.incident("version", now));
            }
            swept.versions += 1;
            record = id.to_owned();
            version = number;
        }
        if (rows.len() as i64) < AT_A_TIME {
            return Ok(());
        }
    }
}

/// Notes when a workspace was gone through and with what result.
struct FinishSweep {
    records: i64,
    versions: i64,
    incidents: i64,
}

#[async_trait]
impl Command for FinishSweep {
    const ACTION: Action = Action::IntegritySweep;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        if self.incidents > 0 {
            tx.then(Quarantine).await?;
        }
        tx.read
            .touched
            .listed(usize::try_from(self.records).unwrap_or(0));
        let args = [
            tx.read.scope.workspace.clone().into(),
            tx.read.now.micros().into(),
            self.records.into(),
            self.versions.into(),
            self.incidents.into(),
        ];
        let sql = "insert into integrity_sweep (workspace_id, at, records, versions, incidents) values ($1, $2, $3, $4, $5)
            on conflict (workspace_id) do update set at = excluded.at, records = excluded.records, versions = excluded.versions, incidents = excluded.incidents";
        tx.turn()?.execute(sql, &args).await?;
        Ok(())
    }
}
