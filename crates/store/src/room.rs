//! Room on the disk under an embedded database. A file is kept beside it that holds nothing but room: when
//! the disk fills up it is let go, so that what people look at can still be entered in the log while nothing
//! else is written. It is taken back once there is room for more.
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

/// The room that is kept for the log, and whether it is being used.
pub(crate) struct Reserve {
    path: PathBuf,
    full: AtomicBool,
}

/// How many bytes may still be written under a path.
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

/// Lets the reserve of a folder go where there is no room even to open a database.
///
/// # Errors
/// When the system does not say how much room there is.
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

    /// Whether nothing but the log may be written; lets the reserve go when that begins, and takes it
    /// back when it ends.
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

    /// Takes the reserve where there is room for it; a file system that gives none in advance has none.
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
    /// Keeps room for the log from now on, where the database is a file.
    pub fn keep_reserve(&self) {
        if let Self::Sqlite(files) = self {
            let _ = files.reserve.get_or_init(|| Reserve::beside(&files.path));
        }
    }

    /// Whether nothing but the log may be written because the disk is full. A server's disk is known
    /// only by what the server said a moment ago.
    #[must_use]
    pub fn is_full(&self) -> bool {
        match self {
            Self::Sqlite(files) => files.reserve.get().is_some_and(Reserve::is_full),
            Self::Postgres(server) => server.disk.was_full_lately(),
        }
    }
}

/// How long a server's disk counts as full after it said so.
const FULL_FOR: Duration = Duration::from_secs(15);

/// What a server said last about room on its disk.
#[derive(Clone, Default)]
pub(crate) struct ServerDisk(Arc<Mutex<Option<Instant>>>);

impl ServerDisk {
    /// Notes it when the server says that there is no room.
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

/// What it takes to bring a schema up to date, beside the room the database has already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pending {
    /// Nothing is to be done.
    Nothing,
    /// Steps that add to what is there.
    Steps,
    /// Every row is written anew.
    Rewrite,
}

impl Pending {
    /// How many bytes must be free to do it to a database of this many.
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
    /// What of these steps is still to be done; writes nothing.
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
