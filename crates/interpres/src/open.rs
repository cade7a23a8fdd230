use crate::{
    OpenError,
    folder::close_to_others,
    masters::{MasterAt, OpenMaster},
    stores::Stores,
};
use interpres_gate::{Clock, Gate, JobKind, Reaction, Scoped};
use interpres_store::{Config, Database, ServerAddress};
use interpres_types::Instant;
use std::{path::PathBuf, sync::Arc, time::SystemTime};

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
    for event in [interpres_gate::EVENTS, interpres_scheduling::EVENTS].concat() {
        out += &format!("{event}\n");
        for reaction in reactions()
            .iter()
            .filter(|reaction| reaction.event == event)
        {
            out += &format!("  {}\n", reaction.name);
        }
    }
    out
}

/// What rooms do when something happened in a room below them, in this order.
pub(crate) fn reactions() -> Vec<Reaction> {
    [
        interpres_scheduling::REACTIONS,
        interpres_dispatch::REACTIONS,
        interpres_billing::REACTIONS,
    ]
    .concat()
}

/// What rooms do later.
pub(crate) fn jobs() -> Vec<JobKind> {
    [
        interpres_accounts::JOBS,
        interpres_scheduling::JOBS,
        interpres_dispatch::JOBS,
        interpres_imports::JOBS,
        interpres_compliance::JOBS,
    ]
    .concat()
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
pub(crate) enum Earlier {
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
pub(crate) async fn has_begun(at: &Databases) -> Result<bool, OpenError> {
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
