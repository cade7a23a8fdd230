//! Continuous backups of an embedded database. SQLite writes every change to its write-ahead log first and folds it
//! into the database file at a checkpoint. While a backup is active, only we run checkpoints, so a copy of the file
//! plus every log since, in order, is the database. Pages are encrypted in the log as in the file, and so in the
//! backup.
use crate::{
    Database, StoreError,
    connect::connect,
    journal::{Chain, Journal},
    wal::Wal,
};
use sqlx::Connection;
use std::{
    fs::{self, File},
    io,
    path::Path,
};

impl Database {
    /// Starts a backup of an embedded database in an empty folder; [`Database::copy_on`] continues it. Writes
    /// continue meanwhile.
    ///
    /// # Errors
    /// When the folder can't be written, and on PostgreSQL, which has tools of its own.
    pub async fn begin_copy(&self, folder: &Path, now: i64) -> Result<(), StoreError> {
        self.copy_with(folder, now, |journal, chain| journal.chain = Some(chain))
            .await
    }

    /// Backs up an embedded database as of now; an active backup continues.
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
            // Half a backup is useless, and takes the space that the next one needs.
            let _ = fs::remove_dir_all(folder);
        }
        done.map_err(cant)
    }

    /// Copies changes since the last call; returns whether a backup is active.
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

pub(crate) fn cant(e: io::Error) -> StoreError {
    sqlx::Error::Io(e).into()
}

/// Reads every page of a database file: checks each page's authentication and the structure between pages. Returns
/// the problems.
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
    use crate::{journal::log_file, put_together};
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
        // A small cache spills uncommitted pages into the log.
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
            // In the middle of a transaction, whose pages are in the log already.
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
}
