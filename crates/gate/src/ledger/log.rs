//! The sequencer: gives entries their numbers, grows each workspace's tree and signs its checkpoint.
use crate::passage::{gate::Gate, refusal::Refusal, warnings::Warning};
use interpres_audit_log::{Checkpoint, Frontier, Hash, LogKey, ProofError, leaf_hash};
use interpres_store::{Shape, StoreError, Turn, Write};
use interpres_types::{Instant, WorkspaceId};
use interpres_vault::Key;
use serde::Serialize;
use std::time::Duration;

static LEAF: Shape = Shape {
    table: "audit_leaf",
    columns: &["workspace_id", "number", "entry_id", "hash"],
};
/// So many entries are numbered in one commit; whoever writes in between waits that long.
const AT_A_TIME: i64 = 500;
/// So many commits in a workspace, then the others' entries have their turn.
const COMMITS: usize = 4;
/// A clock that goes back by more than this was set; by less it was corrected.
const LONGEST_STEP_SECONDS: i64 = 60;

/// Where a workspace's log stands.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LogHead {
    /// How many entries are in the tree.
    pub size: u64,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// The public key the log began with: what an outsider writes into a policy.
    pub first_key: String,
    /// The public key it is signed with now.
    pub verifier_key: String,
    /// The notes by which each key handed over to the next, oldest first.
    pub handovers: Vec<String>,
}

/// The name a workspace's log has outside.
pub(crate) fn origin(workspace: &str) -> String {
    format!("interpres/{workspace}")
}

fn signer(workspace: &str, seed: &Key) -> Result<LogKey, Refusal> {
    LogKey::new(&origin(workspace), seed.derive("log signing").expose()).map_err(Refusal::fault)
}

fn peaks(bytes: &[u8]) -> Vec<Hash> {
    bytes
        .chunks_exact(32)
        .filter_map(|c| c.try_into().ok())
        .collect()
}

#[derive(Debug)]
struct BrokenHead;
impl std::fmt::Display for BrokenHead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the stored head of an audit log does not fit its size")
    }
}
impl std::error::Error for BrokenHead {}
impl From<ProofError> for BrokenHead {
    fn from(_: ProofError) -> Self {
        Self
    }
}

impl Gate {
    /// Numbers waiting entries once a second, until the process ends.
    pub async fn number_forever(self) {
        self.inner.watch.begin(self.now());
        loop {
            match self.number_entries().await {
                Ok(n) if n >= AT_A_TIME.unsigned_abs() => {}
                Ok(_) => tokio::time::sleep(Duration::from_secs(1)).await,
                Err(refusal) => {
                    let refusal = refusal.logged("numbering entries");
                    tracing::warn!(
                        reason = refusal.word(),
                        "the audit log could not be advanced; trying again"
                    );
                    tokio::time::sleep(Duration::from_secs(2)).await;
                }
            }
        }
    }

    /// Numbers the entries that wait, workspace by workspace. Gives how many.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn number_entries(&self) -> Result<u64, Refusal> {
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(
                "select distinct workspace_id from audit_pending limit 200",
                &[],
            )
            .await?;
        let mut numbered = 0;
        for row in rows {
            for _ in 0..COMMITS {
                let some = self.number_workspace(row.text("workspace_id")?).await?;
                numbered += some;
                if some < AT_A_TIME.unsigned_abs() {
                    break;
                }
            }
        }
        let waiting = if numbered < AT_A_TIME.unsigned_abs() {
            0
        } else {
            self.waiting().await?
        };
        self.inner.watch.numbered(self.now(), waiting);
        Ok(numbered)
    }

    /// How many entries wait for their numbers.
    async fn waiting(&self) -> Result<i64, Refusal> {
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows("select count(*) as n from audit_pending", &[])
            .await?;
        Ok(rows.first().map_or(Ok(0), |row| row.int("n"))?)
    }

    /// Entries that have no number yet, as they are hashed: what was noted on a copy that only shows.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn unnumbered(&self) -> Result<Vec<String>, Refusal> {
        let sql = "select e.leaf from audit_pending p join audit_entry e on e.workspace_id = p.workspace_id and e.id = p.entry_id order by p.workspace_id, p.entry_id limit 100000";
        let rows = self.inner.db.reader().await?.rows(sql, &[]).await?;
        rows.iter()
            .map(|row| Ok(String::from_utf8_lossy(row.bytes("leaf")?).into_owned()))
            .collect()
    }

    async fn number_workspace(&self, name: &str) -> Result<u64, Refusal> {
        let workspace: WorkspaceId = name.parse().map_err(|_| Refusal::fault(BrokenHead))?;
        let mut turn = self.inner.db.turn().await?;
        let advanced = self.advance(&mut turn, workspace, name).await;
        match advanced {
            Ok(n) => {
                turn.keep().await?.wait().await?;
                Ok(n)
            }
            Err(refusal) => {
                turn.undo().await?;
                Err(refusal)
            }
        }
    }

    /// Where the log of a workspace stands.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn log_head(&self, workspace: WorkspaceId) -> Result<Option<LogHead>, Refusal> {
        let name = workspace.to_string();
        let mut reader = self.inner.db.reader().await?;
        let rows = reader
            .rows(
                "select size, checkpoint from audit_head where workspace_id = $1",
                &[name.clone().into()],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let (size, checkpoint) = (
            row.int("size")?.unsigned_abs(),
            row.text("checkpoint")?.to_owned(),
        );
        let notes = reader.rows("select note from audit_handover where workspace_id = $1 order by number limit 1000", &[name.clone().into()]).await?;
        let handovers = notes
            .iter()
            .map(|row| Ok(row.text("note")?.to_owned()))
            .collect::<Result<Vec<_>, StoreError>>()?;
        drop(reader);
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let first_key = self.log_key(workspace, 0).await?.verifier().to_string();
        let verifier_key = self
            .log_key(workspace, number(handovers.len()))
            .await?
            .verifier()
            .to_string();
        Ok(Some(LogHead {
            size,
            checkpoint,
            first_key,
            verifier_key,
            handovers,
        }))
    }
}

