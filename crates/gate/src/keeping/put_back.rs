//! Putting a record back from its latest version, or saying of one that lost later versions that it is good as it stands.
use crate::passage::{
    event::Event,
    integrity::{Body, Subject, values_of},
    perform::{Command, Granted},
    record::RecordKind,
    refusal::Refusal,
    write_tx::WriteTx,
};
use async_trait::async_trait;
use interpres_policy::{Action, Permission};
use interpres_types::{Field, Line, Problems, RecordId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which record to put back.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RestoreInput {
    /// The record's kind; required.
    pub kind: Field,
    /// The record's id; required.
    pub record: Field,
}

/// Puts a record in quarantine back as its latest version says, whose checksum holds; one that lost later versions counts
/// again as it stands.
#[derive(Debug)]
pub struct RestoreRecord {
    /// Which.
    pub input: RestoreInput,
}

/// A record came back as it was saved once, maybe by an earlier version.
#[derive(Debug)]
pub struct PutBack {
    /// Of which kind.
    pub kind: &'static str,
}

impl Event for PutBack {
    const NAME: &'static str = "a record was put back";
}

/// A record put back.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Restored {
    /// The version it has now.
    pub version: i64,
}

#[async_trait]
impl Command for RestoreRecord {
    const ACTION: Action = Action::IntegrityRestore;
    type Outcome = Restored;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Restored, Refusal> {
        restore(tx, &self.input).await
    }
}

/// The same by whoever holds the machine: for the installation's own records, such as accounts, and where nobody in charge of a
/// workspace can come in.
#[derive(Debug)]
pub struct RestoreOwnRecord {
    /// Which.
    pub input: RestoreInput,
}

#[async_trait]
impl Command for RestoreOwnRecord {
    const ACTION: Action = Action::IntegrityRestore;
    const PERMISSION: Permission = Permission::Maintain;
    type Outcome = Restored;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Restored, Refusal> {
        restore(tx, &self.input).await
    }
}

async fn restore(tx: &mut WriteTx, input: &RestoreInput) -> Result<Restored, Refusal> {
    let mut p = Problems::none();
    let (Some(kind), Some(record)) = (
        p.need::<Line<40>>("kind", &input.kind),
        p.need::<RecordId>("record", &input.record),
    ) else {
        return Err(p.into());
    };
    let kind = tx.read.inner.kind(kind.as_str()).ok_or(Refusal::NotFound)?;
    let (workspace, id) = (tx.read.scope.workspace.clone(), record.to_string());
    let args = [
        workspace.clone().into(),
        kind.name.into(),
        id.clone().into(),
    ];
    let sql = "select found from integrity_incident where workspace_id = $1 and kind = $2 and record_id = $3 and found in ('row', 'missing', 'lost') and quarantined_at is not null and restored_at is null order by found limit 10";
    let open = tx.turn()?.rows(sql, &args).await?;
    let last = open.last().ok_or(Refusal::NotFound)?;
    // A record whose later versions are gone stands where it stood; whoever says so has looked at it.
    let version = if last.text("found")? == "lost" {
        stands(tx, &kind, &id).await?
    } else {
        put_back(tx, &kind, &workspace, &id).await?
    };
    let now = tx.read.now.micros();
    let sql = "update integrity_incident set restored_at = $4 where workspace_id = $1 and kind = $2 and record_id = $3 and found in ('row', 'missing', 'lost') and restored_at is null";
    tx.turn()?
        .execute(sql, &[args.as_slice(), &[now.into()]].concat())
        .await?;
    tx.read.touched.changed(kind.name, id, vec!["quarantine"]);
    tx.happened(&PutBack { kind: kind.name }).await?;
    Ok(Restored { version })
}

async fn put_back(
    tx: &mut WriteTx,
    kind: &RecordKind,
    workspace: &str,
    id: &str,
) -> Result<i64, Refusal> {
    let keys = tx
        .read
        .inner
        .keys
        .workspace(tx.read.actor.workspace)
        .await?;
    let sql = "select version, body, checksum from record_version where workspace_id = $1 and record_id = $2 order by version desc limit 1";
    let rows = tx.turn()?.rows(sql, &[workspace.into(), id.into()]).await?;
    let row = rows.first().ok_or(Refusal::NotFound)?;
    let (version, text, sum) = (
        row.int("version")?,
        row.text("body")?,
        row.bytes("checksum")?.to_vec(),
    );
    if (Subject {
        workspace,
        kind: kind.name,
        id,
        version,
    })
    .sum(&keys, text)
    .as_slice()
        != sum
    {
        return Err(Refusal::conflict(
            "The record's latest version was changed as well, so it can't be put back from there. Restore it from a backup.",
        ));
    }
    let body: Body = serde_json::from_str(text).map_err(Refusal::fault)?;
    let key = body
        .get("key_id")
        .and_then(|k| k.as_str())
        .map(str::to_owned);
    let (sql, args) = crate::passage::save::insert(
        kind,
        workspace,
        id,
        version,
        key,
        sum,
        values_of(kind, &body)?,
    );
    tx.turn()?.execute(&sql, &args).await?;
    Ok(version)
}

/// The version at which a record stands, once that is what was saved as such.
async fn stands(tx: &mut WriteTx, kind: &RecordKind, id: &str) -> Result<i64, Refusal> {
    if !tx.is_latest(kind, "$1", id).await? {
        return Err(Refusal::conflict(
            "The record is not what was saved as this version. Restore it from a backup.",
        ));
    }
    let of = [tx.read.scope.workspace.clone().into(), id.into()];
    let rows = tx
        .turn()?
        .rows(
            &format!(
                "select version from {}_row where workspace_id = $1 and id = $2",
                kind.name
            ),
            &of,
        )
        .await?;
    Ok(rows.first().ok_or(Refusal::NotFound)?.int("version")?)
}
