//! Disk space under an embedded database. A reserve file takes up space next to it. When the disk fills up the file
//! is deleted, so that reads can still be logged while all other writes stop. It is re-created once there is enough
//! space.
use crate::{Database, StoreError};
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Bytes of the reserve.
const RESERVE: u64 = 16 * 1024 * 1024;
/// With fewer bytes free nothing is written any more but the log.
const LEAST: u64 = 4 * 1024 * 1024;

/// The space reserved for the log, and whether it is in use.
pub(crate) struct Reserve {
    path: PathBuf,
    full: AtomicBool,
}

/// Bytes free under a path.
///
/// # Errors
/// When the system does not say.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let disk = statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn reserve_in(folder: &Path) -> PathBuf {
    folder.join("reserve")
}

/// Deletes a folder's reserve if there is no space even to open a database.
///
/// # Errors
/// If the system cannot report free space.
pub fn make_room(folder: &Path) -> io::Result<()> {
    if free_bytes(folder)? < LEAST {
        let _ = fs::remove_file(reserve_in(folder));
    }
    Ok(())
}

impl Reserve {
    pub(crate) fn beside(database: &Path) -> Self {
        let reserve = Self {
            path: reserve_in(database.parent().unwrap_or(Path::new("."))),
            full: AtomicBool::new(false),
        };
        if !reserve.is_full() {
            reserve.take();
        }
        reserve
    }

    /// Whether only the log may be written. Deletes the reserve when that begins and re-creates it when it ends.
    pub(crate) fn is_full(&self) -> bool {
        let was = self.full.load(Ordering::Acquire);
        let Ok(free) = free_bytes(self.path.parent().unwrap_or(Path::new("."))) else {
            return was;
        };
        let left = if self.path.exists() {
            free
        } else {
            free.saturating_sub(RESERVE)
        };
        let full = if was { left < 2 * LEAST } else { free < LEAST };
        if full && !was {
            tracing::error!(
                free,
                "the disk is full: nothing but the log is written until there is room"
            );
            let _ = fs::remove_file(&self.path);
        }
        if was && !full {
            tracing::info!(free, "there is room on the disk again");
            self.take();
        }
        self.full.store(full, Ordering::Release);
        full
    }

    /// Creates the reserve if there is space; file systems without preallocation have none.
    fn take(&self) {
        let room = self
            .path
            .parent()
            .is_some_and(|folder| free_bytes(folder).is_ok_and(|free| free >= RESERVE + 2 * LEAST));
        if self.path.exists() || !room {
            return;
        }
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&self.path);
        if !file.is_ok_and(|file| fallocate(&file, FallocateFlags::empty(), 0, RESERVE).is_ok()) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Database {
    /// Keeps a reserve from now on, if the database is a file.
    pub fn keep_reserve(&self) {
        if let Self::Sqlite(files) = self {
            let _ = files.reserve.get_or_init(|| Reserve::beside(&files.path));
        }
    }

    /// Whether only the log may be written because the disk is full. For a server, this is known only from its recent
    /// errors.
    #[must_use]
    pub fn is_full(&self) -> bool {
        match self {
            Self::Sqlite(files) => files.reserve.get().is_some_and(Reserve::is_full),
            Self::Postgres(server) => server.disk.was_full_lately(),
        }
    }
}

/// How long a server's disk counts as full after it reported so.
const FULL_FOR: Duration = Duration::from_secs(15);

/// The server's latest report of disk space.
#[derive(Clone, Default)]
pub(crate) struct ServerDisk(Arc<Mutex<Option<Instant>>>);

impl ServerDisk {
    /// Records a disk-full error from the server.
    pub(crate) fn heard<T>(&self, said: Result<T, StoreError>) -> Result<T, StoreError> {
        if matches!(said, Err(StoreError::Full)) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        said
    }
    fn was_full_lately(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some_and(|at| at.elapsed() < FULL_FOR)
    }
}

/// The space a migration needs, beyond what the database already takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pending {
    /// Nothing is to be done.
    Nothing,
    /// Steps that only add.
    Steps,
    /// Every row is rewritten.
    Rewrite,
}

impl Pending {
    /// Bytes that must be free for a database of this size.
    #[must_use]
    pub const fn need(self, bytes: u64) -> u64 {
        match self {
            Self::Nothing => LEAST,
            Self::Steps => 2 * LEAST + bytes / 4,
            Self::Rewrite => 2 * LEAST + 2 * bytes,
        }
    }
}

impl Database {
    /// The steps still to be run; writes nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn pending(&self, steps: &[crate::Migration]) -> Result<Pending, StoreError> {
        if !self.has_table("migration").await? {
            return Ok(Pending::Steps);
        }
        let mut reader = self.reader().await?;
        let done = reader.rows("select number from migration", &[]).await?;
        let done = done
            .iter()
            .map(|row| row.int("number"))
            .collect::<Result<Vec<_>, _>>()?;
        if matches!(self, Self::Sqlite(_))
            && !crate::ids::is_packed(&reader.rows("pragma user_version", &[]).await?)?
        {
            return Ok(Pending::Rewrite);
        }
        Ok(if steps.iter().any(|step| !done.contains(&step.number)) {
            Pending::Steps
        } else {
            Pending::Nothing
        })
    }
}
