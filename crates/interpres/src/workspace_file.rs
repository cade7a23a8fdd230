//! A workspace's file: opened for reading, and brought into an installation.
use interpres_accounts::{AdoptAccount, Doors};
use interpres_gate::{Gate, ImportVersions, Refusal, VersionLine, WORKSPACE_FORMAT};
use interpres_scheduling::carry_over;
use interpres_types::{Email, INSTALLATION, Line, UserId, WorkspaceId};
use interpres_vault::{OpenFile, Secret};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    path::Path,
};

/// Which lines of a file are meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum FileSelection {
    /// All of them, as they stand.
    All,
    /// The audit log's, in the form that interpres-verify reads.
    Log,
}

#[derive(Deserialize)]
struct Header {
    format: String,
    workspace: WorkspaceId,
    whole: bool,
}

#[derive(Deserialize)]
struct AccountLine {
    id: UserId,
    email: String,
    name: String,
}

#[derive(Deserialize)]
struct End {
    versions: u64,
}

#[derive(Deserialize)]
struct OtherLine<'a> {
    account: Option<AccountLine>,
    end: Option<End>,
    #[serde(borrow)]
    log: Option<&'a RawValue>,
}

fn lines(
    path: &Path,
    passphrase: &str,
) -> Result<impl Iterator<Item = Result<String, String>>, String> {
    let words = |e: std::io::Error| format!("{}: {e}", path.display());
    let file = OpenFile::begin(
        BufReader::new(File::open(path).map_err(words)?),
        &Secret::Passphrase(passphrase),
    )
    .map_err(words)?;
    let name = path.display().to_string();
    Ok(BufReader::new(file)
        .lines()
        .map(move |line| line.map_err(|e| format!("{name}: {e}"))))
}

/// Opens a file and writes its lines.
///
/// # Errors
/// What was in the way, in words.
pub fn open_file(
    path: &Path,
    passphrase: &str,
    part: FileSelection,
    out: &mut impl Write,
) -> Result<(), String> {
    for line in lines(path, passphrase)? {
        let line = line?;
        let text = match part {
            FileSelection::All => Some(line.as_str()),
            FileSelection::Log if line.starts_with("{\"log\":") => Some(
                serde_json::from_str::<OtherLine<'_>>(&line)
                    .ok()
                    .and_then(|l| l.log)
                    .ok_or("a line of the log can't be read")?
                    .get(),
            ),
            FileSelection::Log => None,
        };
        if let Some(text) = text {
            writeln!(out, "{text}").map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}

/// What was brought in.
#[derive(Debug)]
pub struct Imported {
    /// Which workspace.
    pub workspace: WorkspaceId,
    /// How many versions of records.
    pub versions: u64,
}

/// Reads the whole file once, before anything is done with it.
fn look_through(path: &Path, passphrase: &str) -> Result<(WorkspaceId, Vec<AccountLine>), String> {
    let (mut header, mut accounts, mut versions, mut end) = (None, Vec::new(), 0, None);
    for line in lines(path, passphrase)? {
        let line = line?;
        if header.is_none() {
            header = Some(
                serde_json::from_str::<Header>(&line).map_err(|_| "this is no workspace's file")?,
            );
        } else if serde_json::from_str::<VersionLine>(&line).is_ok() {
            versions += 1;
        } else {
            let other: OtherLine<'_> = serde_json::from_str(&line)
                .map_err(|_| "the file has a line that can't be read")?;
            accounts.extend(other.account);
            end = other.end.or(end);
        }
    }
    let header = header
        .filter(|h| h.format == WORKSPACE_FORMAT)
        .ok_or("this is no workspace's file, or one of a later version")?;
    if !header.whole {
        return Err(
            "this file holds some records only; it can be read, and not be brought in".to_owned(),
        );
    }
    if end.is_none_or(|end| end.versions != versions) {
        return Err("the file is not complete".to_owned());
    }
    Ok((header.workspace, accounts))
}

const AT_A_TIME: usize = 200;

/// Brings a workspace in from its file. Its people get accounts without a password, but for the one
/// owner whose is given. Stopped half-way it can be done again; until it is done the workspace is not
/// there.
///
/// # Errors
/// What was in the way, in words.
pub async fn import(
    gate: &Gate,
    path: &Path,
    passphrase: &str,
    owner: &str,
    password: &str,
) -> Result<Imported, String> {
    let words = |refusal: Refusal| refusal.logged("bringing a workspace in").to_string();
    let (workspace, accounts) = look_through(path, passphrase)?;
    if gate.workspaces().await.map_err(words)?.contains(&workspace) {
        return Err(format!("the workspace {workspace} is here already"));
    }
    if !accounts
        .iter()
        .any(|account| account.email.eq_ignore_ascii_case(owner))
    {
        return Err(format!("nobody in the file has the address {owner}"));
    }
    let hash = Doors::default()
        .choose(gate, "password", password, &[owner], false, false)
        .await
        .map_err(|refusal| format!("the {refusal}"))?;
    for account in accounts {
        let email: Email = account
            .email
            .parse()
            .map_err(|_| "the file has an account without an address")?;
        let name: Line<120> = account
            .name
            .parse()
            .map_err(|_| "the file has an account without a name")?;
        let password_hash = account
            .email
            .eq_ignore_ascii_case(owner)
            .then(|| hash.clone());
        gate.perform(
            &gate.operator(INSTALLATION),
            AdoptAccount {
                id: account.id,
                email,
                name,
                password_hash,
            },
        )
        .await
        .map_err(words)?;
    }
    let versions = import_records(gate, path, passphrase, workspace).await?;
    Ok(Imported {
        workspace,
        versions,
    })
}

/// The workspace's own record comes last: it is what makes the others reachable.
async fn import_records(
    gate: &Gate,
    path: &Path,
    passphrase: &str,
    workspace: WorkspaceId,
) -> Result<u64, String> {
    let (mut batch, mut last, mut versions) = (Vec::new(), Vec::new(), 0);
    let words = |refusal: Refusal| refusal.logged("bringing a workspace in").to_string();
    let operator = gate.operator(workspace);
    for line in lines(path, passphrase)? {
        let Ok(version) = serde_json::from_str::<VersionLine>(&line?) else {
            continue;
        };
        versions += 1;
        if version.kind == "workspace" {
            last.push(version);
            continue;
        }
        if batch.len() >= AT_A_TIME
            && batch
                .last()
                .is_some_and(|before: &VersionLine| before.id != version.id)
        {
            gate.perform(&operator, ImportVersions(std::mem::take(&mut batch)))
                .await
                .map_err(words)?;
        }
        batch.push(version);
    }
    gate.perform(&operator, ImportVersions(batch))
        .await
        .map_err(words)?;
    // The file may be an earlier version's.
    carry_over(gate, workspace).await.map_err(words)?;
    gate.perform(&operator, ImportVersions(last))
        .await
        .map_err(words)?;
    Ok(versions)
}
