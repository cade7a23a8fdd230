//! Binding data and keys to each other, and counting how far the keys have come.
use crate::{KeyRing, Refusal, bond::Pair, keyring::WorkspaceKeys, prove_bond::proof};
use interpres_store::{Database, Kind, StoreError, Turn, Val, Write};
use interpres_types::{INSTALLATION, WorkspaceId};
use interpres_vault::random;
use std::sync::atomic::Ordering;

/// Binds data and keys to each other, once both have their tables: the keys first, so that there are no
/// data without them.
///
/// # Errors
/// A fault of a database or of the master key.
pub async fn bind(data: &Database, keys: &KeyRing, pair: Pair) -> Result<(), Refusal> {
    let mark = match pair {
        Pair::Bound => return Ok(()),
        Pair::Behind => return take_behind(data, keys).await,
        Pair::New => 0,
        Pair::Unbound => 1,
    };
    let mut turn = keys.db.turn().await?;
    turn.alone("bond").await?;
    let name: String = random::<16>().iter().map(|b| format!("{b:02x}")).collect();
    turn.execute("insert into data_bond (one, installation, mark) values (1, $1, $2) on conflict (one) do nothing", &[name.into(), mark.into()]).await?;
    let rows = turn
        .rows("select installation from data_bond where one = 1", &[])
        .await?;
    let name = rows.first().map_or(Err(StoreError::Busy), |row| {
        row.text("installation").map(str::to_owned)
    })?;
    let sum = keys.found(&mut turn, INSTALLATION).await?.checksum;
    turn.keep().await?.wait().await?;
    let mut turn = data.turn().await?;
    let args = [
        name.clone().into(),
        proof(&sum, &name).to_vec().into(),
        mark.into(),
    ];
    turn.execute("insert into key_bond (one, installation, proof, mark) values (1, $1, $2, $3) on conflict (one) do nothing", &args).await?;
    Ok(turn.keep().await?.wait().await?)
}

/// Takes keys of an earlier moment for those of the data from now on, and destroys anew what was destroyed since.
async fn take_behind(data: &Database, keys: &KeyRing) -> Result<(), Refusal> {
    let mark = keys.mark().await?;
    let mut turn = data.turn().await?;
    turn.execute(
        "update key_bond set mark = $1 where one = 1",
        &[mark.into()],
    )
    .await?;
    turn.execute(
        "update key_destruction set destroyed_at = $1",
        &[Val::Null(Kind::Int)],
    )
    .await?;
    Ok(turn.keep().await?.wait().await?)
}

impl KeyRing {
    /// How often this store was changed.
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
    pub(crate) async fn keep(&self, mut turn: Turn) -> Result<(), Refusal> {
        turn.execute("update data_bond set mark = mark + 1 where one = 1", &[])
            .await?;
        Ok(turn.keep().await?.wait().await?)
    }

    /// A workspace's keys within a transaction; made where there are none.
    pub(crate) async fn found(
        &self,
        turn: &mut Turn,
        workspace: WorkspaceId,
    ) -> Result<WorkspaceKeys, Refusal> {
        let name = workspace.to_string();
        turn.alone(&name).await?;
        match self.load(turn, &name).await? {
            Some(keys) => Ok(keys),
            None => self.make(turn, &name).await,
        }
    }
}

impl crate::Gate {
    /// Has the data remember how far the keys have come, so that an earlier key store is known as one.
    ///
    /// # Errors
    /// A fault of a database.
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
