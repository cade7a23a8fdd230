use interpres_vault::Key;

/// The same request twice has one effect: a key chosen by the caller and a digest of what was
/// asked. The outcome is kept with the act, in the same transaction, and given again.
#[derive(Clone, Debug)]
pub struct Once {
    pub(crate) key: String,
    pub(crate) digest: [u8; 32],
}

impl Once {
    /// From the caller's key (at most 200 characters) and the request's parts.
    #[must_use]
    pub fn new(key: &str, parts: &[&[u8]]) -> Self {
        let digest = interpres_vault::checksum(&Key::from_bytes([0; 32]), parts);
        Self { key: key.chars().take(200).collect(), digest }
    }
}
