//! Interpres on the command line.
mod cli;
mod cli_agreement;
mod place;
mod run_server;

use clap::{CommandFactory, Parser};
use cli::{
    Audit, Backup, BackupDrill, Cli, Command, Keys, MasterKind, Place, Print, Restore, Setup,
    Workspace,
};
use interpres::{
    Databases, MasterAt, OpenMaster, Transit, backup,
    control::{self, Act, Desk},
    folder, open, rejoin, setup, system_clock,
    workspace_file::{self, Part},
};
use interpres_gate::{Gate, RestoreInput, RestoreOwnRecord};
use interpres_store::StoreError;
use interpres_types::{INSTALLATION, Instant};
use std::{
    fs::File,
    io::{self, BufRead},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Hashing a password takes 19 MiB; this allocator gives them back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // A core file would hold open keys; and nobody but root may look into the memory of a process
    // that can't be dumped (prctl(2), PR_SET_DUMPABLE).
    if let Err(e) =
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
    {
        return fail(&format!(
            "this process can't be kept from leaving core files: {e}"
        ));
    }
    // Whatever this process makes is its user's alone, whoever started it with which mask.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("INTERPRES_LOG")
                .unwrap_or_else(|_| "info,sqlx=warn".into()),
        )
        .with_writer(io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => return fail(&format!("no runtime: {e}")),
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(message) => fail(&message),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("interpres: {message}");
    ExitCode::FAILURE
}

