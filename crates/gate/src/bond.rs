//! Data and keys know each other. Both hold one random name, made when the installation was founded, and the
//! data a checksum of it by a key that only the right key store opens. The key store counts its changes, and
//! the data remember how far it had come. All of it is looked at before anything is written, so that a key
//! store that is missing, empty, older, or another installation's is named, and harms nothing.
use crate::{
    KeyRing, Refusal,
    integrity::Subject,
    keyring::{WorkspaceKeys, place},
};
use interpres_store::{Database, Engine, Kind, Row, StoreError, Turn, Val, Write};
use interpres_types::{INSTALLATION, WorkspaceId};
use interpres_vault::{Key, Master, MasterError, checksum, random};
use std::{fmt, sync::atomic::Ordering};

/// Why data and keys can't be used together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mismatch {
    /// There are data, and no keys.
    NoKeys,
    /// There are keys, and no data.
    NoData,
    /// The keys are not those of the data.
    Strangers,
    /// The keys are of an earlier moment than the data.
    OlderKeys,
    /// The database for the keys holds data, or the other way round.
    Exchanged,
}

/// Why data and keys could not be looked at, or don't fit.
#[derive(Debug)]
pub enum BondError {
    /// They don't fit.
    Mismatch(Mismatch),
    /// A database.
    Store(StoreError),
    /// The master key does not answer.
    Master(MasterError),
}

impl fmt::Display for BondError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mismatch(mismatch) => {
                write!(f, "data and keys don't belong together: {mismatch:?}")
            }
            Self::Store(e) => e.fmt(f),
            Self::Master(e) => e.fmt(f),
        }
    }
}
impl std::error::Error for BondError {}
impl From<StoreError> for BondError {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}
impl From<Mismatch> for BondError {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}
/// What does not open is not ours.
impl From<MasterError> for BondError {
    fn from(e: MasterError) -> Self {
        if matches!(e, MasterError::Closed) {
            Self::Mismatch(Mismatch::Strangers)
        } else {
            Self::Master(e)
        }
    }
}

/// What one of the two stores holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Holds {
    Nothing,
    /// Something from before there were bonds.
    Unbound,
    Bound(Bond),
}

/// The name in it, and how far the keys had come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Bond {
    installation: String,
    mark: i64,
}

/// How two stores that may be used together stand to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pair {
    /// Both are empty: an installation begins here.
    New,
    /// They are from before there were bonds, and the keys open the data.
    Unbound,
    /// Each holds the other's name.
    Bound,
    /// As before, but the keys are of an earlier moment, which the operator has said they know.
    Behind,
}

fn judge(data: &Holds, keys: &Holds) -> Result<Pair, Mismatch> {
    match (data, keys) {
        (Holds::Nothing, Holds::Nothing) => Ok(Pair::New),
        // Stopped between the two at its very first start: nothing was ever sealed by these keys.
        (Holds::Nothing, Holds::Bound(keys)) if keys.mark == 0 => Ok(Pair::New),
        (Holds::Nothing, _) => Err(Mismatch::NoData),
        (_, Holds::Nothing) => Err(Mismatch::NoKeys),
        (Holds::Unbound, _) => Ok(Pair::Unbound),
        (Holds::Bound(_), Holds::Unbound) => Err(Mismatch::OlderKeys),
        (Holds::Bound(data), Holds::Bound(keys)) if data.installation != keys.installation => {
            Err(Mismatch::Strangers)
        }
        (Holds::Bound(data), Holds::Bound(keys)) if data.mark > keys.mark => {
            Err(Mismatch::OlderKeys)
        }
        (Holds::Bound(_), Holds::Bound(_)) => Ok(Pair::Bound),
    }
}

async fn held_by(store: Option<&Database>, bond: &str, used: &str) -> Result<Holds, StoreError> {
    let Some(store) = store else {
        return Ok(Holds::Nothing);
    };
    if store.has_table(bond).await?
        && let Some(row) = store
            .reader()
            .await?
            .rows(
                &format!("select installation, mark from {bond} where one = 1"),
                &[],
            )
            .await?
            .first()
    {
        return Ok(Holds::Bound(Bond {
            installation: row.text("installation")?.to_owned(),
            mark: row.int("mark")?,
        }));
    }
    let begun = store.has_table(used).await?
        && !store
            .reader()
            .await?
            .rows(
                &format!("select cast(1 as bigint) as one from {used} limit 1"),
                &[],
            )
            .await?
            .is_empty();
    Ok(if begun {
        Holds::Unbound
    } else {
        Holds::Nothing
    })
}

/// Looks at data and keys, where there are any yet, and says how they stand to each other; writes nothing.
/// Keys of an earlier moment are taken only where `older` says that this is known.
///
/// # Errors
/// See [`BondError`].
pub async fn look(
    data: Option<&Database>,
    keys: Option<&Database>,
    master: &dyn Master,
    older: bool,
) -> Result<Pair, BondError> {
    for (store, others) in [(data, "workspace_key"), (keys, "record_version")] {
        if let Some(store) = store
            && store.has_table(others).await?
        {
            return Err(Mismatch::Exchanged.into());
        }
    }
    let (held, by) = (
        held_by(data, "key_bond", "record_version").await?,
        held_by(keys, "data_bond", "workspace_key").await?,
    );
    let pair = match judge(&held, &by) {
        Err(Mismatch::OlderKeys) if older && matches!(by, Holds::Bound(_)) => Pair::Behind,
        judged => judged?,
    };
    let (Some(data), Some(keys)) = (data, keys) else {
        return Ok(pair);
    };
    match (&held, pair) {
        (_, Pair::New) => {}
        (Holds::Bound(bond), Pair::Bound | Pair::Behind) => prove(data, keys, master, bond).await?,
        _ => adopt(data, keys, master).await?,
    }
    Ok(pair)
}

