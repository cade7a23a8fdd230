//! Two acts at once.
use super::House;
use interpres_store::{Database, Reader};
use std::future::Future;
use tokio::task::{JoinHandle, yield_now};

impl House {
    /// Two acts at once. On a server the first is held up where it wants what a statement locks that is run past the gate;
    /// the second goes on until it is done or waits as well; then both go on. The embedded engine has one writer: there
    /// the second comes after the first.
    ///
    /// # Panics
    /// When the first act was not held up.
    pub async fn at_once<A: Send + 'static, B: Send + 'static>(
        &self,
        locked_by: &str,
        first: impl Future<Output = A> + Send + 'static,
        second: impl Future<Output = B> + Send + 'static,
    ) -> (A, B) {
        if self.databases.data.is_none() {
            return (first.await, second.await);
        }
        let db = self.database().await;
        let mut held = db.turn().await.expect("a turn");
        held.rows(locked_by, &[]).await.expect("a lock");
        let first = tokio::spawn(first);
        until_waiting(&db, 1, &first).await;
        assert!(!first.is_finished(), "it was not held up by: {locked_by}");
        let second = tokio::spawn(second);
        until_waiting(&db, 2, &second).await;
        held.undo().await.expect("the lock is gone");
        let both = (
            first.await.expect("the first act ends"),
            second.await.expect("the second act ends"),
        );
        db.close().await;
        both
    }

    /// The statement that locks a row of a table.
    #[must_use]
    pub fn row_lock(table: &str, condition: &str) -> String {
        format!("select cast(1 as bigint) as held from {table} where {condition} for update")
    }

    /// The statement that takes a named lock of Front Range, as commands do.
    #[must_use]
    pub fn named_lock(&self, name: &str) -> String {
        let workspace = self.world.workspaces["Front Range Interpreters"];
        format!(
            "select cast(1 as bigint) as held from (select pg_advisory_xact_lock(hashtextextended('{workspace}/{name}', 0))) as waited"
        )
    }
}

/// Until so many transactions wait for a lock, or an act is done.
async fn until_waiting<T>(db: &Database, count: i64, act: &JoinHandle<T>) {
    let mut reader = db.reader().await.expect("a reader");
    while !act.is_finished() && waiting(&mut reader).await < count {
        yield_now().await;
    }
}

async fn waiting(reader: &mut Reader) -> i64 {
    let sql = "select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let rows = reader.rows(sql, &[]).await.expect("rows");
    rows[0].int("n").expect("a count")
}
