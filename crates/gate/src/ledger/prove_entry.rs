//! Proofs from the log, for whoever holds an earlier checkpoint or a single entry.
use crate::ledger::{log::LogHead, tree::Tree};
use crate::passage::{read_tx::ReadTx, refusal::Refusal, view::Query};
use async_trait::async_trait;
use interpres_audit_log::{base64_hash, proof_text};
use interpres_policy::Action;
use interpres_store::Val;
use interpres_types::{EntryId, Field, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the log stands: its signed checkpoint and the keys to check it by.
#[derive(Clone, Debug)]
pub struct ShowLogHead;

#[async_trait]
impl Query for ShowLogHead {
    const ACTION: Action = Action::AuditProve;
    type View = LogHead;
    async fn answer(self, tx: &mut ReadTx) -> Result<LogHead, Refusal> {
        head(tx).await
    }
}

pub(crate) async fn head(tx: &mut ReadTx) -> Result<LogHead, Refusal> {
    tx.rest();
    let gate = crate::passage::gate::Gate {
        inner: tx.inner.clone(),
    };
    gate.witnessed_head(tx.actor.workspace)
        .await?
        .ok_or(Refusal::TooSoon(1))
}

/// The proof that an entry stands in the log.
#[derive(Clone, Copy, Debug)]
pub struct ProveEntry(pub EntryId);

/// An entry and its proof.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EntryProof {
    /// The entry's bytes, verbatim; the proof is about their hash.
    pub leaf: String,
    /// The proof in the form of C2SP tlog-proof, with the checkpoint.
    pub proof: String,
}

#[async_trait]
impl Query for ProveEntry {
    const ACTION: Action = Action::AuditProve;
    type View = EntryProof;
    async fn answer(self, tx: &mut ReadTx) -> Result<EntryProof, Refusal> {
        let workspace = tx.actor().workspace().to_string();
        let sql = "select e.leaf, l.number from audit_entry e left join audit_leaf l on l.workspace_id = e.workspace_id and l.entry_id = e.id where e.workspace_id = $1 and e.id = $2";
        let rows = tx
            .raw(sql, &[workspace.clone().into(), Val::text(self.0)])
            .await?;
        let row = rows.first().ok_or(Refusal::NotFound)?;
        let (number, head) = (
            row.may_int("number")?
                .ok_or(Refusal::TooSoon(1))?
                .unsigned_abs(),
            head(tx).await?,
        );
        let proof = Tree::of(&tx.inner, &workspace, head.size)
            .inclusion(number)
            .await?;
        let leaf = String::from_utf8(row.bytes("leaf")?.to_vec()).map_err(Refusal::fault)?;
        Ok(EntryProof {
            leaf,
            proof: proof_text(number, &proof, &head.checkpoint),
        })
    }
}

/// The proof that the log still begins with what an earlier checkpoint spoke of.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ProveGrowth {
    /// How many entries the earlier checkpoint spoke of.
    pub from: Field,
}

/// A consistency proof (RFC 6962 section 2.1.2).
#[derive(Debug, Serialize, JsonSchema)]
pub struct GrowthProof {
    /// How many entries the earlier checkpoint spoke of.
    pub from: u64,
    /// The hashes, base64.
    pub hashes: Vec<String>,
    /// The checkpoint they lead to.
    pub checkpoint: String,
}

#[async_trait]
impl Query for ProveGrowth {
    const ACTION: Action = Action::AuditProve;
    type View = GrowthProof;
    async fn answer(self, tx: &mut ReadTx) -> Result<GrowthProof, Refusal> {
        let mut p = Problems::none();
        let head = head(tx).await?;
        let from = p
            .need::<interpres_types::Line<20>>("from", &self.from)
            .and_then(|text| text.as_str().parse::<u64>().ok());
        let Some(from) = from.filter(|from| *from <= head.size) else {
            return Err(Refusal::invalid(
                "from",
                "must be a number of entries that the log has had",
            ));
        };
        let hashes = Tree::of(&tx.inner, &tx.actor().workspace().to_string(), head.size)
            .consistency(from)
            .await?;
        Ok(GrowthProof {
            from,
            hashes: hashes.iter().map(base64_hash).collect(),
            checkpoint: head.checkpoint,
        })
    }
}
