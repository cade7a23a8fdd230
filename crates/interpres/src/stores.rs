//! The two databases of an installation as they are found and opened.
use crate::{
    OpenError,
    fields::kinds,
    file_key::{read_file_key, write_file_key},
    masters::OpenMaster,
    open::{Databases, Earlier, jobs, names, reactions},
    seen,
};
use interpres_gate::{Clock, Domains, Gate, KeyRing, bind, look, numbered};
use interpres_scheduling::CarriesOver;
use interpres_store::{
    Config, Database, Pending, SCHEMA, ServerAddress, StoreError, free_bytes, make_room,
};
use interpres_vault::Key;
use std::fs;

/// The two databases, as far as they are open.
#[derive(Default)]
pub(crate) struct Found {
    pub(super) data: Option<Database>,
    pub(super) keys: Option<Database>,
}

/// Where data and keys are, with what opens them; looked at, and not written to yet.
pub(crate) struct Stores {
    pub(super) data: Config,
    pub(super) keys: Config,
    pub(super) file_key: Key,
    /// Whether the file key stands in its file already.
    pub(super) kept: bool,
}

fn place_of(config: &Config) -> String {
    match config {
        Config::File { path, .. } => path.display().to_string(),
        Config::Server(address) => format!("{address:?}"),
    }
}

impl Stores {
    pub(super) async fn find(at: &Databases, master: &OpenMaster) -> Result<Self, OpenError> {
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

    pub(super) async fn open(
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
                    jobs: jobs(),
                };
                let gate = Gate::new(data, keys, domains, clock, remember_statements);
                if let Err(refusal) = gate.seal_passes().await {
                    gate.close().await;
                    return Err(OpenError::Seals(
                        refusal.logged("sealing passes").to_string(),
                    ));
                }
                // Before this nobody would see their own jobs.
                if let Err(refusal) = gate.do_first::<CarriesOver>().await {
                    gate.close().await;
                    return Err(OpenError::CarryOver(
                        refusal.logged("carrying assignments over").to_string(),
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
    pub(super) async fn open_into(
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
    pub(super) async fn existing(
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

    pub(super) async fn made(
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

    pub(super) async fn has_not_gone_back(
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
    pub(super) async fn has_room(&self, at: &Databases, data: &Database) -> Result<(), OpenError> {
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

    pub(super) fn need(&self, pending: Pending) -> u64 {
        let Config::File { path, .. } = &self.data else {
            return pending.need(0);
        };
        pending.need(fs::metadata(path).map_or(0, |file| file.len()))
    }

    /// The same as what a database says, with need and room where its disk is full.
    pub(super) fn full(&self, at: &Databases, which: &'static str, e: StoreError) -> OpenError {
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
