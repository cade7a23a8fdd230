use crate::{
    Row, ServerAddress, StoreError, Val, Write,
    connect::{assert_full_sync, connect},
    dialect,
    driver::{check_binds, postgres, sqlite},
    erased::Erased,
    group::{Ack, Groups, Loss},
    room::{Reserve, ServerDisk},
    turn::Durable,
};
use async_recursion::async_recursion as boxed;
use sqlx::{
    ConnectOptions, PgPool, Postgres, Sqlite, SqlitePool, pool::PoolConnection,
    postgres::PgPoolOptions, sqlite::SqlitePoolOptions,
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

/// Where the data is stored.
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
    Sqlite(Erased<Files>),
    /// PostgreSQL.
    Postgres(Erased<Server>),
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
pub struct Reader(Erased<ReaderKind>);

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
    #[boxed]
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
                Ok(Self::Sqlite(Erased::new(Files {
                    readers,
                    path: path.clone(),
                    groups,
                    reserve: OnceLock::new(),
                })))
            }
            Config::Server(address) => {
                // Every statement is prepared and narrowed by an index on its first columns, so one plan serves all
                // binds; replanning cost more than running. A plan made while a table was small must not scan it once
                // it has grown. Where a small table is scanned anyway, the estimated cost must not trigger JIT
                // compilation, which takes a quarter of a second.
                let newest = crate::migrate::newest().to_string();
                let settings = [
                    ("plan_cache_mode", "force_generic_plan"),
                    ("enable_seqscan", "off"),
                    ("jit", "off"),
                    // Where an old process must not run alongside a migration step, the database rejects processes
                    // that do not know the step.
                    ("interpres.schema", newest.as_str()),
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
                Ok(Self::Postgres(Erased::new(Server { pool, notes, disk })))
            }
        }
    }

    /// Whether the database exists: a missing or empty file would be created.
    #[must_use]
    pub fn is_there(config: &Config) -> bool {
        match config {
            Config::File { path, .. } => std::fs::metadata(path).is_ok_and(|file| file.len() > 0),
            Config::Server(_) => true,
        }
    }

    /// Whether a table of this name exists.
    ///
    /// # Errors
    /// See [`StoreError`].
    #[boxed]
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
    /// If none is free in time.
    #[boxed]
    pub async fn reader(&self) -> Result<Reader, StoreError> {
        Ok(Reader(Erased::new(match self {
            Self::Sqlite(files) => ReaderKind::Sqlite(files.readers.acquire().await?),
            Self::Postgres(server) => ReaderKind::Postgres(server.pool.acquire().await?),
        })))
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
                // If the task is gone, the ticket is dropped and its waiter gets an error.
                let _ = server.notes.send((writes, ack));
                Durable::later(durable)
            }
        }
    }

    /// The plan of a statement, a line each.
    ///
    /// # Errors
    /// See [`StoreError`].
    #[boxed]
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

    /// Overwrites or releases the space of deleted rows. The embedded engine does so on deletion (`secure_delete`).
    ///
    /// # Errors
    /// See [`StoreError`].
    #[boxed]
    pub async fn scrub(&self, tables: &[&str]) -> Result<(), StoreError> {
        if let Self::Postgres(server) = self {
            let mut connection = server.pool.acquire().await?;
            for table in tables {
                postgres::script(&mut connection, &format!("vacuum {table}")).await?;
            }
        }
        Ok(())
    }

    /// Finishes pending work and closes every connection: readers first, the writer last.
    #[boxed]
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
    /// Rows of a statement.
    ///
    /// # Errors
    /// See [`StoreError`].
    #[boxed]
    pub async fn rows(&mut self, sql: &str, args: &[Val]) -> Result<Vec<Row>, StoreError> {
        check_binds(sql, args)?;
        match &mut *self.0 {
            ReaderKind::Sqlite(connection) => sqlite::rows(connection, sql, args).await,
            ReaderKind::Postgres(connection) => postgres::rows(connection, sql, args).await,
        }
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
