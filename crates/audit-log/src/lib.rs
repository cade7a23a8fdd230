//! The tamper-evident log: hashing and proofs of RFC 6962, C2SP checkpoints and signed notes.
//! No database and no server: an outside verifier links only this.
mod checkpoint;
mod entry;
mod merkle;
mod note;

pub use checkpoint::Checkpoint;
pub use entry::{Entry, Outcome, Seen, commitment};
pub use merkle::{Frontier, Hash, ProofError, consistency_proof, inclusion_proof, leaf_hash, root, verify_consistency, verify_inclusion};
pub use note::{LogKey, NoteError, VerifierKey};
