//! What stands at the place that a command names, opened.
use crate::cli::{DataArgs, MasterKind};
use interpres::{Databases, MasterAt, Transit, control::Desk, folder, open, system_clock};
use interpres_gate::Gate;
use interpres_store::StoreError;
use std::{
    fs::File,
    path::{Path, PathBuf},
};

pub(crate) fn master_at(place: &DataArgs) -> Result<MasterAt, String> {
    match (place.master, &place.transit_url) {
        (MasterKind::File, _) => Ok(MasterAt::File),
        (MasterKind::Environment, _) => Ok(MasterAt::Environment),
        (MasterKind::Transit, Some(url)) => Ok(MasterAt::Transit(Transit {
            url: url.clone(),
            key: place.transit_key.clone(),
            token_file: place.transit_token_file.clone(),
        })),
        (MasterKind::Transit, None) => {
            Err("say where the transit engine is: --transit-url".to_owned())
        }
    }
}

pub(crate) fn databases(place: &DataArgs) -> Result<Databases, String> {
    // Read here and not by clap, which would repeat a wrong address with its password.
    let server = |address: &Option<String>| {
        address
            .as_deref()
            .map(|text| text.parse().map_err(|e: StoreError| e.to_string()))
            .transpose()
    };
    Ok(Databases {
        folder: place.data.clone(),
        data: server(&place.database)?,
        keys: server(&place.keys)?,
        master: master_at(place)?,
    })
}

pub(crate) async fn open_desk(place: &DataArgs) -> Result<Desk, String> {
    let at = databases(place)?;
    let (gate, master) = open(&at, system_clock(), false)
        .await
        .map_err(|e| e.to_string())?;
    Ok(Desk { gate, master, at })
}

pub(crate) async fn open_gate(place: &DataArgs) -> Result<Gate, String> {
    Ok(open_desk(place).await?.gate)
}

/// Holds the data folder for this process alone, as long as the file is open.
pub(crate) fn hold(folder: &Path) -> Result<File, String> {
    folder::hold(folder).map_err(|e| e.to_string())
}

pub(crate) fn something_is_there(place: &DataArgs) -> Result<(), String> {
    let there = place.database.is_some()
        || ["interpres.db", "keys.db", "file.key"]
            .iter()
            .any(|name| place.data.join(name).exists());
    if there {
        Ok(())
    } else {
        Err(format!("there is no Interpres in {}", place.data.display()))
    }
}

/// Opens what is there already.
pub(crate) async fn look_into(place: &DataArgs) -> Result<Gate, String> {
    something_is_there(place)?;
    open_gate(place).await
}

/// A path as the running server, which stands elsewhere, can use it.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|e| format!("{}: {e}", path.display()))
}
