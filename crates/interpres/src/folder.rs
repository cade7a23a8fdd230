//! The data folder: this process's alone, and nobody else's to read.
use rustix::process::geteuid;
use std::{
    fmt,
    fs::{self, File, Metadata, OpenOptions, Permissions, TryLockError},
    io::{self, ErrorKind},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// What stands in the folder that must be ours. The master key is not among them: where it may be read
/// by others, it may have been, which is more than a mode to be mended.
const OURS: [&str; 6] = [
    "file.key",
    "interpres.db",
    "interpres.db-wal",
    "keys.db",
    "keys.db-wal",
    "demo.json",
];

/// Why the folder can't be used, and what to do about it.
#[derive(Debug)]
pub enum FolderError {
    /// Somebody else's.
    Foreign(PathBuf, u32),
    /// Not to be written.
    Closed(PathBuf, ErrorKind),
    /// Another process holds it.
    Busy(PathBuf),
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uid = geteuid().as_raw();
        match self {
            Self::Foreign(path, owner) => {
                let at = path.display();
                write!(
                    f,
                    "{at} belongs to uid {owner}, and this process runs as uid {uid}. Give it to this user: sudo chown -R {uid} {at}"
                )
            }
            Self::Closed(path, ErrorKind::ReadOnlyFilesystem) => {
                write!(
                    f,
                    "{} is on a file system that is mounted read-only; mount it for writing, or say another folder with --data",
                    path.display()
                )
            }
            Self::Closed(path, ErrorKind::PermissionDenied) => {
                let at = path.display();
                write!(
                    f,
                    "{at} can't be written by uid {uid}, which this process runs as. Make the folder for this user: sudo install -d -m 700 -o {uid} {at}"
                )
            }
            Self::Closed(path, ErrorKind::StorageFull) => write!(
                f,
                "{}: the disk is full; make room, then start again",
                path.display()
            ),
            Self::Closed(path, kind) => write!(f, "{}: {kind}", path.display()),
            Self::Busy(path) => write!(
                f,
                "another Interpres is running on {}; stop it first",
                path.display()
            ),
        }
    }
}
impl std::error::Error for FolderError {}

/// Holds the data folder for this process alone, as long as the file is open. The folder is made where it
/// is missing, and closed to others however it was made.
///
/// # Errors
/// See [`FolderError`].
pub fn hold(folder: &Path) -> Result<File, FolderError> {
    close_to_others(folder)?;
    let path = folder.join("lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|e| FolderError::Closed(path.clone(), e.kind()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(FolderError::Busy(folder.to_owned())),
        Err(TryLockError::Error(e)) => Err(FolderError::Closed(path, e.kind())),
    }
}

/// Makes the folder where it is missing, and sees that it and what stands in it are this user's alone.
pub(crate) fn close_to_others(folder: &Path) -> Result<(), FolderError> {
    let closed = |e: io::Error| FolderError::Closed(folder.to_owned(), e.kind());
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(closed)?;
    tighten(folder, &fs::metadata(folder).map_err(closed)?, 0o700)?;
    for path in OURS.map(|name| folder.join(name)) {
        match fs::metadata(&path) {
            Ok(found) => tighten(&path, &found, 0o600)?,
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(FolderError::Closed(path, e.kind())),
        }
    }
    Ok(())
}

fn tighten(path: &Path, found: &Metadata, mode: u32) -> Result<(), FolderError> {
    let uid = geteuid();
    if found.uid() != uid.as_raw() && !uid.is_root() {
        return Err(FolderError::Foreign(path.to_owned(), found.uid()));
    }
    if found.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(|e| FolderError::Closed(path.to_owned(), e.kind()))?;
    tracing::warn!(path = %path.display(), "others could open it; now only its owner can");
    Ok(())
}
