//! Files sealed piece by piece, so that one of any length can be written and read as a stream, and
//! no piece can be changed, moved, left out or cut off: STREAM over AES-256-GCM (Hoang, Reyhanitabar,
//! Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015).
//! The format is written down in `docs/sealed-files.md`.
use crate::{Key, SealError, random};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use std::io::{self, Read};
use zeroize::Zeroizing;

const MAGIC: &[u8; 19] = b"INTERPRES SEALED 1\n";
const SALT: usize = 16;
const PREFIX: usize = 7;
const HEADER: usize = MAGIC.len() + 1 + SALT + PREFIX;
const PIECE: usize = 64 * 1024;
const TAG: usize = 16;

/// The secret that opens a sealed file.
pub enum Secret<'a> {
    /// A key of ours; the file's own is derived from it (HKDF-SHA-256).
    Key(&'a Key),
    /// Something a person typed; Argon2id with 64 MiB, three passes, four lanes (RFC 9106, the second
    /// recommended option). Takes a tenth of a second: call it on a blocking thread.
    Passphrase(&'a str),
}

impl Secret<'_> {
    const fn mark(&self) -> u8 {
        match self {
            Self::Key(_) => 0,
            Self::Passphrase(_) => 1,
        }
    }
    fn file_key(&self, salt: &[u8]) -> Result<Key, SealError> {
        match self {
            Self::Key(key) => Ok(key.derive(&format!(
                "sealed file {}",
                salt.iter().map(|b| format!("{b:02x}")).collect::<String>()
            ))),
            Self::Passphrase(text) => {
                let params = Params::new(64 * 1024, 3, 4, Some(32)).map_err(|_| SealError)?;
                let mut out = Zeroizing::new([0; 32]);
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into(text.as_bytes(), salt, &mut out[..])
                    .map_err(|_| SealError)?;
                Ok(Key::from_bytes(*out))
            }
        }
    }
}

/// One file's cipher: a key that is used for nothing else, and nonces that count.
struct Pieces {
    key: LessSafeKey,
    header: Vec<u8>,
    prefix: [u8; PREFIX],
    next: u32,
}

impl Pieces {
    fn of(secret: &Secret<'_>, header: &[u8]) -> Result<Self, SealError> {
        let (salt, prefix) = header
            .get(MAGIC.len() + 1..HEADER)
            .and_then(|rest| rest.split_at_checked(SALT))
            .ok_or(SealError)?;
        let key = secret.file_key(salt)?;
        let key =
            LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.expose()).map_err(|_| SealError)?);
        Ok(Self {
            key,
            header: header.to_vec(),
            prefix: prefix.try_into().map_err(|_| SealError)?,
            next: 0,
        })
    }
    fn nonce(&mut self, last: bool) -> Result<Nonce, SealError> {
        let mut nonce = [0; 12];
        nonce[..PREFIX].copy_from_slice(&self.prefix);
        nonce[PREFIX..11].copy_from_slice(&self.next.to_be_bytes());
        nonce[11] = u8::from(last);
        self.next = self.next.checked_add(1).ok_or(SealError)?;
        Ok(Nonce::assume_unique_for_key(nonce))
    }
}

/// A sealed file on its way out.
pub struct SealFile {
    pieces: Pieces,
    waiting: Zeroizing<Vec<u8>>,
}

impl SealFile {
    /// Starts a file and returns its first bytes.
    ///
    /// # Errors
    /// If no key can be derived from the secret.
    pub fn begin(secret: &Secret<'_>) -> Result<(Self, Vec<u8>), SealError> {
        let mut header = MAGIC.to_vec();
        header.push(secret.mark());
        header.extend_from_slice(&random::<SALT>());
        header.extend_from_slice(&random::<PREFIX>());
        Ok((
            Self {
                pieces: Pieces::of(secret, &header)?,
                waiting: Zeroizing::new(Vec::with_capacity(PIECE + TAG)),
            },
            header,
        ))
    }
    /// Adds plaintext and returns the ciphertext that is ready.
    ///
    /// # Errors
    /// When the file would be longer than 256 TiB.
    pub fn add(&mut self, mut plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut out = Vec::with_capacity(plain.len() + TAG);
        while !plain.is_empty() {
            // A full piece waits until it is known not to be the last.
            if self.waiting.len() == PIECE {
                self.seal(false, &mut out)?;
            }
            let (now, rest) = plain.split_at(plain.len().min(PIECE - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            plain = rest;
        }
        Ok(out)
    }
    /// Finishes the file and returns its last bytes.
    ///
    /// # Errors
    /// As [`SealFile::add`].
    pub fn end(mut self) -> Result<Vec<u8>, SealError> {
        let mut out = Vec::new();
        self.seal(true, &mut out)?;
        Ok(out)
    }
    fn seal(&mut self, last: bool, out: &mut Vec<u8>) -> Result<(), SealError> {
        let nonce = self.pieces.nonce(last)?;
        let mut body = std::mem::take(&mut *self.waiting);
        self.pieces
            .key
            .seal_in_place_append_tag(nonce, Aad::from(&self.pieces.header), &mut body)
            .map_err(|_| SealError)?;
        out.append(&mut body);
        Ok(())
    }
}

/// A sealed file being read. Everything it returns is authenticated; a truncated file ends in an error.
pub struct OpenFile<R> {
    from: R,
    pieces: Pieces,
    ahead: Vec<u8>,
    plain: Zeroizing<Vec<u8>>,
    given: usize,
    ended: bool,
}

fn shut(_: SealError) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the file does not open: another passphrase or key, or it was changed or cut off",
    )
}

