//! Deciding by other rows than the one that is saved. A version check in [`WriteTx::save`] notices that a record changed,
//! not that another one came or went: two transactions can each count the other's row and both commit. So whoever counts
//! to decide takes a lock first, and [`WriteTx::count`] asks for it.
use crate::passage::{record::Record, refusal::Refusal, write_tx::WriteTx};
use async_recursion::async_recursion as boxed;
use interpres_store::Val;

/// Proof that this transaction holds a lock until it ends. Only [`WriteTx::alone`] makes one.
#[derive(Debug)]
pub struct Alone(());

impl WriteTx {
    /// Waits until no other transaction of the workspace holds the lock of this name, and holds it until this one ends.
    /// What decides is read after that. All names and their order are in `docs/locks.md`.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn alone(&mut self, name: impl std::fmt::Display) -> Result<Alone, Refusal> {
        let name = format!("{}/{name}", self.read.scope.workspace);
        self.turn()?.alone(&name).await?;
        Ok(Alone(()))
    }

    /// How many rows a condition holds for, for a command that decides by it: it stays the same until this transaction
    /// ends, because every command that would change it takes the same lock. A count that is only reported is read by
    /// `ReadTx::count(tx, …)`.
    ///
    /// # Errors
    /// A fault when the statement does not fit.
    #[boxed]
    pub async fn count<R: Record>(
        &mut self,
        _lock: &Alone,
        rest: &str,
        args: Vec<Val>,
    ) -> Result<i64, Refusal> {
        self.read.count::<R>(rest, args).await
    }

    /// Whether there is a row already, for plainer words than what decides later: a unique index, or another command.
    /// Hence no lock.
    ///
    /// # Errors
    /// A fault when the statement does not fit.
    #[boxed]
    pub async fn is_taken<R: Record>(
        &mut self,
        rest: &str,
        args: Vec<Val>,
    ) -> Result<bool, Refusal> {
        Ok(self.read.count::<R>(rest, args).await? > 0)
    }

    /// Refuses one record more of a kind of which a workspace has at most this many: whatever lists them
    /// reads that many, so that none is left out. `rest` begins after `from <name>`. Takes the kind's lock.
    ///
    /// # Errors
    /// [`Refusal::Conflict`], with what to do.
    #[boxed]
    pub async fn room_for_one_more<R: Record>(
        &mut self,
        rest: &str,
        most: i64,
        words: &'static str,
    ) -> Result<(), Refusal> {
        let lock = self.alone(format!("room/{}", R::NAME)).await?;
        if self.count::<R>(&lock, rest, Vec::new()).await? < most {
            return Ok(());
        }
        Err(Refusal::conflict(format!(
            "There are {most} {words} already, the most there can be. End one that is no longer needed first."
        )))
    }
}
