use crate::Key;
use std::{
    fmt, fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

/// Why there is no master key.
#[derive(Debug)]
pub enum MasterError {
    /// The file is not there.
    Missing(PathBuf),
    /// The file does not hold 64 hexadecimal digits.
    Malformed(PathBuf),
    /// Others than its owner may read it.
    Exposed(PathBuf),
    /// It could not be read or written.
    Unreadable(PathBuf, ErrorKind),
}

impl fmt::Display for MasterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(p) => {
                write!(f, "the master key {} is missing; without it nothing here can be opened. Put the file back from where you keep its copy", p.display())
            }
            Self::Malformed(p) => write!(f, "the master key {} does not hold 64 hexadecimal digits; put the right file in its place", p.display()),
            Self::Exposed(p) => write!(f, "the master key {} can be read by others; run: chmod 600 {}", p.display(), p.display()),
            Self::Unreadable(p, kind) => write!(f, "the master key {} could not be read or written: {kind}", p.display()),
        }
    }
}
impl std::error::Error for MasterError {}

/// The key above all others, kept apart from the data.
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
        parse_hex(text.trim()).map(Key::from_bytes).ok_or_else(|| MasterError::Malformed(path.to_owned()))
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
        written.map(|()| key).map_err(|e| MasterError::Unreadable(path.to_owned(), e.kind()))
    }
}

fn only_the_owner_reads(path: &Path) -> Result<(), MasterError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).map_err(|e| MasterError::Unreadable(path.to_owned(), e.kind()))?.permissions().mode();
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
        assert!(matches!(MasterKey::load(&path), Err(MasterError::Missing(_))));
        let key = MasterKey::create(&path).unwrap();
        assert_eq!(MasterKey::load(&path).unwrap().hex(), key.hex());
        assert!(MasterKey::create(&path).is_err(), "an existing key is never overwritten");
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        assert!(matches!(MasterKey::load(&path), Err(MasterError::Exposed(_))));
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        fs::write(&path, "not a key").unwrap();
        assert!(matches!(MasterKey::load(&path), Err(MasterError::Malformed(_))));
        fs::remove_dir_all(dir).unwrap();
    }
}