impl<R: Read> OpenFile<R> {
    /// Reads a file's first bytes.
    ///
    /// # Errors
    /// When it is no such file, or is opened by the other kind of secret.
    pub fn begin(mut from: R, secret: &Secret<'_>) -> io::Result<Self> {
        let mut header = vec![0; HEADER];
        let other = |words| io::Error::new(io::ErrorKind::InvalidData, words);
        from.read_exact(&mut header)
            .map_err(|_| other("this is no sealed file of Interpres"))?;
        if !header.starts_with(MAGIC) {
            return Err(other("this is no sealed file of Interpres"));
        }
        if header[MAGIC.len()] != secret.mark() {
            return Err(other(
                "this file is opened by another kind of secret (a key instead of a passphrase, or the other way round)",
            ));
        }
        let pieces = Pieces::of(secret, &header).map_err(shut)?;
        let mut file = Self {
            from,
            pieces,
            ahead: Vec::new(),
            plain: Zeroizing::default(),
            given: 0,
            ended: false,
        };
        file.look_ahead()?;
        Ok(file)
    }
    /// Reads the next encrypted chunk, at most one.
    fn look_ahead(&mut self) -> io::Result<()> {
        self.ahead.clear();
        self.from
            .by_ref()
            .take((PIECE + TAG) as u64)
            .read_to_end(&mut self.ahead)
            .map(drop)
    }
    fn open_next(&mut self) -> io::Result<()> {
        let mut body = Zeroizing::new(std::mem::take(&mut self.ahead));
        if body.len() == PIECE + TAG {
            self.look_ahead()?;
        }
        self.ended = self.ahead.is_empty();
        let nonce = self.pieces.nonce(self.ended).map_err(shut)?;
        let length = self
            .pieces
            .key
            .open_in_place(nonce, Aad::from(&self.pieces.header), &mut body)
            .map_err(|_| shut(SealError))?
            .len();
        body.truncate(length);
        self.plain = body;
        self.given = 0;
        Ok(())
    }
}

impl<R: Read> Read for OpenFile<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.plain.len() {
            if self.ended {
                return Ok(0);
            }
            self.open_next()?;
        }
        let count = out.len().min(self.plain.len() - self.given);
        out[..count].copy_from_slice(&self.plain[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(key: &Key, plain: &[u8], step: usize) -> Vec<u8> {
        let (mut file, mut out) = SealFile::begin(&Secret::Key(key)).unwrap();
        for some in plain.chunks(step) {
            out.extend(file.add(some).unwrap());
        }
        out.extend(file.end().unwrap());
        out
    }
    fn opened(key: &Key, sealed: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        OpenFile::begin(sealed, &Secret::Key(key))?.read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn a_file_of_any_length_comes_back_whole() {
        let key = Key::generate();
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17] {
            let plain: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            for step in [1 << 20, 40_000] {
                assert_eq!(
                    opened(&key, &sealed(&key, &plain, step)).unwrap(),
                    plain,
                    "{length}"
                );
            }
        }
    }

    #[test]
    fn a_changed_moved_missing_repeated_or_cut_piece_is_an_error() {
        let key = Key::generate();
        let plain = vec![7; 3 * PIECE + 100];
        let good = sealed(&key, &plain, 1 << 20);
        let piece = |n: usize| HEADER + n * (PIECE + TAG);
        for at in [
            0,
            MAGIC.len(),
            HEADER - 1,
            HEADER,
            piece(1) - 1,
            piece(2) + 5,
            good.len() - 1,
        ] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(opened(&key, &bad).is_err(), "byte {at}");
        }
        for end in [
            HEADER,
            piece(1),
            piece(2),
            piece(3),
            piece(3) + 50,
            good.len() - 1,
        ] {
            assert!(opened(&key, &good[..end]).is_err(), "cut at {end}");
        }
        let (first, second) = (&good[piece(0)..piece(1)], &good[piece(1)..piece(2)]);
        let swapped = [&good[..HEADER], second, first, &good[piece(2)..]].concat();
        let left_out = [&good[..piece(1)], &good[piece(2)..]].concat();
        let repeated = [&good[..piece(1)], &good[piece(0)..]].concat();
        let longer = [&good[..], first].concat();
        let other = sealed(&key, &plain, 1 << 20);
        let from_another_file = [&good[..piece(1)], &other[piece(1)..]].concat();
        for bad in [swapped, left_out, repeated, longer, from_another_file] {
            assert!(opened(&key, &bad).is_err());
        }
        assert!(opened(&Key::generate(), &good).is_err());
    }

    #[test]
    fn a_passphrase_opens_what_it_sealed_and_nothing_else_does() {
        let (file, mut out) =
            SealFile::begin(&Secret::Passphrase("violet kettle harbor nineteen")).unwrap();
        out.extend(file.end().unwrap());
        assert!(
            OpenFile::begin(
                &out[..],
                &Secret::Passphrase("violet kettle harbor nineteen")
            )
            .is_ok_and(|mut f| f.read(&mut [0]).is_ok())
        );
        assert!(
            OpenFile::begin(&out[..], &Secret::Passphrase("violet kettle harbor ninety"))
                .is_ok_and(|mut f| f.read(&mut [0]).is_err())
        );
        assert!(OpenFile::begin(&out[..], &Secret::Key(&Key::generate())).is_err());
    }
}
