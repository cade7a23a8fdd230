use crate::{
    Row, StoreError, Val, Write,
    database::Database,
    dialect,
    driver::{check_binds, postgres, sqlite},
    erased::Erased,
    group::{Group, Groups, Loss},
    room::ServerDisk,
};
use async_recursion::async_recursion as boxed;
use sqlx::{Postgres, pool::PoolConnection};
use std::sync::Arc;
use tokio::sync::{OwnedMutexGuard, oneshot};

/// One command's place in a transaction: a savepoint in a shared one on the embedded engine, a
/// transaction of its own on PostgreSQL.
///
/// Dropping a turn before it is kept or undone, because its task was stopped, also drops its transaction: no part of
/// it may reach another commit, and no lock may remain.
pub struct Turn(Option<Erased<Kind>>);

enum Kind {
    Sqlite(OwnedMutexGuard<Group>, Arc<Groups>),
    Postgres(PoolConnection<Postgres>, ServerDisk),
}

/// Resolves when the write is on disk.
#[must_use = "nothing may be answered before this resolves"]
pub struct Durable(Option<oneshot::Receiver<Result<(), Loss>>>);

impl Durable {
    pub(crate) const fn already() -> Self {
        Self(None)
    }
    pub(crate) const fn later(receiver: oneshot::Receiver<Result<(), Loss>>) -> Self {
        Self(Some(receiver))
    }
    /// Waits for the disk.
    ///
    /// # Errors
    /// If the commit was lost; nothing was saved.
    #[boxed]
    pub async fn wait(self) -> Result<(), StoreError> {
        match self.0 {
            None => Ok(()),
            Some(receiver) => match receiver.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(Loss::Full)) => Err(StoreError::Full),
                Ok(Err(Loss::Busy)) | Err(_) => Err(StoreError::Busy),
            },
        }
    }
}

impl Database {
    /// Takes a turn at writing.
    ///
    /// # Errors
    /// When the database can't take it now.
    #[boxed]
    pub async fn turn(&self) -> Result<Turn, StoreError> {
        match self {
            Self::Sqlite(files) => Ok(Turn::of(Kind::Sqlite(
                files.groups.take_turn().await?,
                files.groups.clone(),
            ))),
            Self::Postgres(server) => {
                let mut turn = Turn::of(Kind::Postgres(
                    server.pool.acquire().await?,
                    server.disk.clone(),
                ));
                turn.script("begin").await?;
                Ok(turn)
            }
        }
    }
}

impl Turn {
    fn of(kind: Kind) -> Self {
        Self(Some(Erased::new(kind)))
    }
    /// Rows of a statement.
    ///
    /// # Errors
    /// See [`StoreError`].
    #[boxed]
    pub async fn rows(&mut self, sql: &str, args: &[Val]) -> Result<Vec<Row>, StoreError> {
        check_binds(sql, args)?;
        match self.kind()? {
            Kind::Sqlite(group, _) => sqlite::rows(group.connection()?, sql, args).await,
            Kind::Postgres(connection, disk) => {
                disk.heard(postgres::rows(connection, sql, args).await)
            }
        }
    }
    /// Number of rows a statement changed.
    ///
    /// # Errors
    /// See [`StoreError`].
    #[boxed]
    pub async fn execute(&mut self, sql: &str, args: &[Val]) -> Result<u64, StoreError> {
        check_binds(sql, args)?;
        match self.kind()? {
            Kind::Sqlite(group, _) => sqlite::execute(group.connection()?, sql, args).await,
            Kind::Postgres(connection, disk) => {
                disk.heard(postgres::execute(connection, sql, args).await)
            }
        }
    }
    #[boxed]
    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        match self.kind()? {
            Kind::Sqlite(group, _) => sqlite::script(group.connection()?, sql).await,
            Kind::Postgres(connection, disk) => disk.heard(postgres::script(connection, sql).await),
        }
    }
    /// Small writes, batched into few statements. Each row must arrive.
    ///
    /// # Errors
    /// [`StoreError::Swallowed`] where one did not; see [`StoreError`].
    #[boxed]
    pub async fn write(&mut self, writes: Vec<Write>) -> Result<(), StoreError> {
        for statement in crate::notes::statements(writes) {
            statement.took(self.execute(&statement.sql, &statement.args).await?)?;
        }
        Ok(())
    }
    /// Takes the advisory lock `name` until the end of the transaction. Everyone takes locks in the same order, so
    /// there are no deadlocks.
    ///
    /// # Errors
    /// See [`StoreError`].
    #[boxed]
    pub async fn alone(&mut self, name: &str) -> Result<(), StoreError> {
        let engine = if matches!(self.0.as_deref(), Some(Kind::Sqlite(..))) {
            crate::Engine::Sqlite
        } else {
            crate::Engine::Postgres
        };
        if let Some(sql) = dialect::alone(engine) {
            self.rows(sql, &[name.into()]).await?;
        }
        Ok(())
    }
    fn kind(&mut self) -> Result<&mut Kind, StoreError> {
        self.0.as_deref_mut().ok_or(StoreError::Busy)
    }
    /// Keeps the writes.
    ///
    /// # Errors
    /// If the transaction was lost; nothing was saved.
    #[boxed]
    pub async fn keep(self) -> Result<Durable, StoreError> {
        self.end(true).await
    }
    /// Rolls the writes back.
    ///
    /// # Errors
    /// If the transaction was lost; nothing was saved either.
    #[boxed]
    pub async fn undo(self) -> Result<(), StoreError> {
        self.end(false).await.map(drop)
    }
    async fn end(mut self, keep: bool) -> Result<Durable, StoreError> {
        if let Kind::Postgres(connection, disk) = self.kind()? {
            disk.heard(
                postgres::script(connection, if keep { "commit" } else { "rollback" }).await,
            )?;
            self.0 = None;
            return Ok(Durable::already());
        }
        let Some(Kind::Sqlite(group, groups)) = self.0.take().map(Erased::take) else {
            return Err(StoreError::Busy);
        };
        groups.end_turn(group, keep).await.map(Durable::later)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        match self.0.as_deref_mut() {
            Some(Kind::Sqlite(group, _)) => group.abandon(),
            Some(Kind::Postgres(connection, _)) => connection.close_on_drop(),
            None => {}
        }
    }
}
