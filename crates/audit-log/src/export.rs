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
    /// Handover notes from earlier log keys to later ones, oldest first.
    pub handovers: Vec<String>,
    /// Whether it has every entry of the checkpoint's tree; otherwise each entry has its own proof.
    pub complete: bool,
    /// The filter that selected the entries.
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
        ExportLine {
            number,
            hash: note::base64_hash(hash).into(),
            leaf: leaf.into(),
            proof: proof.iter().map(|h| note::base64_hash(h).into()).collect(),
        }
    }
    /// Parses a line, with or without its line feed. Complete exports use one fixed form, which is parsed from its
    /// bytes for speed; any other line goes to the JSON parser.
    ///
    /// # Errors
    /// When it is no line of an entry.
    pub fn parse(text: &[u8]) -> Result<ExportLine<'_>, serde_json::Error> {
        as_written(text).map_or_else(|| serde_json::from_slice(text), Ok)
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
        self.proof
            .iter()
            .map(|text| note::parse_hash(text).ok())
            .collect()
    }
}

fn as_written(text: &[u8]) -> Option<ExportLine<'_>> {
    let rest = text
        .strip_suffix(b"\n")
        .unwrap_or(text)
        .strip_prefix(b"{\"number\":")?;
    let (number, rest) = rest.split_at(rest.iter().take(20).position(|b| !b.is_ascii_digit())?);
    let (hash, rest) = rest.strip_prefix(b",\"hash\":\"")?.split_at_checked(44)?;
    let escaped = rest.strip_prefix(b"\",\"leaf\":\"")?.strip_suffix(b"\"}")?;
    if number.is_empty()
        || (number.len() > 1 && number[0] == b'0')
        || !hash
            .iter()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\'))
    {
        return None;
    }
    let (mut leaf, mut rest) = (Vec::with_capacity(escaped.len() + 8), escaped);
    while let Some(next) = rest.first_chunk::<8>() {
        let plain = plain_bytes(u64::from_le_bytes(*next));
        leaf.extend_from_slice(next);
        leaf.truncate(leaf.len() - 8 + plain);
        rest = &rest[plain..];
        if plain < 8 {
            let [b'\\', escape @ (b'"' | b'\\'), after @ ..] = rest else {
                return None;
            };
            leaf.push(*escape);
            rest = after;
        }
    }
    while let [byte, after @ ..] = rest {
        let (byte, after) = match (byte, after) {
            (b'\\', [escape @ (b'"' | b'\\'), after @ ..]) => (escape, after),
            (b'\\' | b'"' | 0..0x20, _) => return None,
            plain => plain,
        };
        leaf.push(*byte);
        rest = after;
    }
    Some(ExportLine {
        number: std::str::from_utf8(number).ok()?.parse().ok()?,
        hash: std::str::from_utf8(hash).ok()?.into(),
        leaf: String::from_utf8(leaf).ok()?.into(),
        proof: Vec::new(),
    })
}

/// Number of the eight bytes, lowest first, before a quote, backslash or control character.
const fn plain_bytes(eight: u64) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const fn below(eight: u64, byte: u64) -> u64 {
        eight.wrapping_sub(ONES * byte) & !eight & (ONES << 7)
    }
    let found =
        below(eight, 0x20) | below(eight ^ (ONES * 0x22), 1) | below(eight ^ (ONES * 0x5c), 1);
    found.trailing_zeros() as usize / 8
}

/// The last line of an export.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ExportEnd {
    /// Number of entries above.
    pub entries: u64,
}

/// An inclusion proof in C2SP tlog-proof format.
#[must_use]
pub fn proof_text(number: u64, proof: &[Hash], checkpoint: &str) -> String {
    let hashes: String = proof.iter().map(|h| note::base64_hash(h) + "\n").collect();
    format!("c2sp.org/tlog-proof@v1\nindex {number}\n{hashes}\n{checkpoint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both parsers agree on every line with one byte changed, removed or inserted.
    #[test]
    fn a_line_that_is_read_by_its_bytes_says_what_json_says() {
        let leaf = "{\"v\":1,\"agent\":\"a \\\\ b\",\"reason\":\"Zo\u{eb}\"}";
        let written =
            serde_json::to_vec(&ExportLine::new(10, &leaf_hash(leaf.as_bytes()), leaf, &[]))
                .unwrap();
        let mut read = 0;
        let mut same = |text: &[u8]| {
            if let Some(line) = as_written(text) {
                let json: ExportLine<'_> = serde_json::from_slice(text).unwrap();
                assert_eq!(
                    (line.number, line.hash, line.leaf, line.proof),
                    (json.number, json.hash, json.leaf, json.proof)
                );
                read += 1;
            }
        };
        same(&written);
        for at in 0..written.len() {
            for byte in 0..=255 {
                let mut changed = written.clone();
                changed[at] = byte;
                same(&changed);
                changed.insert(at, written[at]);
                same(&changed);
            }
            let mut shorter = written.clone();
            shorter.remove(at);
            same(&shorter);
        }
        assert!(read > 10_000, "{read} lines were read by their bytes");
        assert_eq!(
            ExportLine::parse(&written).unwrap().true_hash(),
            Some(leaf_hash(leaf.as_bytes()))
        );
    }
}
