//! Group commit on the embedded engine: one commit with one fsync carries many commands and the entries of many
//! reads. Commands take turns inside one open transaction, each in its own savepoint; no one gets a response before
//! the commit.
use crate::{StoreError, driver::sqlite, journal::Journal, notes};
use crate::{Val, Write};
use async_recursion::async_recursion as boxed;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::Path,
    sync::{
        Arc, Mutex as PlainMutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, oneshot};

/// Resolves when the group's commit is on disk, or with the reason it was lost.
pub(crate) type Ack = oneshot::Sender<Result<(), Loss>>;

/// Why a commit was lost, for everybody whose writes were in it.
#[derive(Clone, Copy)]
pub(crate) enum Loss {
    Busy,
    Full,
}

impl From<&StoreError> for Loss {
    fn from(e: &StoreError) -> Self {
        if matches!(e, StoreError::Full) {
            Self::Full
        } else {
            Self::Busy
        }
    }
}

pub(crate) struct Group {
    pub(crate) connection: Option<SqliteConnection>,
    open: bool,
    opened: Instant,
    acks: Vec<Ack>,
    /// Whether a turn was aborted halfway because its task stopped. The transaction's state is then unknown, so the
    /// whole group is dropped before anything else runs.
    abandoned: bool,
}

pub(crate) struct Groups {
    options: SqliteConnectOptions,
    pub(crate) group: Arc<Mutex<Group>>,
    waiting: AtomicUsize,
    noted: PlainMutex<Vec<(Vec<Write>, Ack)>>,
    wake: Notify,
    stopping: AtomicBool,
    stopped: Notify,
    journal: PlainMutex<Journal>,
}

const MOST_IN_A_GROUP: usize = 256;
const LONGEST_GROUP: Duration = Duration::from_millis(8);
const SYNC_WORTH_WAITING_FOR: Duration = Duration::from_micros(400);

impl Groups {
    pub(crate) fn start(
        connection: SqliteConnection,
        options: SqliteConnectOptions,
        path: &Path,
    ) -> Arc<Self> {
        let group = Group {
            connection: Some(connection),
            open: false,
            opened: Instant::now(),
            acks: Vec::new(),
            abandoned: false,
        };
        let groups = Arc::new(Self {
            options,
            group: Arc::new(Mutex::new(group)),
            waiting: AtomicUsize::new(0),
            noted: PlainMutex::default(),
            wake: Notify::new(),
            stopping: AtomicBool::new(false),
            stopped: Notify::new(),
            journal: PlainMutex::new(Journal::of(path)),
        });
        tokio::spawn(groups.clone().commit_forever());
        groups
    }

    /// Waits for a turn and opens a savepoint.
    #[boxed]
    pub(crate) async fn take_turn(&self) -> Result<OwnedMutexGuard<Group>, StoreError> {
        if self.stopping.load(Ordering::Acquire) {
            return Err(StoreError::Busy);
        }
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let mut group = self.group.clone().lock_owned().await;
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        match self.enter(&mut group).await {
            Ok(()) => Ok(group),
            Err(e) => {
                give_up(&mut group, Loss::from(&e)).await;
                Err(e)
            }
        }
    }

    async fn enter(&self, group: &mut Group) -> Result<(), StoreError> {
        if group.abandoned {
            give_up(group, Loss::Busy).await;
        }
        group.abandoned = true;
        if group.connection.is_none() {
            group.connection = Some(self.connect().await?);
        }
        if !group.open {
            group.run("begin immediate").await?;
            group.open = true;
            group.opened = Instant::now();
            self.wake.notify_one();
        }
        group.run("savepoint command").await?;
        group.abandoned = false;
        Ok(())
    }

    /// Ends a turn: keeps or rolls back its savepoint. The returned value resolves with the commit.
    #[boxed]
    pub(crate) async fn end_turn(
        &self,
        mut group: OwnedMutexGuard<Group>,
        keep: bool,
    ) -> Result<oneshot::Receiver<Result<(), Loss>>, StoreError> {
        // "rollback to" keeps the savepoint, so release it either way. Any failure here means the whole transaction
        // is lost: no one in the group may be acknowledged.
        group.abandoned = true;
        let ended = if keep {
            group.run("release command").await
        } else {
            group.run("rollback to command; release command").await
        };
        if let Err(e) = ended {
            give_up(&mut group, Loss::from(&e)).await;
            return Err(e);
        }
        group.abandoned = false;
        let (ack, durable) = oneshot::channel();
        group.acks.push(ack);
        Ok(durable)
    }

    /// Small writes for the next commit.
    pub(crate) fn note(&self, writes: Vec<Write>) -> oneshot::Receiver<Result<(), Loss>> {
        let (ack, durable) = oneshot::channel();
        self.noted
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push((writes, ack));
        self.wake.notify_one();
        durable
    }

