use crate::{
    Row, StoreError, Val, Write,
    database::Database,
    dialect,
    driver::{check_binds, postgres, sqlite},
    group::{Group, Groups},
};
use sqlx::{Postgres, pool::PoolConnection};
use std::sync::Arc;
use tokio::sync::{OwnedMutexGuard, oneshot};

/// One command's place in a transaction: a savepoint in a shared one on the embedded engine, a
/// transaction of its own on PostgreSQL.
pub struct Turn(Kind);

enum Kind {
    Sqlite(OwnedMutexGuard<Group>, Arc<Groups>),
    Postgres(PoolConnection<Postgres>),
}

/// A promise that resolves when what was written is on disk.
#[must_use = "nothing may be answered before this resolves"]
pub struct Durable(Option<oneshot::Receiver<()>>);

impl Durable {
    pub(crate) const fn already() -> Self {
        Self(None)
    }
    pub(crate) const fn later(receiver: oneshot::Receiver<()>) -> Self {
        Self(Some(receiver))
    }
    /// Waits for the disk.
    ///
    /// # Errors
    /// When the commit was lost; then nothing of it was kept.
    pub async fn wait(self) -> Result<(), StoreError> {
        match self.0 {
            None => Ok(()),
            Some(receiver) => receiver.await.map_err(|_| StoreError::Busy),
        }
    }
}

impl Database {
    /// Takes a turn at writing.
    ///
    /// # Errors
    /// When the database can't take it now.
    pub async fn turn(&self) -> Result<Turn, StoreError> {
        match self {
            Self::Sqlite(files) => Ok(Turn(Kind::Sqlite(files.groups.take_turn().await?, files.groups.clone()))),
            Self::Postgres(server) => {
                let mut connection = server.pool.acquire().await?;
                postgres::script(&mut connection, "begin").await?;
                Ok(Turn(Kind::Postgres(connection)))
            }
        }
    }
}

impl Turn {
    /// The rows a statement gives.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rows(&mut self, sql: &str, args: &[Val]) -> Result<Vec<Row>, StoreError> {
        check_binds(sql, args)?;
        match &mut self.0 {
            Kind::Sqlite(group, _) => sqlite::rows(group.connection()?, sql, args).await,
            Kind::Postgres(connection) => postgres::rows(connection, sql, args).await,
        }
    }
    /// How many rows a statement changed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn execute(&mut self, sql: &str, args: &[Val]) -> Result<u64, StoreError> {
        check_binds(sql, args)?;
        match &mut self.0 {
            Kind::Sqlite(group, _) => sqlite::execute(group.connection()?, sql, args).await,
            Kind::Postgres(connection) => postgres::execute(connection, sql, args).await,
        }
    }
    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        match &mut self.0 {
            Kind::Sqlite(group, _) => sqlite::script(group.connection()?, sql).await,
            Kind::Postgres(connection) => postgres::script(connection, sql).await,
        }
    }
    /// Small writes, batched into few statements.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn write(&mut self, writes: Vec<Write>) -> Result<(), StoreError> {
        for (sql, args) in crate::notes::statements(writes) {
            self.execute(&sql, &args).await?;
        }
        Ok(())
    }
    /// Waits until no other transaction acts on this name, and keeps others waiting until this
    /// one ends. Names are taken in one order by all, so that none wait for each other.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn alone(&mut self, name: &str) -> Result<(), StoreError> {
        let engine = if matches!(self.0, Kind::Sqlite(..)) { crate::Engine::Sqlite } else { crate::Engine::Postgres };
        if let Some(sql) = dialect::alone(engine) {
            self.rows(sql, &[name.into()]).await?;
        }
        Ok(())
    }
    /// Keeps what was written.
    ///
    /// # Errors
    /// When the transaction was lost; then nothing was kept.
    pub async fn keep(self) -> Result<Durable, StoreError> {
        match self.0 {
            Kind::Sqlite(group, groups) => groups.end_turn(group, true).await.map(Durable::later),
            Kind::Postgres(mut connection) => {
                postgres::script(&mut connection, "commit").await?;
                Ok(Durable::already())
            }
        }
    }
    /// Undoes what was written.
    ///
    /// # Errors
    /// When the transaction was lost; then nothing was kept either.
    pub async fn undo(self) -> Result<(), StoreError> {
        match self.0 {
            Kind::Sqlite(group, groups) => groups.end_turn(group, false).await.map(drop),
            Kind::Postgres(mut connection) => postgres::script(&mut connection, "rollback").await,
        }
    }
}
