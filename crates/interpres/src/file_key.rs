//! The key of the embedded files, wrapped by the master key.
use crate::{
    OpenError,
    masters::{MasterAt, OpenMaster, next_file},
    private_file,
};
use interpres_gate::Gate;
use interpres_vault::{Key, Master, MasterError, MasterKey, Place};
use std::{fs, io, path::Path};

const FILE_KEY: Place<'_> = Place {
    workspace: "",
    table: "file",
    column: "key",
    row: "",
};

/// The random key of the embedded files, wrapped by the master key, so that another master key needs only
/// another wrap; nothing where there is none yet.
pub(crate) async fn read_file_key(
    folder: &Path,
    master: &dyn Master,
) -> Result<Option<Key>, OpenError> {
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
pub(crate) async fn write_file_key(
    folder: &Path,
    master: &dyn Master,
    key: &Key,
) -> Result<(), OpenError> {
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
