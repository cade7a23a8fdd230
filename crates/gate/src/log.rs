//! The sequencer: gives entries their numbers, grows each workspace's tree and signs its
//! checkpoint; and the check of the whole log.
use crate::{Gate, Refusal};
use interpres_audit_log::{Checkpoint, Frontier, Hash, LogKey, ProofError, VerifierKey, leaf_hash};
use interpres_store::{Shape, Val, Write};
use interpres_types::WorkspaceId;
use serde::Serialize;
use std::time::Duration;

static LEAF: Shape = Shape { table: "audit_leaf", columns: &["workspace_id", "number", "entry_id", "hash"] };
const AT_A_TIME: i64 = 2_000;

/// Where a workspace's log stands.
#[derive(Debug, Serialize)]
pub struct LogHead {
    /// How many entries are in the tree.
    pub size: u64,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// The public key to check it by.
    pub verifier_key: String,
}

/// What a check of a workspace's log found.
#[derive(Debug, Serialize)]
pub struct LogReport {
    /// Whose log.
    pub workspace: String,
    /// How many entries are in the tree.
    pub entries: u64,
    /// How many wait for their number.
    pub pending: i64,
    /// What is wrong, one line each; nothing when all is well.
    pub problems: Vec<String>,
}

fn log_key(workspace: &str, keys: &crate::keyring::WorkspaceKeys) -> Result<LogKey, Refusal> {
    let seed = keys.log_seed.derive("log signing");
    let bytes: Vec<u8> = (0..32).filter_map(|i| u8::from_str_radix(&seed.hex()[2 * i..2 * i + 2], 16).ok()).collect();
    LogKey::new(&format!("interpres/{workspace}"), &bytes).map_err(Refusal::fault)
}

