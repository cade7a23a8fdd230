//! A log's tree as it is stored: leaves, and the roots of complete subtrees at every eighth level.
//! A proof reads a few groups of 256 hashes, however long the log is.
use crate::passage::{gate::Inner, refusal::Refusal};
use interpres_audit_log::{
    Frontier, Hash, Node, consistency_ranges, fold, inclusion_ranges, nodes_of,
};
use interpres_store::{Shape, Shared, Val, Write};
use std::{collections::HashMap, ops::Range};

static NODE: Shape = Shape {
    table: "audit_node",
    columns: &["workspace_id", "level", "number", "hash"],
};
/// Every eighth level is stored; a group of 256 lies between one stored level and the next.
const STEP: u32 = 8;
const GROUPS_IN_MEMORY: usize = 64;

/// The write that keeps a subtree's root, if it is of a stored level.
pub(crate) fn kept(workspace: &str, node: Node, hash: &Hash) -> Option<Write> {
    let number = i64::try_from(node.index).unwrap_or(i64::MAX);
    node.level.is_multiple_of(STEP).then(|| {
        Write::Row(
            &NODE,
            vec![
                workspace.into(),
                i64::from(node.level).into(),
                number.into(),
                hash.to_vec().into(),
            ],
        )
    })
}

/// A workspace's tree of a certain size, for proofs.
/// A connection is taken for each group and given back: whoever reads a proof slowly holds none.
pub(crate) struct Tree {
    inner: Shared<Inner>,
    workspace: String,
    size: u64,
    /// Groups by level and index, each with the roots of its complete subtrees, level by level.
    groups: HashMap<(u32, u64), Vec<Vec<Hash>>>,
}

impl Tree {
    pub(crate) fn of(inner: &Shared<Inner>, workspace: &str, size: u64) -> Self {
        Self {
            inner: inner.clone(),
            workspace: workspace.to_owned(),
            size,
            groups: HashMap::new(),
        }
    }
    /// The audit path of an entry.
    pub(crate) async fn inclusion(&mut self, number: u64) -> Result<Vec<Hash>, Refusal> {
        self.roots(&inclusion_ranges(number, self.size)).await
    }
    /// The proof that the tree of an earlier size is a prefix of this one.
    pub(crate) async fn consistency(&mut self, old: u64) -> Result<Vec<Hash>, Refusal> {
        self.roots(&consistency_ranges(old, self.size)).await
    }

    async fn roots(&mut self, ranges: &[Range<u64>]) -> Result<Vec<Hash>, Refusal> {
        let mut out = Vec::with_capacity(ranges.len());
        for range in ranges {
            let mut parts = Vec::new();
            for node in nodes_of(range) {
                parts.push(self.node(node).await?);
            }
            out.push(fold(&parts));
        }
        Ok(out)
    }

    async fn node(&mut self, node: Node) -> Result<Hash, Refusal> {
        let (level, above) = (node.level - node.level % STEP, node.level % STEP);
        let first = node.index << above;
        let group = self.group(level, first >> STEP).await?;
        let at = usize::try_from(node.index % (1 << (STEP - above))).unwrap_or(0);
        group
            .get(usize::try_from(above).unwrap_or(0))
            .and_then(|roots| roots.get(at))
            .copied()
            .ok_or_else(missing)
    }

    async fn group(&mut self, level: u32, index: u64) -> Result<&Vec<Vec<Hash>>, Refusal> {
        if !self.groups.contains_key(&(level, index)) {
            if self.groups.len() >= GROUPS_IN_MEMORY {
                self.groups.retain(|(level, _), _| *level > 0);
            }
            let mut levels = vec![self.fetch(level, index).await?];
            while let Some(last) = levels.last().filter(|last| last.len() > 1) {
                levels.push(last.chunks_exact(2).map(fold).collect());
            }
            self.groups.insert((level, index), levels);
        }
        self.groups.get(&(level, index)).ok_or_else(missing)
    }

    /// A group's hashes. Where a version before this one appended without keeping subtrees, they
    /// are computed from the level below.
    async fn fetch(&mut self, level: u32, index: u64) -> Result<Vec<Hash>, Refusal> {
        let range = (index << STEP)..((index + 1) << STEP).min(self.size >> level);
        let number = |n: u64| Val::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let mut args = vec![
            Val::from(self.workspace.as_str()),
            number(range.start),
            number(range.end),
        ];
        let sql = if level == 0 {
            "select number, hash from audit_leaf where workspace_id = $1 and number >= $2 and number < $3 order by number"
        } else {
            args.push(i64::from(level).into());
            "select number, hash from audit_node where workspace_id = $1 and level = $4 and number >= $2 and number < $3 order by number"
        };
        let mut found = HashMap::new();
        for row in self.inner.db.reader().await?.rows(sql, &args).await? {
            found.insert(
                row.int("number")?.unsigned_abs(),
                row.bytes("hash")?.try_into().map_err(|_| missing())?,
            );
        }
        let mut out = Vec::with_capacity(found.len());
        for number in range {
            out.push(match found.get(&number) {
                Some(hash) => *hash,
                None if level == 0 => return Err(missing()),
                None => Box::pin(self.computed(level, number)).await?,
            });
        }
        Ok(out)
    }

    async fn computed(&mut self, level: u32, number: u64) -> Result<Hash, Refusal> {
        let mut tree = Frontier::empty();
        self.fetch(level - STEP, number)
            .await?
            .iter()
            .for_each(|hash| tree.append(*hash));
        Ok(tree.root())
    }
}

fn missing() -> Refusal {
    Refusal::fault("the stored tree of an audit log has a gap")
}
