//! The tamper-evident log: hashing and proofs of RFC 6962, C2SP checkpoints and signed notes.
//! No database and no server: an outside verifier links only this.
mod checkpoint;
mod entry;
mod export;
mod merkle;
mod note;
mod policy;

pub use checkpoint::Checkpoint;
pub use entry::{Entry, Outcome, Seen, commitment};
pub use export::{EXPORT_FORMAT, ExportEnd, ExportHeader, ExportLine, proof_text};
pub use merkle::{
    Frontier, Hash, Node, ProofError, consistency_ranges, fold, inclusion_ranges, leaf_hash,
    nodes_of, root, verify_consistency, verify_inclusion,
};
pub use note::{LogKey, NoteError, VerifierKey, base64_hash, parse_hash};
pub use policy::{Distrust, Policy, PolicyError, handover};
