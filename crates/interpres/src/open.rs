use crate::{
    OpenError,
    fields::kinds,
    folder::close_to_others,
    masters::{MasterAt, OpenMaster, next_file},
    private_file, seen,
};
use interpres_gate::{Clock, Domains, Gate, KeyRing, Reaction, Scoped, bind, look, numbered};
use interpres_store::{
    Config, Database, Pending, SCHEMA, ServerAddress, StoreError, free_bytes, make_room,
};
use interpres_types::Instant;
use interpres_vault::{Key, Master, MasterError, MasterKey, Place};
use std::{
    fs, io,
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

/// What follows from what: each event that a room can tell of, and below it what is done, in order and in the same
/// transaction.
#[must_use]
pub fn events() -> String {
    let mut out = String::new();
    for event in interpres_scheduling::EVENTS {
        out += &format!("{event}\n");
        for reaction in reactions()
            .iter()
            .filter(|reaction| reaction.event == *event)
        {
            out += &format!("  {}\n", reaction.name);
        }
    }
    out
}

/// What rooms do when something happened in a room below them, in this order.
fn reactions() -> Vec<Reaction> {
    [interpres_dispatch::REACTIONS, interpres_billing::REACTIONS].concat()
}

/// The system's clock; a clock before 1970 counts as 1970.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(|| {
        Instant::from_micros(
            i64::try_from(
                SystemTime::now()
                    .duration_since(SystemTime::UNIX_EPOCH)
                    .unwrap_or_default()
                    .as_micros(),
            )
            .unwrap_or(i64::MAX),
        )
    })
}

/// Opens the data folder and gives the gate over it. On first start it makes the folder, the master key and
/// the file key. Later nothing is made, and nothing is written before it is known that master key, file key,
/// keys and data belong together.
///
/// # Errors
/// See [`OpenError`].
pub async fn open(
    at: &Databases,
    clock: Clock,
    remember_statements: bool,
) -> Result<(Gate, OpenMaster), OpenError> {
    open_as(at, clock, remember_statements, Earlier::Refused).await
}

/// As [`open`], and takes data or keys of an earlier moment as they are.
///
/// # Errors
/// See [`OpenError`].
pub async fn rejoin(at: &Databases, clock: Clock) -> Result<Gate, OpenError> {
    Ok(open_as(at, clock, false, Earlier::Taken).await?.0)
}

/// What becomes of data or keys that went back to an earlier moment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Earlier {
    Refused,
    Taken,
}

async fn open_as(
    at: &Databases,
    clock: Clock,
    remember_statements: bool,
    earlier: Earlier,
) -> Result<(Gate, OpenMaster), OpenError> {
    close_to_others(&at.folder)?;
    let begun = has_begun(at).await?;
    let master = OpenMaster::find(&at.master, &at.folder, begun)?;
    let stores = Stores::find(at, &master).await?;
    Ok((
        stores
            .open(at, &master, clock, remember_statements, earlier)
            .await?,
        master,
    ))
}

/// As [`open`], with a master key that was found before.
pub(crate) async fn open_with(
    at: &Databases,
    master: &OpenMaster,
    clock: Clock,
    remember_statements: bool,
) -> Result<Gate, OpenError> {
    Stores::find(at, master)
        .await?
        .open(at, master, clock, remember_statements, Earlier::Refused)
        .await
}

