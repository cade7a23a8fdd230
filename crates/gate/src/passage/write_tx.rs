use crate::passage::{
    phi::{Phi, Sensitive},
    read_tx::{Lane, ReadTx},
    record::{NewRecord, Record},
    refusal::Refusal,
};
use async_recursion::async_recursion as boxed;
use interpres_store::Turn;
use interpres_types::{EntryId, Id, KeyId};
use interpres_vault::random;
use std::ops::{Deref, DerefMut};

/// Proof that the policy said yes to changing, and the only way to change. Everything that was
/// saved, its versions, its notices and its entry in the log commit together or not at all.
pub struct WriteTx {
    pub(crate) read: ReadTx,
    pub(crate) entry: EntryId,
}

impl Deref for WriteTx {
    type Target = ReadTx;
    fn deref(&self) -> &ReadTx {
        &self.read
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut ReadTx {
        &mut self.read
    }
}

impl WriteTx {
    pub(crate) fn turn(&mut self) -> Result<&mut Turn, Refusal> {
        match &mut self.read.lane {
            Lane::Write(turn) => Ok(turn),
            Lane::Read(_) => Err(Refusal::fault("a write without a turn")),
        }
    }

    /// A new id.
    #[must_use]
    pub fn mint<I: Id>(&self) -> I {
        I::mint(self.read.now, &random())
    }

    /// Random bytes for tokens.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        random()
    }

    /// A new record with what it must have, under a new id and, where it is sealed, a key of its own. It is not saved yet.
    ///
    /// # Errors
    /// When the key store can't be used.
    #[boxed]
    pub async fn blank<B: NewRecord>(&mut self, must: B) -> Result<B::Record, Refusal> {
        let key = if B::Record::SEALED {
            self.new_key().await?
        } else {
            None
        };
        Ok(must.blank(self.mint(), key))
    }

    /// The id of a fresh key for a new sealed record.
    ///
    /// # Errors
    /// When the key store can't be used.
    #[boxed]
    pub async fn new_key(&mut self) -> Result<Option<KeyId>, Refusal> {
        let (workspace, now) = (self.read.actor.workspace, self.read.now);
        self.read.inner.keys.fresh(workspace, now).await.map(Some)
    }

    /// The id of a key for a decoy: a record that nobody has a reason to open, and whose opening
    /// raises an alarm.
    ///
    /// # Errors
    /// When the key store can't be used.
    #[boxed]
    pub async fn new_poison_key(&mut self) -> Result<Option<KeyId>, Refusal> {
        let (workspace, now) = (self.read.actor.workspace, self.read.now);
        self.read
            .inner
            .keys
            .fresh_poison(workspace, now)
            .await
            .map(Some)
    }

    /// Lets go of a decoy's key once the decoy is saved: from now on its opening is noticed.
    pub fn let_go(&self, key: KeyId) {
        self.read.inner.keys.let_go(key);
    }

    /// Waits until no other command acts on this name. For rules that look beyond one record.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn alone(&mut self, name: impl std::fmt::Display) -> Result<(), Refusal> {
        let name = format!("{}/{name}", self.read.scope.workspace);
        Ok(self.turn()?.alone(&name).await?)
    }

    /// A protected value of one record for another, which seals it under a key of its own; nobody is shown it. Nothing where
    /// it was erased or does not open.
    pub fn hand_on<T: Sensitive>(&self, phi: &Phi<T>) -> Option<Phi<T>> {
        let plain = self.read.open(phi.as_sealed()?).plain()?;
        plain.parse().ok().map(Phi::new)
    }

    /// A protected value for a record that had one before: the same plain text keeps its
    /// ciphertext, so that saving it again changes nothing.
    ///
    /// # Errors
    /// When the old value does not open.
    pub fn renew<T: Sensitive>(
        &self,
        old: Option<Phi<T>>,
        new: Option<Phi<T>>,
    ) -> Result<Option<Phi<T>>, Refusal> {
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (old, new),
            (_, new) => return Ok(new),
        };
        let same = self.is_still(Some(&old), Some(&new));
        Ok(Some(if same { old } else { new }))
    }

    /// Whether a protected value that came in is the one that is kept.
    #[must_use]
    pub fn is_still<T: Sensitive>(&self, old: Option<&Phi<T>>, new: Option<&Phi<T>>) -> bool {
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (old, new),
            (old, new) => return old.is_none() && new.is_none(),
        };
        let plain = old
            .as_sealed()
            .and_then(|sealed| self.read.open(sealed).plain());
        plain.is_some() && plain == new.as_fresh().map(ToString::to_string)
    }

    /// A protected value of one record for another, which seals it under its own key. Nobody sees it, so that no
    /// entry tells of it; nothing where it does not open.
    #[must_use]
    pub fn moved<T: Sensitive>(&self, phi: &Phi<T>) -> Option<Phi<T>> {
        let plain = phi
            .as_sealed()
            .and_then(|sealed| self.read.open(sealed).plain());
        plain.map(|plain| Phi::moved(plain.into()))
    }
}
