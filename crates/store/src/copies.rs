//! Copies of an embedded database that are never more than a moment behind. SQLite first writes
//! every change to its write-ahead log and folds that into the database file at a checkpoint. While
//! a copy is kept only we make checkpoints, so a copy of the file and of every log since, in order,
//! is the database. Pages are encrypted in the log as they are in the file, and so in the copies.
use crate::{Database, StoreError, database::connect, wal::Wal};
use sqlx::Connection;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// A write-ahead log longer than this is folded into the database.
const LONGEST_LOG: u64 = 4 * 1024 * 1024;

/// The write-ahead log of a database, and where it is copied to.
pub(crate) struct Journal {
    log: PathBuf,
    chain: Option<Chain>,
    /// While the database file is copied it must not change.
    held: bool,
    /// When it was copied last, in microseconds.
    at: i64,
}

/// A copy of the file and the logs since: `base.db`, `log-000001` …, and `times`, which tells how
/// far the latest had come when. Only where data and keys are copied one after the other is there a
/// time, so that a copy of the data up to a time never goes ahead of the keys' up to the same.
struct Chain {
    folder: PathBuf,
    number: u64,
    wal: Wal,
    /// The generation of the log before, once it has ended.
    before: Option<u32>,
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn log_file(folder: &Path, number: u64) -> PathBuf {
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
    fn copy(&mut self, time: Option<i64>) -> io::Result<()> {
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
    fn copy_on(&mut self, log: &Path, time: Option<i64>) -> io::Result<()> {
        let committed = match self.wal.committed(log)? {
            None => {
                // It was folded to its end, which was copied before, and begins anew.
                self.before = self.wal.generation();
                (self.number, self.wal) = (self.number + 1, Wal::default());
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

impl Database {
    /// Begins a copy of an embedded database in an empty folder; from then on
    /// [`Database::copy_on`] keeps it up. People go on working meanwhile.
    ///
    /// # Errors
    /// When the folder can't be written, and on PostgreSQL, which has tools of its own.
    pub async fn begin_copy(&self, folder: &Path, now: i64) -> Result<(), StoreError> {
        self.copy_with(folder, now, |journal, chain| journal.chain = Some(chain))
            .await
    }
    /// Copies an embedded database as it is now; a copy that is being kept is kept on.
    ///
    /// # Errors
    /// As [`Database::begin_copy`].
    pub async fn copy_once(&self, folder: &Path, now: i64) -> Result<(), StoreError> {
        self.copy_with(folder, now, |_, _| {}).await
    }

    async fn copy_with(
        &self,
        folder: &Path,
        now: i64,
        then: impl FnOnce(&mut Journal, Chain),
    ) -> Result<(), StoreError> {
        let Self::Sqlite(files) = self else {
            return Err(StoreError::Shape(
                "PostgreSQL is backed up by its own tools".into(),
            ));
        };
        files.groups.watch(true).await?;
        let (from, to) = (files.path.clone(), folder.to_owned());
        let copied = tokio::task::spawn_blocking(move || {
            fs::create_dir_all(&to)?;
            fs::copy(from, to.join("base.db"))?;
            File::open(to.join("base.db"))?.sync_all()
        });
        let copied = copied.await.unwrap_or_else(|e| Err(io::Error::other(e)));
        let done = {
            let mut journal = files.groups.journal();
            let mut chain = Chain {
                folder: folder.to_owned(),
                number: 1,
                wal: Wal::default(),
                before: None,
            };
            let done = copied.and_then(|()| chain.copy_on(&journal.log, Some(now)));
            if done.is_ok() {
                then(&mut journal, chain);
            }
            done
        };
        files.groups.watch(false).await?;
        if done.is_err() {
            // Half a copy is none, and would take the room that the next one needs.
            let _ = fs::remove_dir_all(folder);
        }
        done.map_err(cant)
    }
    /// Copies what was written since; gives whether a copy is being kept.
    ///
    /// # Errors
    /// When the copy can't be written; then it is given up and a new one must be begun.
    pub fn copy_on(&self, now: i64) -> Result<bool, StoreError> {
        let Self::Sqlite(files) = self else {
            return Ok(false);
        };
        let mut journal = files.groups.journal();
        journal.copy_on(now).map_err(cant)?;
        Ok(journal.chain.is_some())
    }
}

fn cant(e: io::Error) -> StoreError {
    sqlx::Error::Io(e).into()
}

/// Puts an embedded database together from a copy, as it was at a moment or as late as the copy
/// goes; gives that moment, in microseconds.
///
/// # Errors
/// When the copy can't be read, or does not open with this key.
pub async fn put_together(
    copy: &Path,
    until: Option<i64>,
    to: &Path,
    key: &str,
) -> Result<i64, StoreError> {
    let steps = steps(times(copy)?, until);
    let Some(last) = steps.last() else {
        return Err(StoreError::Shape("the copy begins later than that".into()));
    };
    fs::copy(copy.join("base.db"), to).map_err(cant)?;
    for step in &steps {
        let mut log = Vec::new();
        match File::open(log_file(copy, step.number)) {
            Ok(file) => file.take(step.copied).read_to_end(&mut log).map_err(cant)?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => 0,
            Err(e) => return Err(cant(e)),
        };
        fs::write(beside(to, "-wal"), log).map_err(cant)?;
        let _ = fs::remove_file(beside(to, "-shm"));
        let (mut connection, _) = connect(to, key).await?;
        crate::driver::sqlite::rows(&mut connection, "pragma wal_checkpoint(truncate)", &[])
            .await?;
        connection.close().await?;
    }
    File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(cant)?;
    Ok(last.at)
}

/// How far one log goes, and when it had come there.
#[derive(Clone, Copy)]
struct Step {
    at: i64,
    number: u64,
    copied: u64,
}

/// Every time that a copy tells of, in order. A line that was cut off half-way is none.
fn times(copy: &Path) -> Result<Vec<Step>, StoreError> {
    let text = fs::read_to_string(copy.join("times")).map_err(cant)?;
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let step = |line: &str| {
        let mut numbers = line.split(' ').map(str::parse::<i64>);
        let mut next = || numbers.next()?.ok();
        Some(Step {
            at: next()?,
            number: next()?.unsigned_abs(),
            copied: next()?.unsigned_abs(),
        })
    };
    Ok(whole.lines().filter_map(step).collect())
}

/// The first and the last moment, in microseconds, that an embedded database can be put together as
/// of from this copy; nothing where there is none.
///
/// # Errors
/// When the copy can't be read.
pub fn moments(copy: &Path) -> Result<Option<(i64, i64)>, StoreError> {
    let times = times(copy)?;
    Ok(times
        .first()
        .zip(times.last())
        .map(|(first, last)| (first.at, last.at)))
}

/// Each log up to a moment, in order: one that another follows whole, the latest as far as it had come.
fn steps(times: Vec<Step>, until: Option<i64>) -> Vec<Step> {
    let Some(last) = times
        .into_iter()
        .take_while(|step| until.is_none_or(|until| step.at <= until))
        .last()
    else {
        return Vec::new();
    };
    (1..last.number)
        .map(|number| Step {
            number,
            copied: u64::MAX,
            ..last
        })
        .chain([last])
        .collect()
}

/// Reads a database file from its first page to its last: whether every page is as it was written,
/// and whether the pages fit each other. Gives what is wrong.
///
/// # Errors
/// When it does not open with this key.
pub async fn check_pages(path: &Path, key: &str) -> Result<Vec<String>, StoreError> {
    let (mut connection, _) = connect(path, key).await?;
    let mut wrong = Vec::new();
    for (pragma, fine) in [
        ("pragma cipher_integrity_check", ""),
        ("pragma integrity_check", "ok"),
    ] {
        for row in crate::driver::sqlite::rows(&mut connection, pragma, &[]).await? {
            match row.values.first() {
                Some(crate::Val::Text(text)) if text != fine => wrong.push(text.clone()),
                _ => {}
            }
        }
    }
    connection.close().await?;
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::SqliteConnection;

    /// Everything in the table of a plain database, by its log copied so far.
    async fn put_back(folder: &Path, name: &str) -> Vec<i64> {
        let to = folder.join(name);
        put_together(&folder.join("copy"), None, &to, &"0".repeat(64))
            .await
            .unwrap();
        let (mut connection, _) = connect(&to, &"0".repeat(64)).await.unwrap();
        let rows = crate::driver::sqlite::rows(&mut connection, "select n from t order by n", &[])
            .await
            .unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.int("n").unwrap()).collect()
    }

    #[tokio::test]
    async fn only_what_was_committed_is_copied_whatever_stands_in_the_log() {
        let folder = std::env::temp_dir().join(format!("interpres-copies-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("copy")).unwrap();
        let path = folder.join("live.db");
        let (mut live, _) = connect(&path, &"0".repeat(64)).await.unwrap();
        let run = async |live: &mut SqliteConnection, sql: &str| {
            crate::driver::sqlite::script(live, sql).await.unwrap()
        };
        // A small cache spills what is not committed yet into the log.
        run(&mut live, "pragma wal_autocheckpoint = 0; pragma cache_size = 5; create table t (n integer, pad text)").await;
        run(&mut live, "pragma wal_checkpoint(truncate)").await;
        fs::copy(&path, folder.join("copy/base.db")).unwrap();
        let mut journal = Journal::of(&path);
        journal.chain = Some(Chain {
            folder: folder.join("copy"),
            number: 1,
            wal: Wal::default(),
            before: None,
        });
        let fill = |from: i64| {
            format!(
                "insert into t with recursive c (n) as (select {from} union all select n + 1 from c where n < {}) select n, hex(randomblob(400)) from c",
                from + 299
            )
        };
        let (mut expected, mut at) = (Vec::new(), 0);
        for round in 0..6 {
            let from = i64::from(round) * 1000;
            run(&mut live, "begin").await;
            run(&mut live, &fill(from)).await;
            // In the middle of a transaction, whose pages stand in the log already.
            journal.copy_on(at).unwrap();
            if round % 2 == 0 {
                run(&mut live, "rollback").await;
                run(
                    &mut live,
                    &format!("insert into t values ({}, '')", from + 999),
                )
                .await;
                expected.push(from + 999);
            } else {
                run(&mut live, "commit").await;
                expected.extend(from..from + 300);
            }
            at += 1;
            journal.copy_on(at).unwrap();
            assert_eq!(
                put_back(&folder, &format!("back-{round}.db")).await,
                expected,
                "round {round}"
            );
            if round == 3 {
                run(
                    &mut live,
                    &format!("insert into t values ({}, '')", from + 998),
                )
                .await;
                journal.copy_end().unwrap();
                run(&mut live, "pragma wal_checkpoint(passive)").await;
                assert_eq!(
                    put_back(&folder, "between.db").await,
                    expected,
                    "what is copied between two times, without the keys, is of none yet"
                );
                expected.push(from + 998);
            }
        }
        assert!(
            log_file(&folder.join("copy"), 2).exists(),
            "the log began anew once"
        );
        live.close().await.unwrap();
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn each_log_is_taken_as_far_as_it_had_come_at_the_moment() {
        let folder = std::env::temp_dir().join(format!("interpres-times-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(
            folder.join("times"),
            "10 1 100\n20 1 250\n30 2 0\n40 2 80\n50 4 7\n60 5",
        )
        .unwrap();
        let found = |until| {
            steps(times(&folder).unwrap(), until)
                .iter()
                .map(|s| (s.at, s.number, s.copied))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found(None),
            [
                (50, 1, u64::MAX),
                (50, 2, u64::MAX),
                (50, 3, u64::MAX),
                (50, 4, 7)
            ]
        );
        assert_eq!(found(Some(35)), [(30, 1, u64::MAX), (30, 2, 0)]);
        assert_eq!(found(Some(19)), [(10, 1, 100)]);
        assert_eq!(found(Some(9)), []);
        assert_eq!(moments(&folder).unwrap(), Some((10, 50)));
        fs::remove_dir_all(folder).unwrap();
    }
}
