//! Signed notes as in C2SP signed-note, with Ed25519 keys.
use crate::merkle::Hash;
use aws_lc_rs::{
    digest,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt;

/// A malformed note or key, or an invalid signature.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum NoteError {
    /// The text has not the form of a signed note.
    Malformed,
    /// No signature by the key that was asked for.
    Unsigned,
    /// A signature by that key which does not verify.
    Forged,
}

impl fmt::Display for NoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not a signed note",
            Self::Unsigned => "not signed by the expected key",
            Self::Forged => "the signature does not verify",
        })
    }
}
impl std::error::Error for NoteError {}

/// The purpose of a key: the first byte of its encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Use {
    /// Ed25519 over the note's text (C2SP signed-note).
    Sign = 1,
    /// Ed25519 over the note's text and a time (C2SP tlog-cosignature, v1).
    Cosign = 4,
}

fn key_id(name: &str, purpose: Use, public: &[u8]) -> [u8; 4] {
    let text = [name.as_bytes(), b"\n", &[purpose as u8], public].concat();
    let hash = digest::digest(&digest::SHA256, &text);
    let mut id = [0; 4];
    id.copy_from_slice(&hash.as_ref()[..4]);
    id
}

/// A signing key: a log's for its checkpoints, a witness's for cosignatures.
pub struct LogKey {
    name: String,
    pair: Ed25519KeyPair,
}

/// The bytes a witness signs (C2SP tlog-cosignature).
fn cosigned(text: &str, seconds: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {seconds}\n{text}").into_bytes()
}

impl LogKey {
    /// From its name (no spaces or plus signs) and a 32-byte secret seed.
    ///
    /// # Errors
    /// When the name or the seed has not that form.
    pub fn new(name: &str, seed: &[u8]) -> Result<Self, NoteError> {
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '+') {
            return Err(NoteError::Malformed);
        }
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| NoteError::Malformed)?;
        Ok(Self {
            name: name.to_owned(),
            pair,
        })
    }
    /// The public half, for verifiers.
    #[must_use]
    pub fn verifier(&self) -> VerifierKey {
        self.public(Use::Sign)
    }
    /// The public half of a witness's key, for verifiers.
    #[must_use]
    pub fn cosigner(&self) -> VerifierKey {
        self.public(Use::Cosign)
    }
    fn public(&self, purpose: Use) -> VerifierKey {
        VerifierKey {
            name: self.name.clone(),
            purpose,
            public: self.pair.public_key().as_ref().to_vec(),
        }
    }
    fn line(&self, purpose: Use, blob: &[u8]) -> String {
        let id = key_id(&self.name, purpose, self.pair.public_key().as_ref());
        format!(
            "— {} {}\n",
            self.name,
            STANDARD.encode([&id, blob].concat())
        )
    }
    /// A witness's signature line for a note's text, at a time in seconds since 1970.
    #[must_use]
    pub fn cosign(&self, text: &str, seconds: u64) -> String {
        let signature = self.pair.sign(&cosigned(text, seconds));
        self.line(
            Use::Cosign,
            &[&seconds.to_be_bytes(), signature.as_ref()].concat(),
        )
    }
    /// The text with a signature line. The text must end in a newline.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        format!(
            "{text}\n{}",
            self.line(Use::Sign, self.pair.sign(text.as_bytes()).as_ref())
        )
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.name)
    }
}

/// The public half of a log's or a witness's key, printed as `name+hash+key`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifierKey {
    name: String,
    purpose: Use,
    public: Vec<u8>,
}