/// Whether the key store holds the key that the data's bond was signed by.
async fn prove(
    data: &Database,
    keys: &Database,
    master: &dyn Master,
    bond: &Bond,
) -> Result<(), BondError> {
    let rows = data
        .reader()
        .await?
        .rows("select proof from key_bond where one = 1", &[])
        .await?;
    let sums = checksum_keys(keys, master, &[INSTALLATION.to_string()]).await?;
    let (row, (_, key)) = (
        rows.first().ok_or(Mismatch::NoKeys)?,
        sums.first().ok_or(Mismatch::Strangers)?,
    );
    if row.bytes("proof")? == proof(key, &bond.installation) {
        Ok(())
    } else {
        Err(Mismatch::Strangers.into())
    }
}

fn proof(key: &Key, installation: &str) -> [u8; 32] {
    checksum(key, &[b"bond", installation.as_bytes()])
}

/// So many versions are tried before keys count as not the data's.
const TRIED: i64 = 20;

/// Whether these keys are those of data from before there were bonds: every workspace that has versions must have keys,
/// and one version must be what its keyed checksum says. No id is bound, because such a file may still hold ids as text.
async fn adopt(data: &Database, keys: &Database, master: &dyn Master) -> Result<(), BondError> {
    let sql = format!(
        "select workspace_id, kind, record_id, version, body, checksum from record_version order by workspace_id, record_id, version limit {TRIED}"
    );
    let versions = data.reader().await?.rows(&sql, &[]).await?;
    let wanted: Vec<String> = versions
        .iter()
        .map(|row| row.text("workspace_id").map(str::to_owned))
        .collect::<Result<_, _>>()?;
    let sums = checksum_keys(keys, master, &wanted).await?;
    for row in &versions {
        let workspace = row.text("workspace_id")?;
        let (_, key) = sums
            .iter()
            .find(|(of, _)| of == workspace)
            .ok_or(Mismatch::OlderKeys)?;
        let subject = Subject {
            workspace,
            kind: row.text("kind")?,
            id: row.text("record_id")?,
            version: row.int("version")?,
        };
        if subject.sum_by(key, row.text("body")?).as_slice() == row.bytes("checksum")? {
            return Ok(());
        }
    }
    Err(Mismatch::Strangers.into())
}

/// The checksum keys of workspaces, as far as the key store has them.
async fn checksum_keys(
    keys: &Database,
    master: &dyn Master,
    wanted: &[String],
) -> Result<Vec<(String, Key)>, BondError> {
    let rows = keys
        .reader()
        .await?
        .rows(
            "select * from workspace_key order by workspace_id limit 1000",
            &[],
        )
        .await?;
    let mut out = Vec::new();
    for row in &rows {
        let name = row.text("workspace_id")?;
        if wanted.iter().any(|of| of == name) {
            out.push((name.to_owned(), checksum_key(row, name, master).await?));
        }
    }
    Ok(out)
}

async fn checksum_key(row: &Row, name: &str, master: &dyn Master) -> Result<Key, BondError> {
    match row.get("checksum") {
        Ok(Val::Bytes(wrapped)) => Ok(master.unwrap(place(name, "checksum", ""), wrapped).await?),
        // From before checksums had a key of their own, which was then the first workspace key's.
        _ => Ok(master
            .unwrap(place(name, "workspace", ""), row.bytes("wrapped")?)
            .await?
            .derive("checksum")),
    }
}

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

    /// How many entries the logs hold that have their number: what never grows less.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn numbered(&self) -> Result<i64, Refusal> {
        Ok(numbered(&self.inner.db).await?)
    }

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

/// How many entries the logs of a database hold that have their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn numbered(data: &Database) -> Result<i64, StoreError> {
    if !data.has_table("audit_head").await? {
        return Ok(0);
    }
    let rows = data
        .reader()
        .await?
        .rows(
            "select cast(coalesce(sum(size), 0) as bigint) as n from audit_head",
            &[],
        )
        .await?;
    rows.first().map_or(Ok(0), |row| row.int("n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_missing_older_or_anothers_is_told_apart_from_what_begins_and_what_goes_on() {
        let bound = |name: &str, mark| {
            Holds::Bound(Bond {
                installation: name.to_owned(),
                mark,
            })
        };
        let cases = [
            (Holds::Nothing, Holds::Nothing, Ok(Pair::New)),
            (Holds::Nothing, bound("a", 0), Ok(Pair::New)),
            (Holds::Nothing, bound("a", 1), Err(Mismatch::NoData)),
            (Holds::Nothing, Holds::Unbound, Err(Mismatch::NoData)),
            (Holds::Unbound, Holds::Nothing, Err(Mismatch::NoKeys)),
            (bound("a", 0), Holds::Nothing, Err(Mismatch::NoKeys)),
            (Holds::Unbound, Holds::Unbound, Ok(Pair::Unbound)),
            (Holds::Unbound, bound("a", 1), Ok(Pair::Unbound)),
            (bound("a", 3), Holds::Unbound, Err(Mismatch::OlderKeys)),
            (bound("a", 3), bound("b", 3), Err(Mismatch::Strangers)),
            (bound("a", 3), bound("a", 2), Err(Mismatch::OlderKeys)),
            (bound("a", 3), bound("a", 3), Ok(Pair::Bound)),
            (bound("a", 3), bound("a", 9), Ok(Pair::Bound)),
        ];
        for (data, keys, expected) in cases {
            assert_eq!(judge(&data, &keys), expected, "{data:?} {keys:?}");
        }
    }
}
