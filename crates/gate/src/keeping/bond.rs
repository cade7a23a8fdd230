//! Data and keys know each other. Both hold one random name, made when the installation was founded, and the
//! data a checksum of it by a key that only the right key store opens. The key store counts its changes, and
//! the data remember how far it had come. All of it is looked at before anything is written, so that a key
//! store that is missing, empty, older, or another installation's is named, and harms nothing.
use crate::keeping::prove_bond::{adopt, prove};
use interpres_store::{Database, StoreError};
use interpres_vault::{Master, MasterError};
use std::fmt;

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
    pub(crate) installation: String,
    pub(crate) mark: i64,
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
