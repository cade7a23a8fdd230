//! Beginning an installation, and bringing a workspace or a file in.
use crate::at_place::{hold, open_gate};
use crate::cli::{DataArgs, Setup};
use interpres::{
    setup,
    workspace_file::{self, FileSelection},
};
use std::{
    io::{self, BufRead},
    path::Path,
    process::ExitCode,
};

pub(crate) async fn run_setup(place: &DataArgs, by: Setup) -> Result<ExitCode, String> {
    let _held = hold(&place.data)?;
    let password = asked(&format!("Password of {} (15 characters or more)", by.email))?;
    let gate = open_gate(place).await?;
    let first = setup::FirstWorkspace {
        workspace: by.workspace,
        zone: by.zone,
        currency: by.currency,
        owner: by.owner,
        email: by.email,
        password,
        teams: by.teams,
    };
    let made = setup::found(&gate, &first).await;
    gate.close().await;
    let id = made.map_err(|refusal| refusal.to_string())?;
    println!(
        "Workspace {} is ready (id {id}). Start it with: interpres serve",
        first.workspace
    );
    Ok(ExitCode::SUCCESS)
}

/// A line from standard input, asked for in words.
fn asked(words: &str) -> Result<String, String> {
    eprintln!("{words}, then Enter:");
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|e| e.to_string())?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

pub(crate) fn open_file(file: &Path, part: FileSelection) -> Result<ExitCode, String> {
    let passphrase = asked("Passphrase of the file")?;
    workspace_file::open_file(file, &passphrase, part, &mut io::stdout().lock())?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn import_workspace(
    place: &DataArgs,
    from: &Path,
    owner: &str,
) -> Result<ExitCode, String> {
    let _held = hold(&place.data)?;
    let passphrase = asked("Passphrase of the file")?;
    let password = asked(&format!("New password of {owner} (15 characters or more)"))?;
    let gate = open_gate(place).await?;
    let done = workspace_file::import(&gate, from, &passphrase, owner, &password).await;
    gate.close().await;
    let done = done?;
    println!(
        "Workspace {} is here, with {} versions of records. Keep the file: the log of its former place is in it, and goes on nowhere else.",
        done.workspace, done.versions
    );
    Ok(ExitCode::SUCCESS)
}
