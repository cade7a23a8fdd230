//! How the workspace's records stand: when they were last gone through, and what was ever found.
use crate::passage::{read_tx::ReadTx, refusal::Refusal, view::Query};
use async_trait::async_trait;
use interpres_policy::Action;
use interpres_store::{Row, StoreError, Val};
use interpres_types::Instant;
use schemars::JsonSchema;
use serde::Serialize;

/// Whether the workspace's records are what was saved.
#[derive(Clone, Debug)]
pub struct ShowIntegrity;

/// How the records stand.
#[derive(Debug, Serialize, JsonSchema)]
pub struct IntegrityView {
    /// The last time every record and version was gone through.
    pub last_sweep: Option<Sweep>,
    /// What was ever found: the latest 200.
    pub incidents: Vec<Incident>,
    /// How many there are.
    pub incidents_total: i64,
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
    /// What was found: row (the record), version (an earlier version), missing (the record), lost (a version, or the end of
    /// a pass, that the log tells of), key (the record's), pass (a session, key or link that was not issued here or had ended), log (it does not verify),
    /// keys (the key store is not this workspace's), decoy (one was opened), clock (it was set back).
    pub found: String,
    /// When it was found.
    pub at: Instant,
    /// When it was taken out of sight.
    pub quarantined_at: Option<Instant>,
    /// When the record was put back.
    pub restored_at: Option<Instant>,
}

#[async_trait]
impl Query for ShowIntegrity {
    const ACTION: Action = Action::IntegrityShow;
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
        let all = tx
            .raw(
                "select count(*) as n from integrity_incident where workspace_id = $1",
                &workspace,
            )
            .await?;
        Ok(IntegrityView {
            last_sweep: sweeps.first().map(sweep).transpose()?,
            incidents: found.iter().map(incident).collect::<Result<_, _>>()?,
            incidents_total: all.first().map_or(Ok(0), |row| row.int("n"))?,
        })
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