impl Gate {
    /// The key a log is signed with, by its number: 0 is the first, each handover counts one up.
    pub(crate) async fn log_key(
        &self,
        workspace: WorkspaceId,
        number: i64,
    ) -> Result<LogKey, Refusal> {
        signer(
            &workspace.to_string(),
            &self.inner.keys.log_seed(workspace, number).await?,
        )
    }

    /// Takes up the tree, appends what waits, and moves the head by compare-and-swap, so that two
    /// processes on one store can't fork it.
    async fn advance(
        &self,
        turn: &mut Turn,
        workspace: WorkspaceId,
        name: &str,
    ) -> Result<u64, Refusal> {
        let head = turn
            .rows(
                "select size, peaks, at from audit_head where workspace_id = $1",
                &[name.into()],
            )
            .await?;
        if let Some(row) = head.first()
            && self.now() < Instant::from_micros(row.int("at")?).plus_seconds(-LONGEST_STEP_SECONDS)
        {
            tracing::error!(%workspace, "the clock was set back; entries keep the order of their numbers");
            self.inner.keys.warnings.add(workspace, Warning::Clock);
        }
        let mut tree = match head.first() {
            None => Frontier::empty(),
            Some(row) => {
                Frontier::resume(row.int("size")?.unsigned_abs(), peaks(row.bytes("peaks")?))
                    .map_err(|e| Refusal::fault(BrokenHead::from(e)))?
            }
        };
        let before = i64::try_from(tree.size()).unwrap_or(i64::MAX);
        let entries = append_waiting(turn, name, &mut tree).await?;
        if entries == 0 {
            return Ok(0);
        }
        let key = self
            .log_key(workspace, handovers(turn, name).await?)
            .await?;
        let checkpoint = Checkpoint {
            origin: origin(name),
            size: tree.size(),
            root: tree.root(),
        }
        .sign(&key);
        let size = i64::try_from(tree.size()).unwrap_or(i64::MAX);
        let mut args = vec![
            name.into(),
            size.into(),
            tree.peaks().concat().into(),
            checkpoint.into(),
            self.now().micros().into(),
        ];
        let moved = if head.is_empty() {
            turn.execute("insert into audit_head (workspace_id, size, peaks, checkpoint, at) values ($1, $2, $3, $4, $5)", &args).await?
        } else {
            args.push(before.into());
            turn.execute("update audit_head set size = $2, peaks = $3, checkpoint = $4, at = $5 where workspace_id = $1 and size = $6", &args).await?
        };
        if moved == 1 {
            Ok(entries)
        } else {
            Err(Refusal::TooSoon(1))
        }
    }
}

/// How often a log's key was handed over: the number of the key that signs now.
pub(crate) async fn handovers(turn: &mut Turn, name: &str) -> Result<i64, Refusal> {
    let rows = turn
        .rows(
            "select count(*) as n from audit_handover where workspace_id = $1",
            &[name.into()],
        )
        .await?;
    Ok(rows.first().map_or(Ok(0), |row| row.int("n"))?)
}

/// Gives waiting entries their numbers; gives how many.
async fn append_waiting(turn: &mut Turn, name: &str, tree: &mut Frontier) -> Result<u64, Refusal> {
    let sql = "select p.entry_id, e.leaf from audit_pending p join audit_entry e on e.workspace_id = p.workspace_id and e.id = p.entry_id where p.workspace_id = $1 order by p.entry_id limit $2";
    let waiting = turn.rows(sql, &[name.into(), AT_A_TIME.into()]).await?;
    let Some(last) = waiting.last() else {
        return Ok(0);
    };
    let mut writes = Vec::with_capacity(waiting.len());
    for row in &waiting {
        let hash = leaf_hash(row.bytes("leaf")?);
        let number = i64::try_from(tree.size()).unwrap_or(i64::MAX);
        writes.push(Write::Row(
            &LEAF,
            vec![
                name.into(),
                number.into(),
                row.text("entry_id")?.into(),
                hash.to_vec().into(),
            ],
        ));
        tree.grow(hash, |node, hash| {
            writes.extend(crate::ledger::tree::kept(name, node, hash))
        });
    }
    turn.write(writes).await?;
    // An entry with an earlier id may have been committed since it was read; it has no leaf yet
    // and must keep waiting.
    let done = "delete from audit_pending where workspace_id = $1 and entry_id <= $2 and exists (select 1 from audit_leaf l where l.workspace_id = audit_pending.workspace_id and l.entry_id = audit_pending.entry_id)";
    turn.execute(done, &[name.into(), last.text("entry_id")?.into()])
        .await?;
    Ok(waiting.len() as u64)
}