    async fn commit_forever(self: Arc<Self>) {
        let (mut last_sync, mut last_company) = (Duration::ZERO, 0);
        loop {
            self.wake.notified().await;
            // Readers answered together return together; waiting a fraction of a slow sync lets them share the next
            // one instead of splitting into two alternating halves.
            if last_company > 1 && last_sync > SYNC_WORTH_WAITING_FOR {
                tokio::time::sleep(last_sync / 4).await;
            }
            // The lock is fair: this queues behind every waiter, and that is the batching.
            let mut group = self.group.lock().await;
            while self.waiting.load(Ordering::Acquire) > 0
                && group.acks.len() < MOST_IN_A_GROUP
                && group.opened.elapsed() < LONGEST_GROUP
            {
                drop(group);
                group = self.group.lock().await;
            }
            let noted = std::mem::take(
                &mut *self
                    .noted
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner),
            );
            last_company = group.acks.len() + noted.len();
            match self.commit(&mut group, noted).await {
                Ok(took) => last_sync = took,
                Err(e) => {
                    tracing::error!(error = %e, "a shared commit failed; nobody in it was acknowledged");
                    give_up(&mut group, Loss::from(&e)).await;
                }
            }
            if !group.open
                && self.journal().is_long()
                && let Err(e) = self.fold(&mut group).await
            {
                tracing::warn!(error = %e, "the write-ahead log could not be folded into the database; trying again");
            }
            drop(group);
            if self.stopping.load(Ordering::Acquire) && self.nothing_noted() {
                self.stopped.notify_one();
                return;
            }
        }
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A writing connection; while the log is watched it makes no checkpoints by itself.
    async fn connect(&self) -> Result<SqliteConnection, StoreError> {
        let mut connection = SqliteConnection::connect_with(&self.options).await?;
        if self.journal().is_watched() {
            sqlite::script(&mut connection, "pragma wal_autocheckpoint = 0").await?;
        }
        Ok(connection)
    }

    /// Freezes the database file, or releases it. Waits for its turn.
    #[boxed]
    pub(crate) async fn watch(&self, held: bool) -> Result<(), StoreError> {
        let mut group = self.group.lock().await;
        self.journal().hold(held);
        let pages = if self.journal().is_watched() { 0 } else { 1000 };
        match &mut group.connection {
            Some(connection) => {
                sqlite::script(connection, &format!("pragma wal_autocheckpoint = {pages}")).await
            }
            None => Ok(()),
        }
    }

    /// Folds the write-ahead log into the database after its end was copied. Frames that a reader still needs remain;
    /// the next commit tries again.
    async fn fold(&self, group: &mut Group) -> Result<(), StoreError> {
        if let Err(e) = self.journal().copy_end() {
            tracing::error!(error = %e, "the copy of the database can't be kept up; a new one is begun soon");
        }
        group.run("pragma wal_checkpoint(passive)").await
    }

    fn nothing_noted(&self) -> bool {
        self.noted
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .is_empty()
    }

    async fn commit(
        &self,
        group: &mut Group,
        noted: Vec<(Vec<Write>, Ack)>,
    ) -> Result<Duration, StoreError> {
        if group.abandoned {
            give_up(group, Loss::Busy).await;
        }
        // Register in the group first, so that a lost group notifies this waiter too.
        let (writes, acks): (Vec<_>, Vec<_>) = noted.into_iter().unzip();
        group.acks.extend(acks);
        if !group.open {
            if group.acks.is_empty() {
                return Ok(Duration::ZERO);
            }
            if group.connection.is_none() {
                group.connection = Some(self.connect().await?);
            }
            group.run("begin immediate").await?;
            group.open = true;
        }
        for statement in notes::statements(writes.into_iter().flatten().collect()) {
            statement.took(group.execute(&statement.sql, &statement.args).await?)?;
        }
        let started = Instant::now();
        group.run("commit").await?;
        group.open = false;
        for ack in group.acks.drain(..) {
            // The requester may be gone; the write is durable anyway.
            let _ = ack.send(Ok(()));
        }
        Ok(started.elapsed())
    }

    /// Commits the open group, then closes the connection.
    #[boxed]
    pub(crate) async fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.wake.notify_one();
        self.stopped.notified().await;
        let mut group = self.group.lock().await;
        if let Err(e) = self.journal().copy_last() {
            tracing::error!(error = %e, "the copy of the database lacks its end");
        }
        if let Some(connection) = group.connection.take() {
            let _ = connection.close().await;
        }
    }
}

impl Group {
    /// A turn was dropped before it ended.
    pub(crate) const fn abandon(&mut self) {
        self.abandoned = true;
    }

    pub(crate) fn connection(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        self.connection.as_mut().ok_or(StoreError::Busy)
    }

    async fn run(&mut self, sql: &str) -> Result<(), StoreError> {
        sqlite::script(self.connection()?, sql).await
    }

    async fn execute(&mut self, sql: &str, args: &[Val]) -> Result<u64, StoreError> {
        sqlite::execute(self.connection()?, sql, args).await
    }
}

/// Drops the group: its connection, whose transaction rolls back, and its tickets, so that no waiter is told its
/// write was saved.
async fn give_up(group: &mut Group, loss: Loss) {
    for ack in group.acks.drain(..) {
        let _ = ack.send(Err(loss));
    }
    group.open = false;
    group.abandoned = false;
    if let Some(connection) = group.connection.take() {
        let _ = connection.close_hard().await;
    }
}
