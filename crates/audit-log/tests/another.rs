//! Roots and proofs of every size up to 1,024, held against those of another implementation.
#![expect(
    clippy::unwrap_used,
    reason = "a test whose other side fails should stop"
)]
use interpres_audit_log::{
    Frontier, Hash, Node, consistency_ranges, fold, inclusion_ranges, leaf_hash, nodes_of,
    verify_consistency, verify_inclusion,
};
use std::{collections::HashMap, ops::Range};
use tlog_tiles::tlog::{
    self, HashReader, check_record, check_tree, prove_record, prove_tree, stored_hashes, tree_hash,
};

const LARGEST: u64 = 1_024;

struct Theirs(Vec<tlog::Hash>);
impl HashReader for Theirs {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog_tiles::tlog::Error> {
        Ok(indexes
            .iter()
            .map(|i| self.0[usize::try_from(*i).unwrap()])
            .collect())
    }
}

/// Of a size: every number where it is small, else those at its beginning, its end and around powers of two.
fn some_of(size: u64) -> Vec<u64> {
    (0..size)
        .filter(|n| {
            size <= 65
                || *n < 3
                || size - n < 4
                || (n + 1).is_power_of_two()
                || n.is_power_of_two()
                || n % 97 == 5
        })
        .collect()
}

#[test]
fn roots_and_proofs_of_every_size_are_those_of_another_implementation() {
    let (mut ours, mut nodes, mut roots) = (
        Frontier::empty(),
        HashMap::new(),
        vec![Frontier::empty().root()],
    );
    let mut theirs = Theirs(Vec::new());
    let mut proofs = 0;
    for size in 1..=LARGEST {
        let text = format!("entry {size}");
        let leaf = leaf_hash(text.as_bytes());
        nodes.insert(
            Node {
                level: 0,
                index: size - 1,
            },
            leaf,
        );
        ours.grow(leaf, |node, hash| {
            nodes.insert(node, *hash);
        });
        let more = stored_hashes(size - 1, text.as_bytes(), &theirs).unwrap();
        theirs.0.extend(more);
        let (root, their_root) = (ours.root(), tree_hash(size, &theirs).unwrap());
        assert_eq!(root, their_root.0, "the root of {size}");
        roots.push(root);
        let made = |ranges: Vec<Range<u64>>| -> Vec<Hash> {
            ranges
                .iter()
                .map(|range| {
                    fold(
                        &nodes_of(range)
                            .iter()
                            .map(|node| nodes[node])
                            .collect::<Vec<_>>(),
                    )
                })
                .collect()
        };
        for index in some_of(size) {
            let (proof, leaf) = (
                made(inclusion_ranges(index, size)),
                nodes[&Node { level: 0, index }],
            );
            let their_proof = prove_record(size, index, &theirs).unwrap();
            assert_eq!(
                proof,
                their_proof.iter().map(|h| h.0).collect::<Vec<_>>(),
                "entry {index} of {size}"
            );
            assert!(verify_inclusion(&leaf, index, size, &proof, &root).is_ok());
            assert!(check_record(&their_proof, size, their_root, index, tlog::Hash(leaf)).is_ok());
            proofs += 1;
            let old = index + 1;
            let (proof, was) = (
                made(consistency_ranges(old, size)),
                roots[usize::try_from(old).unwrap()],
            );
            let their_proof = prove_tree(size, old, &theirs).unwrap();
            assert_eq!(
                proof,
                their_proof.iter().map(|h| h.0).collect::<Vec<_>>(),
                "{old} in {size}"
            );
            assert!(verify_consistency(old, &was, size, &root, &proof).is_ok());
            assert!(check_tree(&their_proof, size, their_root, old, tlog::Hash(was)).is_ok());
        }
    }
    assert!(proofs > 25_000, "{proofs}");
}
