//! Merkle tree hashing and proofs, RFC 6962 section 2.1.
use aws_lc_rs::digest::{Context, SHA256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// A proof that does not prove what it claims.
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

/// The largest power of two smaller than `n`, for `n` ≥ 2.
const fn split(n: usize) -> usize {
    1 << (usize::BITS - 1 - (n - 1).leading_zeros())
}

/// The root of a tree with these leaf hashes.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(split(many.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// The audit path for leaf `index` (RFC 6962 section 2.1.1). Empty when the index is outside.
#[must_use]
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Vec<Hash> {
    if leaves.len() < 2 || index >= leaves.len() {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) =
        if index < left.len() { (inclusion_proof(left, index), root(right)) } else { (inclusion_proof(right, index - left.len()), root(left)) };
    path.push(sibling);
    path
}

/// The proof that the tree of the first `old` leaves is a prefix (RFC 6962 section 2.1.2).
#[must_use]
pub fn consistency_proof(leaves: &[Hash], old: usize) -> Vec<Hash> {
    if old == 0 || old >= leaves.len() { Vec::new() } else { subproof(leaves, old, true) }
}

fn subproof(leaves: &[Hash], old: usize, whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) =
        if old <= left.len() { (subproof(left, old, whole), root(right)) } else { (subproof(right, old - left.len(), false), root(left)) };
    path.push(sibling);
    path
}

/// Checks that a leaf hash stands at `index` of the tree with `size` leaves and this root.
///
/// # Errors
/// When the proof does not show it (RFC 9162 section 2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], tree: &Hash) -> Result<(), ProofError> {
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
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last == 0 && hash == *tree { Ok(()) } else { Err(ProofError) }
}

/// Checks that the tree of `old` leaves is a prefix of the tree of `new` leaves.
///
/// # Errors
/// When the proof does not show it (RFC 9162 section 2.1.4.2).
pub fn verify_consistency(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> Result<(), ProofError> {
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
        (node, last) = (node >> 1, last >> 1);
    }
    let mut path = proof.iter();
    let seed = if node == 0 { *old_root } else { *path.next().ok_or(ProofError)? };
    let (mut was, mut is) = (seed, seed);
    for sibling in path {
        if last == 0 {
            return Err(ProofError);
        }
        if node & 1 == 1 || node == last {
            (was, is) = (node_hash(sibling, &was), node_hash(sibling, &is));
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            is = node_hash(&is, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
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
    /// Takes up a stored frontier: its size and peaks, leftmost first.
    ///
    /// # Errors
    /// When the number of peaks does not fit the size.
    pub fn resume(size: u64, peaks: Vec<Hash>) -> Result<Self, ProofError> {
        if u64::from(size.count_ones()) == peaks.len() as u64 { Ok(Self { size, peaks }) } else { Err(ProofError) }
    }
    /// How many leaves there are.
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
        let mut hash = leaf;
        let mut size = self.size;
        while size & 1 == 1 {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
            size >>= 1;
        }
        self.peaks.push(hash);
        self.size += 1;
    }
    /// The root of the whole tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return root(&[]) };
        peaks.fold(*last, |right, left| node_hash(left, &right))
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

    #[test]
    fn every_inclusion_proof_verifies_and_no_other_leaf_does() {
        for n in 1..=64 {
            let all = leaves(n);
            let tree = root(&all);
            for i in 0..n {
                let proof = inclusion_proof(&all, i);
                let check = |leaf: &Hash, index: usize| verify_inclusion(leaf, index as u64, n as u64, &proof, &tree);
                assert_eq!(check(&all[i], i), Ok(()));
                assert_eq!(check(&leaf_hash(b"forged"), i), Err(ProofError));
                assert!(n == 1 || check(&all[i], (i + 1) % n).is_err());
            }
        }
    }

    #[test]
    fn every_consistency_proof_verifies_and_a_changed_history_does_not() {
        for n in 1..=64 {
            let all = leaves(n);
            for old in 1..=n {
                let proof = consistency_proof(&all, old);
                let check = |was: &Hash| verify_consistency(old as u64, was, n as u64, &root(&all), &proof);
                assert_eq!(check(&root(&all[..old])), Ok(()), "{old} of {n}");
                assert!(check(&leaf_hash(b"forged")).is_err());
            }
        }
    }
}
