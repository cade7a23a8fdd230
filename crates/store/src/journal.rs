//! The write-ahead log of an embedded database, and the copy of it that is kept up.
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

/// A copy of the file and the logs since: `base.db`, `log-000001` …, and `times`, which tells how
/// far the latest had come when. Only where data and keys are copied one after the other is there a
/// time, so that a copy of the data up to a time never goes ahead of the keys' up to the same.
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

    /// Whether checkpoints are ours to make.
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

    /// Copies what was committed since. A copy that fails is given up; a new one must be begun.
    pub(crate) fn copy_on(&mut self, now: i64) -> io::Result<()> {
        self.at = now;
        self.copy(Some(now))
    }

    /// The same before a log is folded, between two times.
    pub(crate) fn copy_end(&mut self) -> io::Result<()> {
        self.copy(None)
    }

    /// The same for the last time: the database is closed, and then that of the keys.
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
                // It was folded to its end, which was copied before, and begins anew.
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
    /// Keeps the database file as it is, or lets it change again.
    pub(crate) const fn hold(&mut self, held: bool) {
        self.held = held;
    }
}
