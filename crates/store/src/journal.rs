//! The write-ahead log of an embedded database, and its continuous backup.
use crate::wal::Wal;
use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A write-ahead log longer than this is folded into the database.
const LONGEST_LOG: u64 = 4 * 1024 * 1024;

/// The write-ahead log of a database, and where it is copied to.
pub(crate) struct Journal {
    pub(crate) log: PathBuf,
    pub(crate) chain: Option<Chain>,
    /// While the database file is copied it must not change.
    held: bool,
    /// When it was copied last, in microseconds.
    pub(crate) at: i64,
}

/// A backup of the file and the logs since: `base.db`, `log-000001` …, and `times`, which records how far the latest
/// log had come when. Times are written only when data and keys are copied in sequence, so a data backup as of a time
/// never runs ahead of the keys' backup.
pub(crate) struct Chain {
    pub(crate) folder: PathBuf,
    pub(crate) number: u64,
    pub(crate) wal: Wal,
    /// The generation of the log before, once it has ended.
    pub(crate) before: Option<u32>,
}

pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

pub(crate) fn log_file(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("log-{number:06}"))
}

impl Journal {
    pub(crate) fn of(database: &Path) -> Self {
        Self {
            log: beside(database, "-wal"),
            chain: None,
            held: false,
            at: 0,
        }
    }

    /// Whether we run the checkpoints.
    pub(crate) const fn is_watched(&self) -> bool {
        self.held || self.chain.is_some()
    }

    pub(crate) fn is_long(&self) -> bool {
        !self.held
            && self
                .chain
                .as_ref()
                .is_some_and(|chain| chain.wal.read() > LONGEST_LOG)
    }

    /// Copies commits since the last call. A failed backup is abandoned; start a new one.
    pub(crate) fn copy_on(&mut self, now: i64) -> io::Result<()> {
        self.at = now;
        self.copy(Some(now))
    }

    /// Like `copy_on`, before a log is folded, between two times.
    pub(crate) fn copy_end(&mut self) -> io::Result<()> {
        self.copy(None)
    }

    /// Like `copy_on`, for the last time: the data store is closed, then the key store.
    pub(crate) fn copy_last(&mut self) -> io::Result<()> {
        self.copy_on(self.at + 1)
    }

    pub(crate) fn copy(&mut self, time: Option<i64>) -> io::Result<()> {
        let Some(chain) = &mut self.chain else {
            return Ok(());
        };
        let done = chain.copy_on(&self.log, time);
        if done.is_err() {
            self.chain = None;
        }
        done
    }
}

impl Chain {
    pub(crate) fn copy_on(&mut self, log: &Path, time: Option<i64>) -> io::Result<()> {
        let committed = match self.wal.committed(log)? {
            None => {
                // The log was folded to its end, which was copied before, and restarts.
                self.before = self.wal.generation();
                self.number += 1;
                self.wal = Wal::default();
                self.wal.committed(log)?.unwrap_or_default()
            }
            Some(bytes) => bytes,
        };
        if let (Some(before), Some(now)) = (self.before, self.wal.generation())
            && now != before.wrapping_add(1)
        {
            return Err(io::Error::other("a write-ahead log began and ended unseen"));
        }
        if !committed.is_empty() {
            let mut to = OpenOptions::new()
                .create(true)
                .append(true)
                .open(log_file(&self.folder, self.number))?;
            to.write_all(&committed)?;
            to.sync_all()?;
        }
        let Some(now) = time else { return Ok(()) };
        let mut times = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join("times"))?;
        writeln!(times, "{now} {} {}", self.number, self.wal.read())?;
        times.sync_all()
    }
}

impl Journal {
    /// Freezes the database file, or releases it.
    pub(crate) const fn hold(&mut self, held: bool) {
        self.held = held;
    }
}
