use crate::{
    fields::kinds,
    masters::{MasterAt, OpenMaster, next_file},
    private_file,
};
use interpres_gate::{Clock, Domains, Gate, KeyRing, Reaction, Scoped};
use interpres_store::{Config, Database, SCHEMA, ServerAddress, StoreError};
use interpres_types::Instant;
use interpres_vault::{Key, Master, MasterError, MasterKey, Place};
use std::{
    fmt, fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

/// Where data and keys are kept.
#[derive(Clone, Debug)]
pub struct Databases {
    /// The data folder: master key, file key, embedded databases.
    pub folder: PathBuf,
    /// A PostgreSQL server's database for the data; the embedded engine without one.
    pub data: Option<ServerAddress>,
    /// A PostgreSQL server's database for the key store; a file in the data folder without one.
    pub keys: Option<ServerAddress>,
    /// Where the master key is.
    pub master: MasterAt,
}

/// Why Interpres could not start, in words for the operator.
#[derive(Debug)]
pub enum OpenError {
    /// The master key.
    Master(MasterError),
    /// A file.
    File(PathBuf, io::Error),
    /// A master key in the environment that is missing or not 64 hexadecimal digits.
    Environment(&'static str),
    /// The file key does not open.
    WrongMaster(PathBuf),
    /// Another process holds the folder.
    Busy(PathBuf),
    /// A database.
    Database(&'static str, StoreError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Master(e) => e.fmt(f),
            Self::File(path, e) => write!(f, "{}: {e}", path.display()),
            Self::Environment(name) => write!(f, "{name} must hold the master key as 64 hexadecimal digits"),
            Self::WrongMaster(path) => write!(f, "{} does not open with this master key; put the right master.key back beside it", path.display()),
            Self::Busy(path) => write!(f, "another Interpres is running on {}; stop it first", path.display()),
            Self::Database(which, e) => write!(f, "the {which} could not be opened: {e}"),
        }
    }
}
impl std::error::Error for OpenError {}
impl From<MasterError> for OpenError {
    fn from(e: MasterError) -> Self {
        Self::Master(e)
    }
}

/// The names every room brings to the scope.
#[must_use]
pub fn names() -> Vec<Scoped> {
    [
        interpres_gate::TABLES,
        interpres_accounts::TABLES,
        interpres_sso::TABLES,
        interpres_rates::TABLES,
        interpres_directory::TABLES,
        interpres_scheduling::TABLES,
        interpres_dispatch::TABLES,
        interpres_billing::TABLES,
        interpres_imports::TABLES,
        interpres_compliance::TABLES,
    ]
    .concat()
}

/// What rooms do when something happened in a room below them, in this order.
fn reactions() -> Vec<Reaction> {
    [interpres_dispatch::REACTIONS, interpres_billing::REACTIONS].concat()
}

/// The system's clock; a clock before 1970 counts as 1970.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(|| {
        Instant::from_micros(i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_micros()).unwrap_or(i64::MAX))
    })
}

/// Opens the data folder and gives the gate over it. On first start it makes the folder, the
/// master key and the file key; later a missing master key is an error, never a new one.
///
/// # Errors
/// See [`OpenError`].
pub async fn open(at: &Databases, clock: Clock, remember_statements: bool) -> Result<(Gate, OpenMaster), OpenError> {
    let folder = &at.folder;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder).map_err(|e| OpenError::File(folder.clone(), e))?;
    let master = OpenMaster::find(&at.master, folder)?;
    let gate = open_with(at, &master, clock, remember_statements).await?;
    Ok((gate, master))
}

/// As [`open`], with a master key that was found before.
pub(crate) async fn open_with(at: &Databases, master: &OpenMaster, clock: Clock, remember_statements: bool) -> Result<Gate, OpenError> {
    let folder = &at.folder;
    let file_key = file_key(folder, &*master.shared()).await?;
    let data = match &at.data {
        Some(address) => Config::Server(address.clone()),
        None => Config::File { path: folder.join("interpres.db"), key: file_key.derive("data file").hex().to_string() },
    };
    let keys = match &at.keys {
        Some(address) => Config::Server(address.clone()),
        None => Config::File { path: folder.join("keys.db"), key: file_key.derive("key file").hex().to_string() },
    };
    let data = Database::open(&data).await.map_err(|e| OpenError::Database("database", e))?;
    data.migrate(SCHEMA).await.map_err(|e| OpenError::Database("database", e))?;
    let keys = Database::open(&keys).await.map_err(|e| OpenError::Database("key store", e))?;
    let keys = KeyRing::open(keys, master.shared()).await.map_err(|e| OpenError::Database("key store", e))?;
    let domains = Domains { names: names(), kinds: kinds(), reactions: reactions() };
    Ok(Gate::new(data, keys, domains, clock, remember_statements))
}

const FILE_KEY: Place<'_> = Place { workspace: "", table: "file", column: "key", row: "" };

/// A random key for the embedded files, wrapped by the master key, so that another master key
/// needs only another wrap.
pub(crate) async fn file_key(folder: &Path, master: &dyn Master) -> Result<Key, OpenError> {
    let path = folder.join("file.key");
    match fs::read(&path) {
        Ok(wrapped) => master.unwrap(FILE_KEY, &wrapped).await.map_err(|e| match e {
            MasterError::Closed => OpenError::WrongMaster(path),
            other => other.into(),
        }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let key = Key::generate();
            write_file_key(folder, master, &key).await?;
            Ok(key)
        }
        Err(e) => Err(OpenError::File(path, e)),
    }
}

/// Writes the file key as this master key wraps it: beside, synced, and moved into place.
async fn write_file_key(folder: &Path, master: &dyn Master, key: &Key) -> Result<(), OpenError> {
    let (path, wrapped) = (folder.join("file.key"), master.wrap(FILE_KEY, key).await?);
    private_file::write(&path, &wrapped).map_err(|e| OpenError::File(path, e))
}

/// Wraps everything anew: with a master key in a file, by a new one; elsewhere, by the one that is
/// current there. People go on working. Stopped half-way it is gone on with at the next start.
///
/// # Errors
/// See [`OpenError`]; a fault of the key store is told in words.
pub async fn rotate_master(gate: &Gate, folder: &Path, master: &OpenMaster) -> Result<usize, String> {
    let words = |e: OpenError| e.to_string();
    let next = next_file(folder);
    if let OpenMaster::File(held) = master
        && !next.exists()
    {
        held.turn_to(MasterKey::create(&next).map_err(|e| e.to_string())?);
    }
    let wrapped = gate.rewrap_by_master().await.map_err(|refusal| refusal.logged("wrapping keys anew").to_string())?;
    let shared = master.shared();
    let key = file_key(folder, &*shared).await.map_err(words)?;
    write_file_key(folder, &*shared, &key).await.map_err(words)?;
    if let OpenMaster::File(held) = master {
        let moved = fs::rename(&next, folder.join("master.key")).and_then(|()| fs::File::open(folder)?.sync_all());
        moved.map_err(|e| format!("{}: {e}", next.display()))?;
        held.forget_the_one_before();
    }
    Ok(wrapped)
}

/// The raw key of an embedded file in a folder ("data file" or "key file"), for tests that look
/// past the gate.
#[doc(hidden)]
pub async fn file_key_of(folder: &Path, file: &str) -> String {
    let Ok(master) = OpenMaster::find(&MasterAt::File, folder) else { return String::new() };
    file_key(folder, &*master.shared()).await.map(|k| k.derive(file).hex().to_string()).unwrap_or_default()
}
