use crate::fields::kinds;
use interpres_gate::{Clock, Gate, KeyRing, Scoped};
use interpres_store::{Config, Database, SCHEMA, StoreError};
use interpres_vault::{Key, MasterError, MasterKey, Place};
use std::{
    fmt, fs, io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Where data and keys are kept.
#[derive(Clone, Debug)]
pub struct Databases {
    /// The data folder: master key, file key, embedded databases.
    pub folder: PathBuf,
    /// A PostgreSQL address for the data; the embedded engine without one.
    pub data: Option<String>,
    /// A PostgreSQL address for the key store; a file in the data folder without one.
    pub keys: Option<String>,
}

/// Why Interpres could not start, in words for the operator.
#[derive(Debug)]
pub enum OpenError {
    /// The master key.
    Master(MasterError),
    /// A file.
    File(PathBuf, io::Error),
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
        interpres_rates::TABLES,
        interpres_directory::TABLES,
        interpres_scheduling::TABLES,
        interpres_dispatch::TABLES,
        interpres_billing::TABLES,
        interpres_imports::TABLES,
    ]
    .concat()
}

/// Opens the data folder and gives the gate over it. On first start it makes the folder, the
/// master key and the file key; later a missing master key is an error, never a new one.
///
/// # Errors
/// See [`OpenError`].
pub async fn open(at: &Databases, clock: Clock, remember_statements: bool) -> Result<Gate, OpenError> {
    let folder = &at.folder;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder).map_err(|e| OpenError::File(folder.clone(), e))?;
    let master = master_key(folder)?;
    let file_key = file_key(folder, &master)?;
    let data = match &at.data {
        Some(url) => Config::Server(url.clone()),
        None => Config::File { path: folder.join("interpres.db"), key: file_key.derive("data file").hex().to_string() },
    };
    let keys = match &at.keys {
        Some(url) => Config::Server(url.clone()),
        None => Config::File { path: folder.join("keys.db"), key: file_key.derive("key file").hex().to_string() },
    };
    let data = Database::open(&data).await.map_err(|e| OpenError::Database("database", e))?;
    data.migrate(SCHEMA).await.map_err(|e| OpenError::Database("database", e))?;
    let keys = Database::open(&keys).await.map_err(|e| OpenError::Database("key store", e))?;
    let keys = KeyRing::open(keys, master).await.map_err(|e| OpenError::Database("key store", e))?;
    Ok(if remember_statements { Gate::remembering_statements(data, keys, names(), kinds(), clock) } else { Gate::new(data, keys, names(), kinds(), clock) })
}

/// The master key: made once, on a folder that holds nothing it could belong to.
fn master_key(folder: &Path) -> Result<Key, OpenError> {
    let path = folder.join("master.key");
    let begun = folder.join("file.key").exists();
    if path.exists() || begun { Ok(MasterKey::load(&path)?) } else { Ok(MasterKey::create(&path)?) }
}

const FILE_KEY: Place<'_> = Place { workspace: "", table: "file", column: "key", row: "" };

/// A random key for the embedded files, wrapped by the master key, so that another master key
/// needs only another wrap.
fn file_key(folder: &Path, master: &Key) -> Result<Key, OpenError> {
    let path = folder.join("file.key");
    match fs::read(&path) {
        Ok(wrapped) => master.unwrap(&FILE_KEY, &wrapped).map_err(|_| OpenError::WrongMaster(path)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let key = Key::generate();
            let wrapped = master.wrap(&FILE_KEY, &key).map_err(|_| OpenError::WrongMaster(path.clone()))?;
            let written = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).and_then(|mut file| {
                io::Write::write_all(&mut file, &wrapped)?;
                file.sync_all()
            });
            written.map(|()| key).map_err(|e| OpenError::File(path, e))
        }
        Err(e) => Err(OpenError::File(path, e)),
    }
}

/// The raw key of the embedded database in a folder, for tests that look past the gate.
#[doc(hidden)]
#[must_use]
pub fn file_key_of(folder: &Path) -> String {
    let key = master_key(folder).and_then(|master| file_key(folder, &master));
    key.map(|k| k.derive("data file").hex().to_string()).unwrap_or_default()
}