/// Whether anything here was sealed under a master key before: then none is made.
async fn has_begun(at: &Databases) -> Result<bool, OpenError> {
    if ["file.key", "interpres.db", "keys.db"]
        .iter()
        .any(|name| at.folder.join(name).exists())
    {
        return Ok(true);
    }
    for (address, which) in [(&at.data, "database"), (&at.keys, "key store")] {
        let Some(address) = address else { continue };
        let store = Database::open(&Config::Server(address.clone()))
            .await
            .map_err(|e| OpenError::Database(which, e))?;
        let used = store
            .has_table("migration")
            .await
            .map_err(|e| OpenError::Database(which, e));
        store.close().await;
        if used? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The two databases, as far as they are open.
#[derive(Default)]
struct Found {
    data: Option<Database>,
    keys: Option<Database>,
}

/// Where data and keys are, with what opens them; looked at, and not written to yet.
struct Stores {
    data: Config,
    keys: Config,
    file_key: Key,
    /// Whether the file key stands in its file already.
    kept: bool,
}

fn place_of(config: &Config) -> String {
    match config {
        Config::File { path, .. } => path.display().to_string(),
        Config::Server(address) => format!("{address:?}"),
    }
}

impl Stores {
    async fn find(at: &Databases, master: &OpenMaster) -> Result<Self, OpenError> {
        let folder = &at.folder;
        let known = read_file_key(folder, &*master.shared()).await?;
        let kept = known.is_some();
        if !kept
            && ["interpres.db", "keys.db"]
                .iter()
                .any(|name| folder.join(name).exists())
        {
            return Err(OpenError::NoFileKey(folder.join("file.key")));
        }
        let file_key = known.unwrap_or_else(Key::generate);
        let config = |address: &Option<ServerAddress>, name: &str, purpose: &str| match address {
            Some(address) => Config::Server(address.clone()),
            None => Config::File {
                path: folder.join(name),
                key: file_key.derive(purpose).hex().to_string(),
            },
        };
        let (data, keys) = (
            config(&at.data, "interpres.db", "data file"),
            config(&at.keys, "keys.db", "key file"),
        );
        Ok(Self {
            data,
            keys,
            file_key,
            kept,
        })
    }

    async fn open(
        self,
        at: &Databases,
        master: &OpenMaster,
        clock: Clock,
        remember_statements: bool,
        earlier: Earlier,
    ) -> Result<Gate, OpenError> {
        make_room(&at.folder).map_err(|e| OpenError::File(at.folder.clone(), e))?;
        let mut found = Found::default();
        let opened = self.open_into(&mut found, at, master, earlier).await;
        match (opened, found.data) {
            (Ok(keys), Some(data)) => {
                let domains = Domains {
                    names: names(),
                    kinds: kinds(),
                    facts: interpres_accounts::FACTS,
                    reactions: reactions(),
                };
                let gate = Gate::new(data, keys, domains, clock, remember_statements);
                if let Err(refusal) = gate.seal_passes().await {
                    gate.close().await;
                    return Err(OpenError::Seals(
                        refusal.logged("sealing passes").to_string(),
                    ));
                }
                Ok(gate)
            }
            (opened, data) => {
                // A process must not end while a database of its own is open.
                for store in [data, found.keys].into_iter().flatten() {
                    store.close().await;
                }
                Err(opened
                    .err()
                    .unwrap_or(OpenError::Database("database", StoreError::Busy)))
            }
        }
    }

    /// Looks at both, and only then writes.
    async fn open_into(
        &self,
        found: &mut Found,
        at: &Databases,
        master: &OpenMaster,
        earlier: Earlier,
    ) -> Result<KeyRing, OpenError> {
        found.data = self.existing(at, &self.data, "database").await?;
        found.keys = self.existing(at, &self.keys, "key store").await?;
        let shared = master.shared();
        let looked = look(
            found.data.as_ref(),
            found.keys.as_ref(),
            &*shared,
            earlier == Earlier::Taken,
        )
        .await;
        let pair =
            looked.map_err(|e| OpenError::apart(e, place_of(&self.data), place_of(&self.keys)))?;
        if let Some(data) = &found.data {
            self.has_not_gone_back(at, data, earlier).await?;
            self.has_room(at, data).await?;
        }
        if !self.kept {
            write_file_key(&at.folder, &*shared, &self.file_key).await?;
        }
        let made = self.made(found.data.take(), &self.data, "database").await?;
        let data = found.data.insert(made);
        data.migrate(SCHEMA)
            .await
            .map_err(|e| self.full(at, "database", e))?;
        let keys = self
            .made(found.keys.take(), &self.keys, "key store")
            .await?;
        let keys = KeyRing::open(keys, shared)
            .await
            .map_err(|e| self.full(at, "key store", e))?;
        if let Err(refusal) = bind(data, &keys, pair).await {
            keys.close().await;
            return Err(OpenError::Bond(refusal.logged("binding data and keys")));
        }
        if earlier == Earlier::Taken {
            seen::forget(&at.folder);
        }
        Ok(keys)
    }

    /// Opens a database that is there.
    async fn existing(
        &self,
        at: &Databases,
        config: &Config,
        which: &'static str,
    ) -> Result<Option<Database>, OpenError> {
        if !Database::is_there(config) {
            return Ok(None);
        }
        match Database::open(config).await {
            Ok(store) => Ok(Some(store)),
            Err(StoreError::Shut) => Err(OpenError::Shut(place_of(config))),
            Err(e) => Err(self.full(at, which, e)),
        }
    }

    async fn made(
        &self,
        there: Option<Database>,
        config: &Config,
        which: &'static str,
    ) -> Result<Database, OpenError> {
        match there {
            Some(store) => Ok(store),
            None => Database::open(config)
                .await
                .map_err(|e| OpenError::Database(which, e)),
        }
    }

    async fn has_not_gone_back(
        &self,
        at: &Databases,
        data: &Database,
        earlier: Earlier,
    ) -> Result<(), OpenError> {
        let (holds, seen) = (
            numbered(data)
                .await
                .map_err(|e| OpenError::Database("database", e))?,
            seen::entries(&at.folder),
        );
        if holds >= seen || earlier == Earlier::Taken {
            return Ok(());
        }
        Err(OpenError::WentBack {
            data: place_of(&self.data),
            holds,
            seen,
            by: seen::file_in(&at.folder),
        })
    }

    /// Whether there is room to bring the data up to date, where that is to be done to a file.
    async fn has_room(&self, at: &Databases, data: &Database) -> Result<(), OpenError> {
        let pending = data
            .pending(SCHEMA)
            .await
            .map_err(|e| OpenError::Database("database", e))?;
        if matches!(self.data, Config::Server(_)) || pending == Pending::Nothing {
            return Ok(());
        }
        let free = free_bytes(&at.folder).map_err(|e| OpenError::File(at.folder.clone(), e))?;
        let need = self.need(pending);
        if free < need {
            Err(OpenError::NoRoom {
                folder: at.folder.clone(),
                need,
                free,
            })
        } else {
            Ok(())
        }
    }

    fn need(&self, pending: Pending) -> u64 {
        let Config::File { path, .. } = &self.data else {
            return pending.need(0);
        };
        pending.need(fs::metadata(path).map_or(0, |file| file.len()))
    }

    /// The same as what a database says, with need and room where its disk is full.
    fn full(&self, at: &Databases, which: &'static str, e: StoreError) -> OpenError {
        if !matches!(e, StoreError::Full) {
            return OpenError::Database(which, e);
        }
        OpenError::NoRoom {
            folder: at.folder.clone(),
            need: self.need(Pending::Steps),
            free: free_bytes(&at.folder).unwrap_or_default(),
        }
    }
}

const FILE_KEY: Place<'_> = Place {
    workspace: "",
    table: "file",
    column: "key",
    row: "",
};

/// The random key of the embedded files, wrapped by the master key, so that another master key needs only
/// another wrap; nothing where there is none yet.
async fn read_file_key(folder: &Path, master: &dyn Master) -> Result<Option<Key>, OpenError> {
    let path = folder.join("file.key");
    match fs::read(&path) {
        Ok(wrapped) => master
            .unwrap(FILE_KEY, &wrapped)
            .await
            .map(Some)
            .map_err(|e| match e {
                MasterError::Closed => OpenError::WrongMaster(path),
                other => other.into(),
            }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(OpenError::File(path, e)),
    }
}

/// The same where there must be one.
pub(crate) async fn file_key(folder: &Path, master: &dyn Master) -> Result<Key, OpenError> {
    read_file_key(folder, master)
        .await?
        .ok_or_else(|| OpenError::NoFileKey(folder.join("file.key")))
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
pub async fn rotate_master(
    gate: &Gate,
    folder: &Path,
    master: &OpenMaster,
) -> Result<usize, String> {
    let words = |e: OpenError| e.to_string();
    let next = next_file(folder);
    if let OpenMaster::File(held) = master
        && !next.exists()
    {
        held.turn_to(MasterKey::create(&next).map_err(|e| e.to_string())?);
    }
    let wrapped = gate
        .rewrap_by_master()
        .await
        .map_err(|refusal| refusal.logged("wrapping keys anew").to_string())?;
    let shared = master.shared();
    let key = file_key(folder, &*shared).await.map_err(words)?;
    write_file_key(folder, &*shared, &key)
        .await
        .map_err(words)?;
    if let OpenMaster::File(held) = master {
        let moved = fs::rename(&next, folder.join("master.key"))
            .and_then(|()| fs::File::open(folder)?.sync_all());
        moved.map_err(|e| format!("{}: {e}", next.display()))?;
        held.forget_the_one_before();
    }
    Ok(wrapped)
}

/// The raw key of an embedded file in a folder ("data file" or "key file"), for tests that look
/// past the gate.
#[doc(hidden)]
pub async fn file_key_of(folder: &Path, file: &str) -> String {
    let Ok(master) = OpenMaster::find(&MasterAt::File, folder, true) else {
        return String::new();
    };
    file_key(folder, &*master.shared())
        .await
        .map(|k| k.derive(file).hex().to_string())
        .unwrap_or_default()
}
