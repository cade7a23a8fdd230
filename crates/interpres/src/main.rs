//! Interpres on the command line.
mod at_place;
mod cli;
mod cli_act;
mod cli_agreement;
mod cli_log;
mod cli_restore;
mod cli_setup;
mod place;
mod run_server;

use crate::{
    at_place::absolute,
    cli_act::{act, restore, waiting},
    cli_log::{heads, verify},
    cli_restore::{restore_here, run_rejoin, run_restore},
    cli_setup::{import_workspace, open_file, run_setup},
};
use clap::{CommandFactory, Parser};
use cli::{Audit, Backup, BackupDrill, Cli, Command, Keys, Print, Workspace};
use interpres::{control::Act, demo::Demo};
use std::{io, process::ExitCode};

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
        Command::Demo { listen, bare } => {
            let demo = if bare { Demo::Bare } else { Demo::Agency };
            run_server::run(&place, &listen, Some(demo), None).await
        }
        Command::Serve(listen) => run_server::run(&place, &listen, None, None).await,
        Command::Emergency { restore, listen } => {
            let as_of = restore_here(&place, &restore).await?;
            run_server::run(&place, &listen, None, Some(as_of)).await
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
        Print::Actions => interpres_web::actions(),
        Print::Fields => interpres::fields(),
        Print::Events => interpres::events(),
        Print::Openapi => interpres_web::openapi() + "\n",
        Print::Cbom => interpres::cbom(),
        Print::Languages => say::coverage::coverage(),
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
