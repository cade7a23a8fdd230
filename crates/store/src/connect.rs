//! Opening an encrypted file: its key, how its pages are authenticated, and full synchronous writing.
use crate::{StoreError, Val, driver::sqlite, group::Groups};
use sqlx::{
    ConnectOptions, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::time::Duration;

/// A connection to a file, and the options that opened it. Pages are authenticated by HMAC-SHA-256, which has
/// hardware support; older files with SQLCipher's default keep HMAC-SHA-512.
pub(crate) async fn connect(
    path: &std::path::Path,
    key: &str,
) -> Result<(SqliteConnection, SqliteConnectOptions), StoreError> {
    let older = sqlite_options(path, key);
    let options = older.clone().pragma("cipher_hmac_algorithm", "HMAC_SHA256");
    match options.connect().await {
        Err(e)
            if e.as_database_error().and_then(|e| e.code()).as_deref() == Some(NOT_A_DATABASE) =>
        {
            let connection = older.connect().await?;
            tracing::info!(file = %path.display(), "an older file, authenticated by HMAC-SHA-512; what SQLCipher says of page 1 above was the trial of HMAC-SHA-256");
            Ok((connection, older))
        }
        opened => Ok((opened?, options)),
    }
}

/// SQLite's error when pages do not decrypt (SQLITE_NOTADB).
const NOT_A_DATABASE: &str = "26";

fn sqlite_options(path: &std::path::Path, key: &str) -> SqliteConnectOptions {
    // A raw key skips the 256,000 rounds of derivation on every connection.
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .pragma("key", format!("\"x'{key}'\""))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("secure_delete", "on")
        .pragma("temp_store", "memory")
        .statement_cache_capacity(400)
        // A reader of many rows would else be woken for every fifty of them.
        .row_buffer_size(2_048)
        .disable_statement_logging()
}

/// FULL is 2; anything lower could acknowledge a write that a power failure loses.
pub(crate) async fn assert_full_sync(groups: &Groups) -> Result<(), StoreError> {
    let mut group = groups.group.lock().await;
    let rows = sqlite::rows(group.connection()?, "pragma synchronous", &[]).await?;
    match rows.first().and_then(|row| row.values.first()) {
        Some(Val::Int(2)) => Ok(()),
        _ => Err(StoreError::Shape(
            "the embedded engine does not sync fully".into(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Database};

    #[tokio::test]
    async fn a_new_file_is_authenticated_by_hmac_sha_256_and_one_of_before_still_opens() {
        let folder = std::env::temp_dir().join(format!("interpres-hmac-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let key = "07".repeat(32);
        let config = |name: &str, key: &str| Config::File {
            path: folder.join(name),
            key: key.to_owned(),
        };
        let mut older = sqlite_options(&folder.join("older.db"), &key)
            .connect()
            .await
            .unwrap();
        sqlite::script(
            &mut older,
            "create table t (n integer); insert into t values (7)",
        )
        .await
        .unwrap();
        sqlx::Connection::close(older).await.unwrap();
        let db = Database::open(&config("older.db", &key)).await.unwrap();
        let mut turn = db.turn().await.unwrap();
        turn.execute("insert into t values (8)", &[]).await.unwrap();
        turn.keep().await.unwrap().wait().await.unwrap();
        assert_eq!(
            db.reader()
                .await
                .unwrap()
                .rows("select n from t", &[])
                .await
                .unwrap()
                .len(),
            2
        );
        db.close().await;
        assert!(
            crate::check_pages(&folder.join("older.db"), &key)
                .await
                .unwrap()
                .is_empty()
        );
        let db = Database::open(&config("newer.db", &key)).await.unwrap();
        let mut turn = db.turn().await.unwrap();
        turn.script("create table t (n integer)").await.unwrap();
        turn.keep().await.unwrap().wait().await.unwrap();
        db.close().await;
        assert!(
            sqlite_options(&folder.join("newer.db"), &key)
                .connect()
                .await
                .is_err(),
            "its pages are not those of HMAC-SHA-512"
        );
        for name in ["older.db", "newer.db"] {
            assert!(
                Database::open(&config(name, &"08".repeat(32)))
                    .await
                    .is_err(),
                "{name} opened by another key"
            );
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
