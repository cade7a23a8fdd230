//! How far the key store has come: it counts its changes, and the data remember the count, so that an earlier key
//! store is known as one.
use crate::passage::{gate::Gate, keyring::KeyRing, refusal::Refusal};
use async_recursion::async_recursion as boxed;
use interpres_store::{Turn, Write};
use std::sync::atomic::Ordering;

impl KeyRing {
    /// How often this store was changed.
    #[boxed]
    pub(crate) async fn mark(&self) -> Result<i64, Refusal> {
        let rows = self
            .db
            .reader()
            .await?
            .rows("select mark from data_bond where one = 1", &[])
            .await?;
        Ok(rows.first().map_or(Ok(0), |row| row.int("mark"))?)
    }

    pub(crate) fn told(&self, mark: i64) -> bool {
        self.told.load(Ordering::Acquire) >= mark
    }

    pub(crate) fn tell(&self, mark: i64) {
        self.told.fetch_max(mark, Ordering::AcqRel);
    }

    /// Keeps a change of this store, which counts one up: the last thing in its transaction, so that whoever
    /// waits for the count waits for nothing else.
    #[boxed]
    pub(crate) async fn keep(&self, mut turn: Turn) -> Result<(), Refusal> {
        turn.execute("update data_bond set mark = mark + 1 where one = 1", &[])
            .await?;
        Ok(turn.keep().await?.wait().await?)
    }
}

impl Gate {
    /// Has the data remember how far the keys have come, so that an earlier key store is known as one.
    ///
    /// # Errors
    /// A fault of a database.
    #[boxed]
    pub async fn remember_keys(&self) -> Result<(), Refusal> {
        let mark = self.inner.keys.mark().await?;
        if self.inner.keys.told(mark) {
            return Ok(());
        }
        let write = Write::Statement(
            "update key_bond set mark = $1 where one = 1 and mark < $1".into(),
            vec![mark.into()],
        );
        self.inner.db.note(vec![write]).wait().await?;
        self.inner.keys.tell(mark);
        Ok(())
    }
}
