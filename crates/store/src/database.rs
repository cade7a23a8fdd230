use crate::{
    Row, ServerAddress, StoreError, Val, Write, dialect,
    driver::{check_binds, postgres, sqlite},
    group::{Ack, Groups, Loss},
    room::{Reserve, ServerDisk},
    turn::Durable,
};
use sqlx::{
    ConnectOptions, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool,
    pool::PoolConnection,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

/// Which engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// The embedded one: SQLite, wholly encrypted by SQLCipher.
    Sqlite,
    /// The one for many processes.
    Postgres,
}

/// Where the data are.
#[derive(Clone)]
pub enum Config {
    /// An encrypted file and its raw 256-bit key as 64 hexadecimal digits.
    File {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
    /// A database on a PostgreSQL server.
    Server(ServerAddress),
}

/// One database, on either engine.
pub enum Database {
    /// The embedded engine.
    Sqlite(Files),
    /// PostgreSQL.
    Postgres(Server),
}

/// The embedded engine's connections: one writer whose commits are shared, some readers.
pub struct Files {
    readers: SqlitePool,
    pub(crate) path: PathBuf,
    pub(crate) groups: Arc<Groups>,
    pub(crate) reserve: OnceLock<Reserve>,
}

/// The server's connections, and the line to the one task that writes reads' entries.
pub struct Server {
    pub(crate) pool: PgPool,
    notes: mpsc::UnboundedSender<(Vec<Write>, Ack)>,
    pub(crate) disk: ServerDisk,
}

/// A connection that only reads.
pub struct Reader(ReaderKind);

enum ReaderKind {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

const READERS: u32 = 8;
const SERVER_CONNECTIONS: u32 = 16;

impl Database {
    /// Opens the database. On the embedded engine a wrong key is an error, and so is anything
    /// less than full synchronous writing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open(config: &Config) -> Result<Self, StoreError> {
        match config {
            Config::File { path, key } => {
                let (connection, options) = connect(path, key).await?;
                let groups = Groups::start(connection, options.clone(), path);
                assert_full_sync(&groups).await?;
                let readers = SqlitePoolOptions::new()
                    .max_connections(READERS)
                    .acquire_timeout(Duration::from_secs(5))
                    .connect_lazy_with(options.pragma("query_only", "on"));
                Ok(Self::Sqlite(Files {
                    readers,
                    path: path.clone(),
                    groups,
                    reserve: OnceLock::new(),
                }))
            }
            Config::Server(address) => {
                // Every statement is prepared and narrowed by an index on its first columns, so a
                // plan made once serves all binds; planning anew cost more than running. A plan
                // made while a table was small must not walk it when it has grown.
                // Where a small table is walked all the same, the cost it is given must not make the
                // server compile the statement, which takes a quarter of a second.
                let settings = [
                    ("plan_cache_mode", "force_generic_plan"),
                    ("enable_seqscan", "off"),
                    ("jit", "off"),
                ];
                let options = address
                    .options
                    .as_ref()
                    .clone()
                    .options(settings)
                    .disable_statement_logging();
                let pool = PgPoolOptions::new()
                    .max_connections(SERVER_CONNECTIONS)
                    .acquire_timeout(Duration::from_secs(5))
                    .connect_with(options)
                    .await?;
                let (notes, queue) = mpsc::unbounded_channel();
                let disk = ServerDisk::default();
                tokio::spawn(write_notes_forever(pool.clone(), disk.clone(), queue));
                Ok(Self::Postgres(Server { pool, notes, disk }))
            }
        }
    }
    /// Whether there is a database at all: a file that is missing or empty would be made anew.
    #[must_use]
    pub fn is_there(config: &Config) -> bool {
        match config {
            Config::File { path, .. } => std::fs::metadata(path).is_ok_and(|file| file.len() > 0),
            Config::Server(_) => true,
        }
    }
    /// Whether it has a table of this name.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn has_table(&self, name: &str) -> Result<bool, StoreError> {
        let rows = self
            .reader()
            .await?
            .rows(dialect::tables_named(self.engine()), &[name.into()])
            .await?;
        Ok(rows.first().map_or(Ok(0), |row| row.int("n"))? > 0)
    }
    /// Which engine this is.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }
    /// A connection to read by.
    ///
    /// # Errors
    /// When none is free in time.
    pub async fn reader(&self) -> Result<Reader, StoreError> {
        Ok(Reader(match self {
            Self::Sqlite(files) => ReaderKind::Sqlite(files.readers.acquire().await?),
            Self::Postgres(server) => ReaderKind::Postgres(server.pool.acquire().await?),
        }))
    }
    /// SQL for the bytes of a column of many rows as one value, in the rows' order.
    #[must_use]
    pub fn joined(&self, column: &str) -> String {
        dialect::joined(self.engine(), column)
    }
    /// Small writes for the next shared commit.
    pub fn note(&self, writes: Vec<Write>) -> Durable {
        match self {
            Self::Sqlite(files) => Durable::later(files.groups.note(writes)),
            Self::Postgres(server) => {
                let (ack, durable) = oneshot::channel();
                // When the task is gone the ticket is dropped, and whoever waits is refused.
                let _ = server.notes.send((writes, ack));
                Durable::later(durable)
            }
        }
    }
    /// The plan of a statement, a line each.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn plan(&self, sql: &str, args: &[Val]) -> Result<Vec<String>, StoreError> {
        let mut turn = self.turn().await?;
        let rows = turn
            .rows(&format!("{}{sql}", dialect::explain(self.engine())), args)
            .await;
        turn.undo().await?;
        Ok(rows?
            .iter()
            .filter_map(|row| {
                row.values.iter().rev().find_map(|v| {
                    if let Val::Text(t) = v {
                        Some(t.clone())
                    } else {
                        None
                    }
                })
            })
            .collect())
    }
    /// Overwrites or gives back the space of what was removed from tables. On the embedded engine
    /// that happened when it was removed (`secure_delete`).
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn scrub(&self, tables: &[&str]) -> Result<(), StoreError> {
        if let Self::Postgres(server) = self {
            let mut connection = server.pool.acquire().await?;
            for table in tables {
                postgres::script(&mut connection, &format!("vacuum {table}")).await?;
            }
        }
        Ok(())
    }
    /// Finishes what is under way and closes every connection: readers first, the writer last.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(files) => {
                files.readers.close().await;
                files.groups.stop().await;
            }
            Self::Postgres(server) => server.pool.close().await,
        }
    }
}

