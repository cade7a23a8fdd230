//! Merkle tree hashing and proofs, RFC 6962 section 2.1.
use aws_lc_rs::digest::{Context, SHA256};
use std::ops::Range;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// A proof that does not verify.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub struct ProofError;

fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// The hash of a leaf's bytes.
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    sha256(&[&[0], bytes])
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// A complete subtree: the one at `index`, counted from the left, of those with 2^`level` leaves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Node {
    /// Its height; 0 is a leaf.
    pub level: u32,
    /// Which of this height.
    pub index: u64,
}

/// The largest power of two smaller than `n`, for `n` ≥ 2.
const fn split(n: u64) -> u64 {
    1 << (u64::BITS - 1 - (n - 1).leading_zeros())
}

/// The leaves whose roots make the audit path of leaf `index` in a tree of `size` (RFC 6962
/// section 2.1.1), from the leaf upwards. Empty when the index is outside.
#[must_use]
pub fn inclusion_ranges(index: u64, size: u64) -> Vec<Range<u64>> {
    let (mut path, mut here) = (Vec::new(), 0..size);
    while index < here.end && here.end - here.start > 1 {
        let middle = here.start + split(here.end - here.start);
        let (inside, sibling) = if index < middle {
            (here.start..middle, middle..here.end)
        } else {
            (middle..here.end, here.start..middle)
        };
        path.push(sibling);
        here = inside;
    }
    path.reverse();
    path
}

/// The leaves whose roots prove that the tree of the first `old` leaves is a prefix of the tree of
/// `size` (RFC 6962 section 2.1.2). Empty when there is nothing to prove.
#[must_use]
pub fn consistency_ranges(old: u64, size: u64) -> Vec<Range<u64>> {
    if old == 0 || old >= size {
        return Vec::new();
    }
    let (mut path, mut here, mut whole) = (Vec::new(), 0..size, true);
    while here.end != old {
        let middle = here.start + split(here.end - here.start);
        if old <= middle {
            path.push(middle..here.end);
            here = here.start..middle;
        } else {
            path.push(here.start..middle);
            here = middle..here.end;
            whole = false;
        }
    }
    if !whole {
        path.push(here);
    }
    path.reverse();
    path
}

/// The complete subtrees that make up a range of leaves as [`inclusion_ranges`] and
/// [`consistency_ranges`] give them, from the left.
#[must_use]
pub fn nodes_of(range: &Range<u64>) -> Vec<Node> {
    let (mut nodes, mut at) = (Vec::new(), range.start);
    while at < range.end {
        let level = (range.end - at).ilog2().min(if at == 0 {
            u32::MAX
        } else {
            at.trailing_zeros()
        });
        nodes.push(Node {
            level,
            index: at >> level,
        });
        at += 1 << level;
    }
    nodes
}

/// The root over neighbouring subtrees, each larger than those to its right together.
#[must_use]
pub fn fold(subtrees: &[Hash]) -> Hash {
    let mut from_right = subtrees.iter().rev();
    let Some(last) = from_right.next() else {
        return sha256(&[]);
    };
    from_right.fold(*last, |right, left| node_hash(left, &right))
}

/// The root of a tree with these leaf hashes.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::empty();
    leaves.iter().for_each(|leaf| frontier.append(*leaf));
    frontier.root()
}

/// Verifies that a leaf hash is at `index` in the tree with `size` leaves and this root.
///
/// # Errors
/// When the proof does not show it (RFC 9162 section 2.1.3.2).
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    tree: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError);
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && hash == *tree {
        Ok(())
    } else {
        Err(ProofError)
    }
}

