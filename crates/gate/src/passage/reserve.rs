//! Room on the disk that is kept for the log.
use interpres_store::Engine;

impl crate::passage::gate::Gate {
    /// Whether nothing but the log can be written because the disk is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.inner.db.is_full() || self.inner.keys.db.is_full()
    }

    /// Keeps room on the disk for the log from now on.
    pub fn keep_reserve(&self) {
        let embedded = self.inner.db.engine() == Engine::Sqlite;
        if embedded {
            self.inner.db.keep_reserve()
        } else {
            self.inner.keys.db.keep_reserve()
        }
    }
}