impl Reader {
    /// The rows a statement gives.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rows(&mut self, sql: &str, args: &[Val]) -> Result<Vec<Row>, StoreError> {
        check_binds(sql, args)?;
        match &mut self.0 {
            ReaderKind::Sqlite(connection) => sqlite::rows(connection, sql, args).await,
            ReaderKind::Postgres(connection) => postgres::rows(connection, sql, args).await,
        }
    }
}

/// A connection to a file, and the options that opened it. Pages are authenticated by HMAC-SHA-256, which
/// processors have instructions for; a file made when that was left to SQLCipher keeps HMAC-SHA-512.
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

/// What SQLite says where pages don't open (SQLITE_NOTADB).
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

/// FULL is 2; anything less could acknowledge what a power cut takes back.
async fn assert_full_sync(groups: &Groups) -> Result<(), StoreError> {
    let mut group = groups.group.lock().await;
    let rows = sqlite::rows(group.connection()?, "pragma synchronous", &[]).await?;
    match rows.first().and_then(|row| row.values.first()) {
        Some(Val::Int(2)) => Ok(()),
        _ => Err(StoreError::Shape(
            "the embedded engine does not sync fully".into(),
        )),
    }
}

/// One task writes the entries of all reads: while one commit is on its way to the disk the next
/// ones gather.
async fn write_notes_forever(
    pool: PgPool,
    disk: ServerDisk,
    mut queue: mpsc::UnboundedReceiver<(Vec<Write>, Ack)>,
) {
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, 512).await > 0 {
        let (writes, acks): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        let told = match disk
            .heard(write_batch(&pool, writes.into_iter().flatten().collect()).await)
        {
            Ok(()) => Ok(()),
            Err(e) => {
                tracing::error!(error = %e, "a batch of entries failed; nobody in it was answered");
                Err(Loss::from(&e))
            }
        };
        for ack in acks {
            let _ = ack.send(told);
        }
    }
}

async fn write_batch(pool: &PgPool, writes: Vec<Write>) -> Result<(), StoreError> {
    let mut connection = pool.begin().await?;
    for statement in crate::notes::statements(writes) {
        statement
            .took(postgres::execute(&mut connection, &statement.sql, &statement.args).await?)?;
    }
    Ok(connection.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

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
