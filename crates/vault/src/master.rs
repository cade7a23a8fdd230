use crate::{Key, Place, SealError, WrappedKey};
use std::{
    fmt, fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    pin::Pin,
    sync::{PoisonError, RwLock},
};

/// Why there is no master key, or why it failed.
#[derive(Debug)]
pub enum MasterError {
    /// A wrapped key does not open: wrong master key, wrong place, or modified.
    Closed,
    /// The key service is unavailable or returned an error.
    Unavailable(String),
    /// The file is not there.
    Missing(PathBuf),
    /// The file does not contain 64 hexadecimal digits.
    Malformed(PathBuf),
    /// Others than its owner may read it.
    Exposed(PathBuf),
    /// It could not be read or written.
    Unreadable(PathBuf, ErrorKind),
}

impl fmt::Display for MasterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str(
                "a key does not open under the master key; is this the right master key?",
            ),
            Self::Unavailable(why) => write!(f, "the key service can't be used: {why}"),
            Self::Missing(p) => {
                write!(
                    f,
                    "the master key {} is missing; without it nothing here can be opened. Put the file back from where you keep its copy",
                    p.display()
                )
            }
            Self::Malformed(p) => write!(
                f,
                "the master key {} does not hold 64 hexadecimal digits; put the right file in its place",
                p.display()
            ),
            Self::Exposed(p) => write!(
                f,
                "the master key {} can be read by others; run: chmod 600 {}",
                p.display(),
                p.display()
            ),
            Self::Unreadable(p, kind) => write!(
                f,
                "the master key {} could not be read or written: {kind}",
                p.display()
            ),
        }
    }
}
impl std::error::Error for MasterError {}

impl From<SealError> for MasterError {
    fn from(_: SealError) -> Self {
        Self::Closed
    }
}

/// The pending result of a master key operation.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, MasterError>> + Send + 'a>>;

/// The master key, wherever it is stored. It only wraps and unwraps other keys.
pub trait Master: Send + Sync {
    /// Seals a key for a place.
    fn wrap<'a>(&'a self, place: Place<'a>, key: &'a Key) -> Answer<'a, WrappedKey>;
    /// Opens a key sealed for a place.
    fn unwrap<'a>(&'a self, place: Place<'a>, wrapped: &'a [u8]) -> Answer<'a, Key>;
}

/// A master key in this process's memory. During rotation there are two: the current key wraps, and the previous one
/// still unwraps.
pub struct HeldMaster(RwLock<(Key, Option<Key>)>);

impl HeldMaster {
    /// One key, and perhaps the one before it.
    #[must_use]
    pub const fn new(current: Key, before: Option<Key>) -> Self {
        Self(RwLock::new((current, before)))
    }
    /// From now on this key wraps; the one that did still opens.
    pub fn turn_to(&self, next: Key) {
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        keys.1 = Some(std::mem::replace(&mut keys.0, next));
    }
    /// Drops the previous key once nothing is wrapped by it.
    pub fn forget_the_one_before(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).1 = None;
    }
    /// As [`Master::wrap`], at once.
    ///
    /// # Errors
    /// When the cipher refuses.
    pub fn wrap_now(&self, place: &Place<'_>, key: &Key) -> Result<WrappedKey, MasterError> {
        Ok(self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .wrap(place, key)?)
    }
    /// As [`Master::unwrap`], at once.
    ///
    /// # Errors
    /// When neither key opens it.
    pub fn unwrap_now(&self, place: &Place<'_>, wrapped: &[u8]) -> Result<Key, MasterError> {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match (keys.0.unwrap(place, wrapped), &keys.1) {
            (Err(_), Some(before)) => Ok(before.unwrap(place, wrapped)?),
            (opened, _) => Ok(opened?),
        }
    }
}

impl Master for HeldMaster {
    fn wrap<'a>(&'a self, place: Place<'a>, key: &'a Key) -> Answer<'a, WrappedKey> {
        Box::pin(std::future::ready(self.wrap_now(&place, key)))
    }
    fn unwrap<'a>(&'a self, place: Place<'a>, wrapped: &'a [u8]) -> Answer<'a, Key> {
        Box::pin(std::future::ready(self.unwrap_now(&place, wrapped)))
    }
}

/// The master key in a file.
#[derive(Debug)]
pub struct MasterKey;

impl MasterKey {
    /// Reads the master key from a file of 64 hexadecimal digits that only its owner can read.
    ///
    /// # Errors
    /// See [`MasterError`].
    pub fn load(path: &Path) -> Result<Key, MasterError> {
        let text = fs::read_to_string(path).map_err(|e| match e.kind() {
            ErrorKind::NotFound => MasterError::Missing(path.to_owned()),
            kind => MasterError::Unreadable(path.to_owned(), kind),
        })?;
        only_the_owner_reads(path)?;
        parse_hex(text.trim())
            .map(Key::from_bytes)
            .ok_or_else(|| MasterError::Malformed(path.to_owned()))
    }

    /// Parses a master key from 64 hexadecimal digits, as in the environment variable.
    #[must_use]
    pub fn parse(text: &str) -> Option<Key> {
        parse_hex(text.trim()).map(Key::from_bytes)
    }

    /// Makes a new master key in a file that must not exist yet, readable by its owner only.
    ///
    /// # Errors
    /// When the file exists or can't be written.
    pub fn create(path: &Path) -> Result<Key, MasterError> {
        let key = Key::generate();
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(path).and_then(|mut file| {
            writeln!(file, "{}", key.hex().as_str())?;
            file.sync_all()
        });
        written
            .map(|()| key)
            .map_err(|e| MasterError::Unreadable(path.to_owned(), e.kind()))
    }
}

fn only_the_owner_reads(path: &Path) -> Result<(), MasterError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)
            .map_err(|e| MasterError::Unreadable(path.to_owned(), e.kind()))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(MasterError::Exposed(path.to_owned()));
        }
    }
    Ok(())
}

fn parse_hex(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (i, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_key_is_made_once_and_read_back_only_while_private() {
        let dir = std::env::temp_dir().join(format!("interpres-master-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join("master.key");
        assert!(matches!(
            MasterKey::load(&path),
            Err(MasterError::Missing(_))
        ));
        let key = MasterKey::create(&path).unwrap();
        assert_eq!(MasterKey::load(&path).unwrap().hex(), key.hex());
        assert!(
            MasterKey::create(&path).is_err(),
            "an existing key is never overwritten"
        );
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        assert!(matches!(
            MasterKey::load(&path),
            Err(MasterError::Exposed(_))
        ));
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        fs::write(&path, "not a key").unwrap();
        assert!(matches!(
            MasterKey::load(&path),
            Err(MasterError::Malformed(_))
        ));
        fs::remove_dir_all(dir).unwrap();
    }
}
