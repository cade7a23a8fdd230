use crate::passage::{
    news::News,
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
    /// What is told of it once it is on disk.
    pub(crate) news: Vec<News>,
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

    /// A copy of a protected value for another record, sealed under that record's key when it is saved. The plain text
    /// stays as it was stored, even if today's rules would reject it. Nobody sees it, so the audit entry doesn't mention
    /// it. `None` if the value was erased or can't be opened.
    #[must_use]
    pub fn resealed_copy<T: Sensitive>(&self, phi: &Phi<T>) -> Option<Phi<T>> {
        let plain = self.read.open(phi.as_sealed()?).plain()?;
        Some(Phi::copied(plain.into()))
    }
}
