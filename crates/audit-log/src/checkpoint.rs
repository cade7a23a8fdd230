//! Checkpoints as in C2SP tlog-checkpoint.
use crate::{
    merkle::Hash,
    note::{LogKey, NoteError, VerifierKey, base64_hash, parse_hash},
};

/// A signed statement of a log's name, size and root hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// The root over all of them.
    pub root: Hash,
}

impl Checkpoint {
    /// The checkpoint as a note signed by the log's key.
    #[must_use]
    pub fn sign(&self, key: &LogKey) -> String {
        key.sign(&format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            base64_hash(&self.root)
        ))
    }
    /// Reads a signed checkpoint and checks its signature.
    ///
    /// # Errors
    /// See [`NoteError`].
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, NoteError> {
        let mut lines = key.open(note)?.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(NoteError::Malformed);
        };
        let canonical = size == "0" || !size.starts_with(['0', '+']);
        match size.parse() {
            Ok(size) if canonical && !origin.is_empty() => Ok(Self {
                origin: origin.to_owned(),
                size,
                root: parse_hash(root)?,
            }),
            _ => Err(NoteError::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_comes_back_from_its_note_and_a_changed_size_does_not() {
        let key = LogKey::new("example.org/log", &[7; 32]).unwrap();
        let point = Checkpoint {
            origin: "example.org/log".into(),
            size: 42,
            root: [9; 32],
        };
        let note = point.sign(&key);
        assert_eq!(Checkpoint::open(&note, &key.verifier()), Ok(point));
        assert_eq!(
            Checkpoint::open(&note.replace("\n42\n", "\n43\n"), &key.verifier()),
            Err(NoteError::Forged)
        );
        let padded =
            key.sign("example.org/log\n042\nCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n");
        assert_eq!(
            Checkpoint::open(&padded, &key.verifier()),
            Err(NoteError::Malformed)
        );
    }
}
