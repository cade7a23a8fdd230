//! The form of an exported log: one JSON object a line. A header, the entries with their numbers,
//! and a last line that counts them.
use crate::{Hash, merkle::leaf_hash, note};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap};

/// The form's name, in every header.
pub const EXPORT_FORMAT: &str = "interpres-audit-export/1";

/// The first line of an export.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportHeader {
    /// [`EXPORT_FORMAT`].
    pub format: String,
    /// The workspace.
    pub workspace: String,
    /// When it was made, RFC 3339.
    pub made_at: String,
    /// The signed checkpoint, with the witnesses' signatures, that everything is proven by.
    pub checkpoint: String,
    /// Notes by which earlier log keys handed over to later ones, the oldest first.
    pub handovers: Vec<String>,
    /// Whether every entry of the checkpoint's tree is here; otherwise each brings its proof.
    pub complete: bool,
    /// What the entries were chosen by.
    pub filter: BTreeMap<String, String>,
}

/// An entry's line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportLine<'a> {
    /// Its number in the tree, from 0.
    pub number: u64,
    /// Its leaf hash, base64.
    #[serde(borrow)]
    pub hash: Cow<'a, str>,
    /// Its bytes, verbatim.
    #[serde(borrow)]
    pub leaf: Cow<'a, str>,
    /// Its inclusion proof, base64, where the export is not complete.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub proof: Vec<Cow<'a, str>>,
}

impl ExportLine<'_> {
    /// A line for an entry.
    #[must_use]
    pub fn new<'a>(number: u64, hash: &Hash, leaf: &'a str, proof: &[Hash]) -> ExportLine<'a> {
        ExportLine { number, hash: note::base64_hash(hash).into(), leaf: leaf.into(), proof: proof.iter().map(|h| note::base64_hash(h).into()).collect() }
    }
    /// The hash it states, when that is the hash of its bytes.
    #[must_use]
    pub fn true_hash(&self) -> Option<Hash> {
        let computed = leaf_hash(self.leaf.as_bytes());
        (note::parse_hash(&self.hash) == Ok(computed)).then_some(computed)
    }
    /// Its inclusion proof.
    #[must_use]
    pub fn hashes(&self) -> Option<Vec<Hash>> {
        self.proof.iter().map(|text| note::parse_hash(text).ok()).collect()
    }
}

/// The last line of an export.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ExportEnd {
    /// How many entries stand above.
    pub entries: u64,
}

/// A proof that an entry stands in a log, as in C2SP tlog-proof.
#[must_use]
pub fn proof_text(number: u64, proof: &[Hash], checkpoint: &str) -> String {
    let hashes: String = proof.iter().map(|h| note::base64_hash(h) + "\n").collect();
    format!("c2sp.org/tlog-proof@v1\nindex {number}\n{hashes}\n{checkpoint}")
}