fn peaks(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks_exact(32).filter_map(|c| c.try_into().ok()).collect()
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
        loop {
            match self.number_entries().await {
                Ok(n) if n >= AT_A_TIME.unsigned_abs() => {}
                Ok(_) => tokio::time::sleep(Duration::from_secs(1)).await,
                Err(refusal) => {
                    tracing::warn!(reason = refusal.word(), "the audit log could not be advanced; trying again");
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
        let rows = self.inner.db.reader().await?.rows("select distinct workspace_id from audit_pending limit 200", &[]).await?;
        let mut numbered = 0;
        for row in rows {
            numbered += self.number_workspace(row.text("workspace_id")?).await?;
        }
        Ok(numbered)
    }

    async fn number_workspace(&self, name: &str) -> Result<u64, Refusal> {
        let workspace: WorkspaceId = name.parse().map_err(|_| Refusal::fault(BrokenHead))?;
        let keys = self.inner.keys.workspace(workspace).await?;
        let mut turn = self.inner.db.turn().await?;
        let advanced = advance(&mut turn, name, &log_key(name, &keys)?, self.now().micros()).await;
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
        let keys = self.inner.keys.workspace(workspace).await?;
        let rows = self.inner.db.reader().await?.rows("select size, checkpoint from audit_head where workspace_id = $1", &[name.clone().into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let verifier_key = log_key(&name, &keys)?.verifier().to_string();
        Ok(Some(LogHead { size: row.int("size")?.unsigned_abs(), checkpoint: row.text("checkpoint")?.to_owned(), verifier_key }))
    }

    /// Checks a workspace's log from its first entry to its last against its signed checkpoint.
    ///
    /// # Errors
    /// A fault of the database; what is wrong with the log stands in the report.
    pub async fn verify_log(&self, workspace: WorkspaceId) -> Result<LogReport, Refusal> {
        let name = workspace.to_string();
        let mut reader = self.inner.db.reader().await?;
        let waiting = reader.rows("select count(*) as n from audit_pending where workspace_id = $1", &[name.clone().into()]).await?;
        let pending = waiting.first().map_or(Ok(0), |row| row.int("n"))?;
        let (mut tree, mut problems) = (Frontier::empty(), Vec::new());
        loop {
            let from = i64::try_from(tree.size()).unwrap_or(i64::MAX);
            let sql = "select l.number, l.hash, e.leaf from audit_leaf l left join audit_entry e on e.workspace_id = l.workspace_id and e.id = l.entry_id where l.workspace_id = $1 and l.number >= $2 order by l.number limit 1000";
            let rows = reader.rows(sql, &[name.clone().into(), from.into()]).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let at = tree.size();
                if row.int("number")?.unsigned_abs() != at {
                    problems.push(format!("entry {at} is missing"));
                    break;
                }
                let hash = leaf_hash(if row.get("leaf")?.is_null() { &[] } else { row.bytes("leaf")? });
                if hash.as_slice() != row.bytes("hash")? {
                    problems.push(format!("entry {at} was changed"));
                }
                tree.append(hash);
            }
            if !problems.is_empty() {
                break;
            }
        }
        drop(reader);
        match self.log_head(workspace).await? {
            Some(head) => problems.extend(head_problems(&head, &tree)),
            None if tree.size() > 0 => problems.push("there is no checkpoint".to_owned()),
            None => {}
        }
        Ok(LogReport { workspace: name, entries: tree.size(), pending, problems })
    }
}

fn head_problems(head: &LogHead, tree: &Frontier) -> Option<String> {
    let key = VerifierKey::parse(&head.verifier_key).ok()?;
    match Checkpoint::open(&head.checkpoint, &key) {
        Err(e) => Some(format!("the checkpoint is not good: {e}")),
        Ok(point) if point.size != tree.size() => Some(format!("the checkpoint speaks of {} entries, the log holds {}", point.size, tree.size())),
        Ok(point) if point.root != tree.root() => Some("the root of the log is not the checkpoint's".to_owned()),
        Ok(_) => None,
    }
}

/// Takes up the tree, appends what waits, and moves the head by compare-and-swap, so that two
/// processes on one store can't fork it.
async fn advance(turn: &mut interpres_store::Turn, name: &str, key: &LogKey, now: i64) -> Result<u64, Refusal> {
    let workspace = || Val::from(name);
    let head = turn.rows("select size, peaks from audit_head where workspace_id = $1", &[workspace()]).await?;
    let mut tree = match head.first() {
        None => Frontier::empty(),
        Some(row) => Frontier::resume(row.int("size")?.unsigned_abs(), peaks(row.bytes("peaks")?)).map_err(|e| Refusal::fault(BrokenHead::from(e)))?,
    };
    let before = i64::try_from(tree.size()).unwrap_or(i64::MAX);
    let sql = "select p.entry_id, e.leaf from audit_pending p join audit_entry e on e.workspace_id = p.workspace_id and e.id = p.entry_id where p.workspace_id = $1 order by p.entry_id limit $2";
    let waiting = turn.rows(sql, &[workspace(), AT_A_TIME.into()]).await?;
    let Some(last) = waiting.last() else { return Ok(0) };
    let mut leaves = Vec::with_capacity(waiting.len());
    for row in &waiting {
        let hash = leaf_hash(row.bytes("leaf")?);
        let number = i64::try_from(tree.size()).unwrap_or(i64::MAX);
        leaves.push(Write::Row(&LEAF, vec![workspace(), number.into(), row.text("entry_id")?.into(), hash.to_vec().into()]));
        tree.append(hash);
    }
    turn.write(leaves).await?;
    // An entry with an earlier id may have been committed since it was read; it has no leaf yet
    // and must keep waiting.
    let done = "delete from audit_pending where workspace_id = $1 and entry_id <= $2 and exists (select 1 from audit_leaf l where l.workspace_id = audit_pending.workspace_id and l.entry_id = audit_pending.entry_id)";
    turn.execute(done, &[workspace(), last.text("entry_id")?.into()]).await?;
    let checkpoint = Checkpoint { origin: format!("interpres/{name}"), size: tree.size(), root: tree.root() }.sign(key);
    let size = i64::try_from(tree.size()).unwrap_or(i64::MAX);
    let args = [workspace(), size.into(), tree.peaks().concat().into(), checkpoint.into(), now.into()];
    let moved = if head.is_empty() {
        turn.execute("insert into audit_head (workspace_id, size, peaks, checkpoint, at) values ($1, $2, $3, $4, $5)", &args).await?
    } else {
        let swap = "update audit_head set size = $2, peaks = $3, checkpoint = $4, at = $5 where workspace_id = $1 and size = $6";
        turn.execute(swap, &[args.as_slice(), &[before.into()]].concat()).await?
    };
    if moved == 1 { Ok(waiting.len() as u64) } else { Err(Refusal::TooSoon(1)) }
}
