//! How far the logs have come, remembered beside the databases: data that went back to an earlier moment, by a
//! cut write-ahead log or an earlier copy, would else go on as if nothing had been there.
use crate::private_file;
use interpres_gate::{Gate, Refusal};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The file that says so, in the data folder.
pub(crate) fn file_in(folder: &Path) -> PathBuf {
    folder.join("seen")
}

/// How many entries were seen here.
pub(crate) fn entries(folder: &Path) -> i64 {
    fs::read_to_string(file_in(folder))
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// Takes what the data hold for all there was: after somebody put an earlier copy back on purpose.
pub(crate) fn forget(folder: &Path) {
    let _ = fs::remove_file(file_in(folder));
}

/// Notes how far the logs have come, where that is further than before, and has the data note how far the
/// keys have. What is on disk is noted only: the logs' numbers are.
///
/// # Errors
/// A fault of a database.
pub async fn remember(gate: &Gate, folder: &Path) -> Result<(), Refusal> {
    gate.remember_keys().await?;
    let now = gate.numbered().await?;
    if now > entries(folder)
        && let Err(e) = private_file::write(
            &file_in(folder),
            format!("{now} entries of the logs have their numbers\n").as_bytes(),
        )
    {
        tracing::warn!(error = %e, "how far the logs have come can't be noted");
    }
    Ok(())
}
