use crate::{Place, SealError};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    hkdf,
};
use std::fmt;
use zeroize::Zeroizing;

/// A key as it rests: sealed under the key above it.
pub type WrappedKey = Vec<u8>;

const VERSION: u8 = 1;
const NONCE: usize = 12;
const TAG: usize = 16;

/// A 256-bit key in memory. Wiped when dropped; never printed.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

struct Length32;
impl hkdf::KeyType for Length32 {
    fn len(&self) -> usize {
        32
    }
}

impl Key {
    /// A fresh random key.
    #[must_use]
    pub fn generate() -> Self {
        Self::from_bytes(crate::random())
    }
    /// From raw bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// Derives the subkey for a purpose (HKDF-SHA-256, RFC 5869). Deterministic; different purposes give unrelated
    /// keys.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        let mut out = Zeroizing::new([0; 32]);
        let info = [purpose.as_bytes()];
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"interpres/1").extract(self.bytes());
        // Thirty-two bytes are always within HKDF's limit of 8,160.
        if prk
            .expand(&info, Length32)
            .and_then(|okm| okm.fill(&mut out[..]))
            .is_err()
        {
            std::process::abort();
        }
        Self(out)
    }
    /// The raw bytes, for algorithms that take a seed of their own.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
    /// As lower-case hexadecimal, for engines that take raw keys.
    #[must_use]
    pub fn hex(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.iter().map(|b| format!("{b:02x}")).collect())
    }
    /// Seals bytes so that they open only with this key and at this place.
    ///
    /// # Errors
    /// When the cipher refuses (a message over 64 GiB).
    pub fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, self.bytes()).map_err(|_| SealError)?;
        let mut body = plain.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(place.bytes()), &mut body)
            .map_err(|_| SealError)?;
        let mut sealed = Vec::with_capacity(1 + NONCE + body.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }
    /// Decrypts what [`Key::seal`] returned.
    ///
    /// # Errors
    /// One error for every reason: wrong key, wrong place, any changed byte.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, self.bytes()).map_err(|_| SealError)?;
        let (Some(&VERSION), rest) = (sealed.first(), sealed.get(1..).unwrap_or_default()) else {
            return Err(SealError);
        };
        if rest.len() < NONCE + TAG {
            return Err(SealError);
        }
        let (nonce, body) = rest.split_at(NONCE);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = key
            .open_in_place(nonce, Aad::from(place.bytes()), &mut body)
            .map_err(|_| SealError)?
            .len();
        body.truncate(length);
        Ok(body)
    }
    /// Seals a column's value by the subkey of that column.
    ///
    /// # Errors
    /// As [`Key::seal`].
    pub fn seal_column(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        self.derive(&place.purpose()).seal(place, plain)
    }
    /// Decrypts what [`Key::seal_column`] returned.
    ///
    /// # Errors
    /// As [`Key::open`].
    pub fn open_column(
        &self,
        place: &Place<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.derive(&place.purpose()).open(place, sealed)
    }
    /// Seals another key under this one.
    ///
    /// # Errors
    /// As [`Key::seal`].
    pub fn wrap(&self, place: &Place<'_>, key: &Self) -> Result<WrappedKey, SealError> {
        self.seal(place, key.bytes())
    }
    /// Opens a wrapped key.
    ///
    /// # Errors
    /// As [`Key::open`].
    pub fn unwrap(&self, place: &Place<'_>, wrapped: &[u8]) -> Result<Self, SealError> {
        let plain = self.open(place, wrapped)?;
        plain
            .as_slice()
            .try_into()
            .map(Self::from_bytes)
            .map_err(|_| SealError)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}