async fn run(cli: Cli) -> Result<ExitCode, String> {
    let place = cli.place;
    match cli.command {
        Command::Demo(listen) => run_server::run(&place, &listen, true, None).await,
        Command::Serve(listen) => run_server::run(&place, &listen, false, None).await,
        Command::Emergency { restore, listen } => {
            let as_of = restore_here(&place, &restore).await?;
            run_server::run(&place, &listen, false, Some(as_of)).await
        }
        Command::Setup(asked) => run_setup(&place, asked).await,
        Command::Audit(Audit::Verify) => verify(&place).await,
        Command::Audit(Audit::Head) => heads(&place).await,
        Command::Audit(Audit::Waiting) => waiting(&place).await,
        Command::Audit(Audit::Sweep) => act(&place, Act::Sweep).await,
        Command::Audit(Audit::Recheck { since }) => act(&place, Act::Recheck(since)).await,
        Command::Audit(Audit::Restore {
            workspace,
            kind,
            record,
        }) => restore(&place, workspace, kind, record).await,
        Command::Backup(Backup {
            drill: Some(BackupDrill::Drill { from }),
            ..
        }) => act(&place, Act::Drill(absolute(&from)?)).await,
        Command::Backup(Backup { to, .. }) => {
            act(&place, Act::Backup(absolute(&to.unwrap_or_default())?)).await
        }
        Command::Restore(asked) => run_restore(&place, &asked).await,
        Command::Rejoin => run_rejoin(&place).await,
        Command::OpenFile { file, part } => open_file(&file, part),
        Command::Workspace(Workspace::Import { from, owner }) => {
            import_workspace(&place, &from, &owner).await
        }
        Command::GrantDomain {
            workspace,
            provider,
            domain,
        } => act(&place, Act::GrantDomain(workspace, provider, domain)).await,
        Command::Agreement(agreement) => act(&place, agreement.act()?).await,
        Command::Keys(Keys::RotateMaster) => act(&place, Act::RotateMaster).await,
        Command::Keys(Keys::RotateWorkspaces) => act(&place, Act::RotateWorkspaces).await,
        Command::Keys(Keys::RotateRecords) => act(&place, Act::RotateRecords).await,
        Command::Keys(Keys::HandOverLogs) => act(&place, Act::HandOverLogs).await,
        Command::Print(what) => {
            print!("{}", printed(&what));
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn printed(what: &Print) -> String {
    match what {
        Print::Matrix => interpres_policy::matrix(),
        Print::Fields => interpres::fields(),
        Print::Events => interpres::events(),
        Print::Openapi => interpres_web::openapi() + "\n",
        Print::Cbom => interpres::cbom(),
        Print::Usage => help(&mut Cli::command(), "interpres"),
    }
}

fn help(command: &mut clap::Command, name: &str) -> String {
    let mut out = format!("# {name}\n\n{}\n", command.render_help());
    let names: Vec<String> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .filter(|n| n != "help")
        .collect();
    for sub in names {
        if let Some(found) = command.find_subcommand_mut(&sub) {
            out += &help(found, &format!("{name} {sub}"));
        }
    }
    out.lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
        + "\n"
}

fn master_at(place: &Place) -> Result<MasterAt, String> {
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

fn databases(place: &Place) -> Result<Databases, String> {
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

async fn open_desk(place: &Place) -> Result<Desk, String> {
    let at = databases(place)?;
    let (gate, master) = open(&at, system_clock(), false)
        .await
        .map_err(|e| e.to_string())?;
    Ok(Desk { gate, master, at })
}

async fn open_gate(place: &Place) -> Result<Gate, String> {
    Ok(open_desk(place).await?.gate)
}

/// Holds the data folder for this process alone, as long as the file is open.
fn hold(folder: &Path) -> Result<File, String> {
    folder::hold(folder).map_err(|e| e.to_string())
}

async fn run_setup(place: &Place, asked: Setup) -> Result<ExitCode, String> {
    let _held = hold(&place.data)?;
    let password = crate::asked(&format!(
        "Password of {} (15 characters or more)",
        asked.email
    ))?;
    let gate = open_gate(place).await?;
    let first = setup::FirstWorkspace {
        workspace: asked.workspace,
        zone: asked.zone,
        currency: asked.currency,
        owner: asked.owner,
        email: asked.email,
        password,
        teams: asked.teams,
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

fn open_file(file: &Path, part: Part) -> Result<ExitCode, String> {
    let passphrase = asked("Passphrase of the file")?;
    workspace_file::open_file(file, &passphrase, part, &mut io::stdout().lock())?;
    Ok(ExitCode::SUCCESS)
}

async fn import_workspace(place: &Place, from: &Path, owner: &str) -> Result<ExitCode, String> {
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

fn something_is_there(place: &Place) -> Result<(), String> {
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
async fn look_into(place: &Place) -> Result<Gate, String> {
    something_is_there(place)?;
    open_gate(place).await
}

/// A path as the running server, which stands elsewhere, can use it.
fn absolute(path: &Path) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|e| format!("{}: {e}", path.display()))
}

async fn run_restore(place: &Place, asked: &Restore) -> Result<ExitCode, String> {
    restore_here(place, asked).await?;
    println!("Look at it: interpres audit verify; interpres audit sweep");
    Ok(ExitCode::SUCCESS)
}

/// Takes data and keys as they are, of which one is of an earlier moment.
async fn run_rejoin(place: &Place) -> Result<ExitCode, String> {
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
async fn restore_here(place: &Place, asked: &Restore) -> Result<Instant, String> {
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

async fn waiting(place: &Place) -> Result<ExitCode, String> {
    let gate = look_into(place).await?;
    for leaf in gate
        .unnumbered()
        .await
        .map_err(|refusal| refusal.to_string())?
    {
        println!("{leaf}");
    }
    gate.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Asks the running server, or does it here when none is running.
async fn act(place: &Place, act: Act) -> Result<ExitCode, String> {
    let told = match control::ask(&place.data, &act)
        .await
        .map_err(|e| format!("the running server went away: {e}"))?
    {
        Some(told) => told,
        None => {
            let _held = hold(&place.data)?;
            something_is_there(place)?;
            let desk = open_desk(place).await?;
            let told = desk.act(act).await;
            desk.gate.close().await;
            told
        }
    };
    println!("{}", told.words);
    Ok(if told.good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn restore(
    place: &Place,
    workspace: Option<String>,
    kind: String,
    record: String,
) -> Result<ExitCode, String> {
    let _held = hold(&place.data)?;
    let gate = look_into(place).await?;
    let of = match workspace {
        None => INSTALLATION,
        Some(name) => {
            let known = gate
                .workspace_named(&name)
                .await
                .map_err(|refusal| refusal.to_string())?;
            known.ok_or_else(|| format!("there is no workspace {name}"))?
        }
    };
    let input = RestoreInput {
        kind: kind.into(),
        record: record.into(),
    };
    let done = gate
        .perform(&gate.operator(of), RestoreOwnRecord { input })
        .await
        .map(|restored| restored.version);
    gate.close().await;
    println!(
        "it is version {} again",
        done.map_err(|refusal| refusal.to_string())?
    );
    Ok(ExitCode::SUCCESS)
}

async fn heads(place: &Place) -> Result<ExitCode, String> {
    let gate = look_into(place).await?;
    for workspace in gate
        .all_with_logs()
        .await
        .map_err(|refusal| refusal.to_string())?
    {
        if let Some(head) = gate
            .log_head(workspace)
            .await
            .map_err(|refusal| refusal.to_string())?
        {
            println!("log {}\n\n{}", head.first_key, head.checkpoint);
        }
    }
    gate.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn verify(place: &Place) -> Result<ExitCode, String> {
    let gate = look_into(place).await?;
    let mut good = true;
    for workspace in gate
        .all_with_logs()
        .await
        .map_err(|refusal| refusal.to_string())?
    {
        let report = gate
            .verify_log(workspace)
            .await
            .map_err(|refusal| refusal.to_string())?;
        let well = report.problems.is_empty() && report.beside.is_empty();
        let word = if well { "good" } else { "BROKEN" };
        println!(
            "{workspace}: {word}, {} entries, {} waiting for their number",
            report.entries, report.pending
        );
        for problem in report.problems.iter().chain(&report.beside) {
            println!("  {problem}");
        }
        good &= well;
    }
    gate.close().await;
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
