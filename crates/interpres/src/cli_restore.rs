//! Putting a copy back, from the command line.
use crate::at_place::{databases, hold, master_at, something_is_there};
use crate::cli::{DataArgs, MasterKind, Restore};
use interpres::{OpenMaster, backup, rejoin, system_clock};
use interpres_types::Instant;
use std::process::ExitCode;

pub(crate) async fn run_restore(place: &DataArgs, asked: &Restore) -> Result<ExitCode, String> {
    restore_here(place, asked).await?;
    println!("Look at it: interpres audit verify; interpres audit sweep");
    Ok(ExitCode::SUCCESS)
}

/// Takes data and keys as they are, of which one is of an earlier moment.
pub(crate) async fn run_rejoin(place: &DataArgs) -> Result<ExitCode, String> {
    let _held = hold(&place.data)?;
    something_is_there(place)?;
    let gate = rejoin(&databases(place)?, system_clock())
        .await
        .map_err(|e| e.to_string())?;
    gate.close().await;
    println!(
        "Data and keys are taken for each other's as they are. Look at them: interpres audit verify; interpres audit sweep"
    );
    Ok(ExitCode::SUCCESS)
}

/// Puts a copy together in the data folder; gives the moment it is of.
pub(crate) async fn restore_here(place: &DataArgs, asked: &Restore) -> Result<Instant, String> {
    let _held = hold(&place.data)?;
    let key = place.data.join("master.key");
    if let Some(from) = &asked.master_key {
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::copy(from, &key)
            .and_then(|_| std::fs::set_permissions(&key, private))
            .map_err(|e| format!("{}: {e}", from.display()))?;
    } else if matches!(place.master, MasterKind::File) && !key.exists() {
        return Err(format!(
            "{} is not there; say where its copy is: --master-key FILE",
            key.display()
        ));
    }
    let master =
        OpenMaster::find(&master_at(place)?, &place.data, true).map_err(|e| e.to_string())?;
    let to = databases(place)?;
    let wanted = backup::Wanted {
        until: asked.at,
        now: system_clock()(),
        old_keys: asked.old_keys,
    };
    let restored = backup::restore(&asked.from, wanted, &to, &master).await?;
    println!(
        "Restored as of {} in {:.1} s ({} bytes).",
        restored.as_of,
        restored.took.as_secs_f64(),
        restored.size
    );
    Ok(restored.as_of)
}
