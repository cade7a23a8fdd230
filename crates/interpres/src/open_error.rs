//! Why Interpres could not start: what is wrong, where, and how to mend it.
use crate::folder::FolderError;
use interpres_gate::{BondError, Mismatch, Refusal};
use interpres_store::StoreError;
use interpres_vault::MasterError;
use std::{fmt, io, path::PathBuf};

/// Why Interpres could not start, in words for the operator. Whatever it is, nothing was changed.
#[derive(Debug)]
pub enum OpenError {
    /// The master key.
    Master(MasterError),
    /// The data folder.
    Folder(FolderError),
    /// A file.
    File(PathBuf, io::Error),
    /// A master key in the environment that is missing or not 64 hexadecimal digits.
    Environment(&'static str),
    /// The file key does not open.
    WrongMaster(PathBuf),
    /// The file key is gone, and files that only it opens are there.
    NoFileKey(PathBuf),
    /// A file does not open with the file key.
    Shut(String),
    /// Data and keys don't belong together; where the two are.
    Apart(Mismatch, String, String),
    /// The logs hold fewer entries than were seen here.
    WentBack {
        /// Where the data are.
        data: String,
        /// How many entries the logs hold.
        holds: i64,
        /// How many were seen.
        seen: i64,
        /// The file that says so.
        by: PathBuf,
    },
    /// No room on the disk to open the data or bring them up to date.
    NoRoom {
        /// Where.
        folder: PathBuf,
        /// Bytes that must be free.
        need: u64,
        /// Bytes that are.
        free: u64,
    },
    /// A database.
    Database(&'static str, StoreError),
    /// Something between data and keys.
    Bond(Refusal),
    /// Sessions and keys of before could not be sealed; why.
    Seals(String),
    /// Assignments of an earlier version could not be carried over; why.
    CarryOver(String),
}

const MORE: &str = "Nothing was changed. More: “Data and keys belong together” in docs/operate.md";

fn apart(f: &mut fmt::Formatter<'_>, mismatch: Mismatch, data: &str, keys: &str) -> fmt::Result {
    match mismatch {
        Mismatch::NoKeys => write!(
            f,
            "{data} holds an installation, and its key store is not at {keys}, where there are no keys. Say where it is (--keys, --data), \
             or put the latest copy of the key store back there (interpres restore). {MORE}"
        ),
        Mismatch::NoData => write!(
            f,
            "{keys} holds the keys of an installation, and its data are not at {data}, where there are none. Say where they are (--database, --data), \
             or put the latest copy back (interpres restore). {MORE}"
        ),
        Mismatch::Strangers => write!(
            f,
            "the keys in {keys} are not those of the data in {data}: another installation's key store, or another master key. \
             Say where the right ones are (--keys, --data, --master), or put them back. {MORE}"
        ),
        Mismatch::OlderKeys => write!(
            f,
            "the key store {keys} is of an earlier moment than the data in {data}: what was sealed since would not open, and what was erased since would. \
             Put the latest key store back; where there is no later one, take it as it is with: interpres rejoin. {MORE}"
        ),
        Mismatch::Exchanged => write!(
            f,
            "{keys} is where the keys should be, and {data} where the data should: one of them holds the other's. Exchange --database and --keys. {MORE}"
        ),
    }
}

fn mib(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) / (1 << 20);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Master(e) => e.fmt(f),
            Self::Folder(e) => e.fmt(f),
            Self::File(path, e) => write!(f, "{}: {e}", path.display()),
            Self::Environment(name) => write!(
                f,
                "{name} must hold the master key as 64 hexadecimal digits"
            ),
            Self::WrongMaster(path) => write!(
                f,
                "{} does not open with this master key; put the right master.key back beside it",
                path.display()
            ),
            Self::NoFileKey(path) => {
                write!(
                    f,
                    "{} is missing, and the databases beside it open with nothing else. Put it back from a copy, where it has the same name. {MORE}",
                    path.display()
                )
            }
            Self::Shut(at) => {
                write!(
                    f,
                    "{at} does not open with the file.key beside it: it is another installation's, or no database. Put back the one that belongs here. {MORE}"
                )
            }
            Self::Apart(mismatch, data, keys) => apart(f, *mismatch, data, keys),
            Self::WentBack {
                data,
                holds,
                seen,
                by,
            } => write!(
                f,
                "the data in {data} went back: their logs hold {holds} entries, and {seen} were there before (so says {}). Put the latest data back; \
                 if an earlier copy was put here on purpose, take it as it is with: interpres rejoin. {MORE}",
                by.display()
            ),
            Self::NoRoom { folder, need, free } => write!(
                f,
                "there is no room on the disk of {}: {} must be free to open the data and bring them up to date, and {} are. Make room, then start again. Nothing was changed",
                folder.display(),
                mib(*need),
                mib(*free)
            ),
            Self::Database(which, e) => write!(f, "the {which} could not be opened: {e}"),
            Self::Bond(refusal) => write!(
                f,
                "data and keys could not be bound to each other: {refusal}"
            ),
            Self::Seals(why) => write!(f, "sessions and keys could not be sealed: {why}"),
            Self::CarryOver(why) => write!(
                f,
                "assignments from an earlier version could not be carried over: {why}. Nothing is lost; start again to go on with it"
            ),
        }
    }
}
impl std::error::Error for OpenError {}
impl From<MasterError> for OpenError {
    fn from(e: MasterError) -> Self {
        Self::Master(e)
    }
}
impl From<FolderError> for OpenError {
    fn from(e: FolderError) -> Self {
        Self::Folder(e)
    }
}

impl OpenError {
    /// What was in the way between data and keys, and where those are.
    pub(crate) fn apart(e: BondError, data: String, keys: String) -> Self {
        match e {
            BondError::Mismatch(mismatch) => Self::Apart(mismatch, data, keys),
            BondError::Store(e) => Self::Database("database or key store", e),
            BondError::Master(e) => Self::Master(e),
        }
    }
}