/// Checks that the tree of `old` leaves is a prefix of the tree of `new` leaves.
///
/// # Errors
/// When the proof does not show it (RFC 9162 section 2.1.4.2).
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    let ok = |yes: bool| if yes { Ok(()) } else { Err(ProofError) };
    // Everything extends the empty tree, so a proof of that would prove nothing.
    if old == 0 || old > new {
        return Err(ProofError);
    }
    if old == new {
        return ok(proof.is_empty() && old_root == new_root);
    }
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let mut path = proof.iter();
    let seed = if node == 0 {
        *old_root
    } else {
        *path.next().ok_or(ProofError)?
    };
    let (mut was, mut is) = (seed, seed);
    for sibling in path {
        if last == 0 {
            return Err(ProofError);
        }
        if node & 1 == 1 || node == last {
            was = node_hash(sibling, &was);
            is = node_hash(sibling, &is);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            is = node_hash(&is, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    ok(last == 0 && was == *old_root && is == *new_root)
}

/// The roots of the complete subtrees of a growing tree: all one needs to append.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// An empty tree.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }
    /// Restores a stored frontier: its size and peaks, leftmost first.
    ///
    /// # Errors
    /// When the number of peaks does not fit the size.
    pub fn resume(size: u64, peaks: Vec<Hash>) -> Result<Self, ProofError> {
        if u64::from(size.count_ones()) == peaks.len() as u64 {
            Ok(Self { size, peaks })
        } else {
            Err(ProofError)
        }
    }
    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }
    /// The peaks, leftmost first.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }
    /// Adds one leaf.
    pub fn append(&mut self, leaf: Hash) {
        self.grow(leaf, |_, _| {});
    }
    /// Adds one leaf and returns every subtree that became complete.
    pub fn grow(&mut self, leaf: Hash, mut complete: impl FnMut(Node, &Hash)) {
        let mut hash = leaf;
        for level in 1..=self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
            complete(
                Node {
                    level,
                    index: self.size >> level,
                },
                &hash,
            );
        }
        self.peaks.push(hash);
        self.size += 1;
    }
    /// The root of the whole tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold(&self.peaks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(n: usize) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    #[test]
    fn the_empty_tree_has_the_hash_of_nothing() {
        assert_eq!(root(&[])[..4], [0xe3, 0xb0, 0xc4, 0x42]);
    }

    #[test]
    fn a_frontier_has_the_same_root_as_the_whole_tree_at_every_size() {
        let mut frontier = Frontier::empty();
        for n in 0..260 {
            assert_eq!(frontier.root(), root(&leaves(n)), "size {n}");
            let again = Frontier::resume(frontier.size(), frontier.peaks().to_vec()).unwrap();
            assert_eq!(again, frontier);
            frontier.append(leaf_hash(&n.to_be_bytes()));
        }
    }

    /// The textbook definition, to compare ours with.
    fn plain_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => sha256(&[]),
            [one] => *one,
            many => {
                let (left, right) =
                    many.split_at(usize::try_from(split(many.len() as u64)).unwrap());
                node_hash(&plain_root(left), &plain_root(right))
            }
        }
    }

    fn hashes(all: &[Hash], ranges: &[Range<u64>]) -> Vec<Hash> {
        let part = |r: &Range<u64>| {
            &all[usize::try_from(r.start).unwrap()..usize::try_from(r.end).unwrap()]
        };
        ranges.iter().map(|r| plain_root(part(r))).collect()
    }

    #[test]
    fn every_inclusion_proof_verifies_and_no_other_leaf_does() {
        for n in 1..=130 {
            let (all, size) = (leaves(n), n as u64);
            let tree = plain_root(&all);
            for i in 0..size {
                let proof = hashes(&all, &inclusion_ranges(i, size));
                let check =
                    |leaf: &Hash, index: u64| verify_inclusion(leaf, index, size, &proof, &tree);
                let leaf = &all[usize::try_from(i).unwrap()];
                assert_eq!(check(leaf, i), Ok(()));
                assert_eq!(check(&leaf_hash(b"forged"), i), Err(ProofError));
                assert!(size == 1 || check(leaf, (i + 1) % size).is_err());
            }
            assert!(inclusion_ranges(size, size).is_empty());
        }
    }

    #[test]
    fn every_consistency_proof_verifies_and_a_changed_history_does_not() {
        for n in 1..=130_usize {
            let all = leaves(n);
            for old in 1..=n {
                let proof = hashes(&all, &consistency_ranges(old as u64, n as u64));
                let check = |was: &Hash| {
                    verify_consistency(old as u64, was, n as u64, &plain_root(&all), &proof)
                };
                assert_eq!(check(&plain_root(&all[..old])), Ok(()), "{old} of {n}");
                assert!(check(&leaf_hash(b"forged")).is_err());
            }
        }
    }

    #[test]
    fn subtrees_told_while_growing_are_the_ones_that_proofs_are_made_of() {
        let (all, mut frontier, mut stored) = (
            leaves(300),
            Frontier::empty(),
            std::collections::HashMap::new(),
        );
        for (i, leaf) in all.iter().enumerate() {
            stored.insert(
                Node {
                    level: 0,
                    index: i as u64,
                },
                *leaf,
            );
            frontier.grow(*leaf, |node, hash| {
                stored.insert(node, *hash);
            });
        }
        assert_eq!(frontier.root(), plain_root(&all));
        for range in inclusion_ranges(17, 300)
            .iter()
            .chain(&consistency_ranges(129, 300))
        {
            let parts: Vec<Hash> = nodes_of(range).iter().map(|node| stored[node]).collect();
            assert_eq!(
                fold(&parts),
                hashes(&all, std::slice::from_ref(range))[0],
                "{range:?}"
            );
        }
    }
}