impl VerifierKey {
    /// Reads `name+hash+key`.
    ///
    /// # Errors
    /// When it has not that form or its hash does not fit.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Malformed);
        };
        let bytes = STANDARD.decode(key).map_err(|_| NoteError::Malformed)?;
        let (first, public) = bytes.split_first().ok_or(NoteError::Malformed)?;
        let purpose = [Use::Sign, Use::Cosign]
            .into_iter()
            .find(|p| *p as u8 == *first)
            .ok_or(NoteError::Malformed)?;
        let id = u32::from_be_bytes(key_id(name, purpose, public));
        if public.len() != 32 || hash != format!("{id:08x}") {
            return Err(NoteError::Malformed);
        }
        Ok(Self {
            name: name.to_owned(),
            purpose,
            public: public.to_vec(),
        })
    }
    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    fn verify(&self, text: &str, blob: &[u8]) -> Result<(), NoteError> {
        let key = UnparsedPublicKey::new(&ED25519, &self.public);
        match (self.purpose, blob.split_at_checked(8)) {
            (Use::Sign, _) => key.verify(text.as_bytes(), blob),
            (Use::Cosign, Some((time, signature))) => {
                let seconds = time.iter().fold(0, |n, b| (n << 8) | u64::from(*b));
                key.verify(&cosigned(text, seconds), signature)
            }
            (Use::Cosign, None) => return Err(NoteError::Malformed),
        }
        .map_err(|_| NoteError::Forged)
    }
    /// The text of a note that carries this key's signature. Signatures by other keys are
    /// ignored; a wrong one by this key is an error.
    ///
    /// # Errors
    /// See [`NoteError`].
    pub fn open<'n>(&self, note: &'n str) -> Result<&'n str, NoteError> {
        let at = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, signatures) = (&note[..=at], &note[at + 2..]);
        if !signatures.ends_with('\n') || text.contains(|c: char| c.is_control() && c != '\n') {
            return Err(NoteError::Malformed);
        }
        let id = key_id(&self.name, self.purpose, &self.public);
        let mut signed = false;
        for line in signatures.lines() {
            let (name, blob) = line
                .strip_prefix("— ")
                .and_then(|l| l.split_once(' '))
                .ok_or(NoteError::Malformed)?;
            let blob = STANDARD.decode(blob).map_err(|_| NoteError::Malformed)?;
            let (blob_id, signature) = blob.split_at_checked(4).ok_or(NoteError::Malformed)?;
            if name == self.name && blob_id == id {
                self.verify(text, signature)?;
                signed = true;
            }
        }
        if signed {
            Ok(text)
        } else {
            Err(NoteError::Unsigned)
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(key_id(&self.name, self.purpose, &self.public));
        write!(
            f,
            "{}+{id:08x}+{}",
            self.name,
            STANDARD.encode([&[self.purpose as u8], self.public.as_slice()].concat())
        )
    }
}

/// A hash as checkpoints print it.
#[must_use]
pub fn base64_hash(hash: &Hash) -> String {
    STANDARD.encode(hash)
}

/// The reverse of [`base64_hash`].
///
/// # Errors
/// When the text is not the base64 of 32 bytes.
pub fn parse_hash(text: &str) -> Result<Hash, NoteError> {
    STANDARD
        .decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(NoteError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_signed_note_specification_verifies() {
        let key = VerifierKey::parse(
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        )
        .unwrap();
        let note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        assert!(key.open(note).is_ok());
        assert_eq!(
            key.open(&note.replace("answer", "remedy")),
            Err(NoteError::Forged)
        );
        assert_eq!(
            key.to_string(),
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        );
    }

    #[test]
    fn a_note_signed_by_another_key_only_is_unsigned() {
        let (ours, theirs) = (
            LogKey::new("log", &[1; 32]).unwrap(),
            LogKey::new("log", &[2; 32]).unwrap(),
        );
        let note = theirs.sign("text\n");
        assert_eq!(ours.verifier().open(&note), Err(NoteError::Unsigned));
        assert_eq!(theirs.verifier().open(&note), Ok("text\n"));
    }

    #[test]
    fn a_cosignature_is_by_a_key_of_its_own_kind_and_binds_its_time() {
        let (log, witness) = (
            LogKey::new("log", &[1; 32]).unwrap(),
            LogKey::new("witness", &[2; 32]).unwrap(),
        );
        let note = log.sign("log\n1\nroot\n") + &witness.cosign("log\n1\nroot\n", 1_700_000_000);
        assert_eq!(witness.cosigner().open(&note), Ok("log\n1\nroot\n"));
        assert_eq!(
            log.verifier().open(&note),
            Ok("log\n1\nroot\n"),
            "signatures of others are passed over"
        );
        assert_eq!(
            witness.verifier().open(&note),
            Err(NoteError::Unsigned),
            "the same key of another kind is another key"
        );
        let line = witness.cosign("log\n1\nroot\n", 5);
        let mut blob = STANDARD
            .decode(line.trim_end().rsplit(' ').next().unwrap())
            .unwrap();
        blob[11] ^= 1;
        let later = log.sign("log\n1\nroot\n") + &format!("— witness {}\n", STANDARD.encode(blob));
        assert_eq!(witness.cosigner().open(&later), Err(NoteError::Forged));
        assert_eq!(
            VerifierKey::parse(&witness.cosigner().to_string()),
            Ok(witness.cosigner())
        );
    }
}
