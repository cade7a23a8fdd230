//! Interpres on the command line.
use clap::{Args, CommandFactory, Parser, Subcommand};
use interpres::{
    Databases, MasterAt, Transit, WitnessAt,
    control::{self, Act, Desk},
    demo, open, rotate_master, serve, setup, show_forever,
};
use interpres_gate::{Clock, Gate, RestoreInput, RestoreOwnRecord};
use interpres_types::{INSTALLATION, Instant};
use interpres_web::Options;
use std::{
    fs::{File, TryLockError},
    io::{self, BufRead},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::net::TcpListener;

/// Hashing a password takes 19 MiB; this allocator gives them back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Schedules, dispatches and bills interpreting appointments, under HIPAA.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Where data and keys are.
#[derive(Args)]
struct Place {
    /// The data folder: keys, and the embedded database.
    #[arg(long, global = true, env = "INTERPRES_DATA", default_value = "interpres-data")]
    data: PathBuf,
    /// A PostgreSQL address (postgres://…) for the data, instead of the embedded database.
    #[arg(long, global = true, env = "INTERPRES_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// A PostgreSQL address for the key store: a database of its own, never in the same backup.
    #[arg(long, global = true, env = "INTERPRES_KEYS", hide_env_values = true)]
    keys: Option<String>,
    /// Where the master key is: `file` (master.key in the data folder), `environment`
    /// (`INTERPRES_MASTER_KEY`), or `transit` (Vault or OpenBao; then the three options below).
    #[arg(long, global = true, env = "INTERPRES_MASTER", default_value = "file")]
    master: MasterKind,
    /// The transit engine's address, such as https://vault.internal:8200/v1/transit.
    #[arg(long, global = true, env = "INTERPRES_TRANSIT_URL", required_if_eq("master", "transit"))]
    transit_url: Option<String>,
    /// The transit key's name.
    #[arg(long, global = true, env = "INTERPRES_TRANSIT_KEY", default_value = "interpres")]
    transit_key: String,
    /// A file that holds the token for the transit engine.
    #[arg(long, global = true, env = "INTERPRES_TRANSIT_TOKEN_FILE", default_value = "/run/secrets/transit-token")]
    transit_token_file: PathBuf,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum MasterKind {
    File,
    Environment,
    Transit,
}

/// Where and how the server listens.
#[derive(Args)]
struct Listen {
    /// The address and port.
    #[arg(long, env = "INTERPRES_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Say so when people reach it by HTTPS through a proxy; cookies are then for HTTPS only.
    #[arg(long, env = "INTERPRES_HTTPS")]
    https: bool,
    /// An outside witness of the audit logs, as ADDRESS=KEY; may be given several times.
    #[arg(long = "witness", env = "INTERPRES_WITNESSES", value_delimiter = ' ')]
    witnesses: Vec<WitnessAt>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve, with the named world in it on first start; who can sign in stands in demo.json.
    Demo(Listen),
    /// Serve.
    Serve(Listen),
    /// Make the first workspace and its owner. The password is read from standard input.
    Setup(Setup),
    /// Look at the audit log.
    #[command(subcommand)]
    Audit(Audit),
    /// Change keys, with or without a running server.
    #[command(subcommand)]
    Keys(Keys),
    /// Print what is made from code.
    #[command(subcommand)]
    Print(Print),
}

#[derive(Subcommand)]
enum Keys {
    /// Wrap everything by a new master key (with one in the environment or in a transit engine: by
    /// the one that is current there).
    RotateMaster,
    /// Give every workspace a new key, wrap its record keys by it, and destroy the old one.
    RotateWorkspaces,
    /// Give every audit log a new signing key, signed for by the one before.
    HandOverLogs,
}

#[derive(Subcommand)]
enum Print {
    /// The policy: who may do what, and how far.
    Matrix,
    /// The register of protected fields.
    Fields,
    /// The API's description, OpenAPI 3.1.
    Openapi,
    /// This command line's help, whole.
    Usage,
}

#[derive(Args)]
struct Setup {
    /// The agency's name.
    #[arg(long)]
    workspace: String,
    /// Its IANA time zone.
    #[arg(long, default_value = "America/New_York")]
    zone: String,
    /// Its currency.
    #[arg(long, default_value = "USD")]
    currency: String,
    /// The owner's full name.
    #[arg(long)]
    owner: String,
    /// The owner's e-mail address.
    #[arg(long)]
    email: String,
    /// A team; may be given several times.
    #[arg(long = "team")]
    teams: Vec<String>,
}

#[derive(Subcommand)]
enum Audit {
    /// Check every workspace's log from its first entry to its last against its signed checkpoint.
    Verify,
    /// Go through every record and version now, and take what was changed outside Interpres out of sight.
    Sweep,
    /// Put a record of the installation itself, such as an account, back as its last good version says.
    Restore {
        /// Its kind, such as user_account.
        kind: String,
        /// Its id.
        record: String,
    },
    /// Print each log's first key, for a verifier's policy and for witnesses, and its checkpoint.
    Head,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("INTERPRES_LOG").unwrap_or_else(|_| "info,sqlx=warn".into()))
        .with_writer(io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
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
        Command::Demo(listen) => run_server(&place, &listen, true).await,
        Command::Serve(listen) => run_server(&place, &listen, false).await,
        Command::Setup(asked) => run_setup(&place, asked).await,
        Command::Audit(Audit::Verify) => verify(&place).await,
        Command::Audit(Audit::Head) => heads(&place).await,
        Command::Audit(Audit::Sweep) => act(&place, Act::Sweep).await,
        Command::Audit(Audit::Restore { kind, record }) => restore(&place, kind, record).await,
        Command::Keys(Keys::RotateMaster) => act(&place, Act::RotateMaster).await,
        Command::Keys(Keys::RotateWorkspaces) => act(&place, Act::RotateWorkspaces).await,
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
        Print::Openapi => interpres_web::openapi() + "\n",
        Print::Usage => help(&mut Cli::command(), "interpres"),
    }
}

fn help(command: &mut clap::Command, name: &str) -> String {
    let mut out = format!("# {name}\n\n{}\n", command.render_help());
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).filter(|n| n != "help").collect();
    for sub in names {
        if let Some(found) = command.find_subcommand_mut(&sub) {
            out += &help(found, &format!("{name} {sub}"));
        }
    }
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}

/// The system's clock; a clock before 1970 counts as 1970.
fn clock() -> Clock {
    Arc::new(|| {
        Instant::from_micros(i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_micros()).unwrap_or(i64::MAX))
    })
}

async fn open_desk(place: &Place) -> Result<Desk, String> {
    let master = match (place.master, &place.transit_url) {
        (MasterKind::File, _) => MasterAt::File,
        (MasterKind::Environment, _) => MasterAt::Environment,
        (MasterKind::Transit, Some(url)) => {
            MasterAt::Transit(Transit { url: url.clone(), key: place.transit_key.clone(), token_file: place.transit_token_file.clone() })
        }
        (MasterKind::Transit, None) => return Err("say where the transit engine is: --transit-url".to_owned()),
    };
    let at = Databases { folder: place.data.clone(), data: place.database.clone(), keys: place.keys.clone(), master };
    let (gate, master) = open(&at, clock(), false).await.map_err(|e| e.to_string())?;
    Ok(Desk { gate, master, folder: place.data.clone() })
}

async fn open_gate(place: &Place) -> Result<Gate, String> {
    Ok(open_desk(place).await?.gate)
}

/// Holds the data folder for this process alone, as long as the file is open.
fn hold(folder: &Path) -> Result<File, String> {
    let path = folder.join("lock");
    std::os::unix::fs::DirBuilderExt::mode(std::fs::DirBuilder::new().recursive(true), 0o700)
        .create(folder)
        .map_err(|e| format!("{}: {e}", folder.display()))?;
    let file = File::create(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(format!("another Interpres is running on {}; stop it first", folder.display())),
        Err(TryLockError::Error(e)) => Err(format!("{}: {e}", path.display())),
    }
}

async fn run_server(place: &Place, listen: &Listen, with_demo: bool) -> Result<ExitCode, String> {
    let _held = hold(&place.data)?;
    let listener = TcpListener::bind(listen.listen).await.map_err(|e| format!("{} can't be listened on: {e}", listen.listen))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let url = format!("{}://{address}", if listen.https { "https" } else { "http" });
    let desk = open_desk(place).await?;
    let gate = desk.gate.clone();
    if place.data.join("master.key.new").exists() {
        tracing::warn!("a rotation of the master key was stopped half-way; it is gone on with");
        rotate_master(&gate, &place.data, &desk.master).await?;
    }
    if with_demo {
        let made = demo::fill(&gate).await.map_err(|refusal| format!("the named world could not be made: {refusal}"))?;
        if let Some(world) = made {
            demo::write_file(&place.data, &url, &world).map_err(|e| format!("demo.json: {e}"))?;
        }
        introduce(&place.data, &url);
    }
    let stop = serve::told_to_stop().map_err(|e| e.to_string())?;
    println!("Interpres is at {url} (stop it with Ctrl-C)");
    let mut jobs = vec![control::listen(desk).map_err(|e| format!("{}: {e}", place.data.display()))?];
    if !listen.witnesses.is_empty() {
        jobs.push(tokio::spawn(show_forever(gate.clone(), listen.witnesses.clone())));
    }
    serve::serve(gate, listener, Options { secure: listen.https }, jobs, stop).await.map_err(|e| e.to_string())?;
    Ok(ExitCode::SUCCESS)
}

/// Tells who can sign in as what. The demo's file keeps the passwords of its first start.
fn introduce(folder: &Path, url: &str) {
    let path = folder.join("demo.json");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    println!("\nThe demo's people (also in {}):\n", path.display());
    for person in file["people"].as_array().into_iter().flatten() {
        let text = |key: &str| person[key].as_str().unwrap_or_default().to_owned();
        println!("  {:<12} {:<14} {:<28} {}", text("role"), text("name"), text("email"), text("password"));
    }
    println!("\nSign in at {url}/sign-in. Nobody here is real; don't enter real patients.\n");
}

async fn run_setup(place: &Place, asked: Setup) -> Result<ExitCode, String> {
    let _held = hold(&place.data)?;
    eprintln!("Password of {} (15 characters or more), then Enter:", asked.email);
    let mut password = String::new();
    io::stdin().lock().read_line(&mut password).map_err(|e| e.to_string())?;
    let gate = open_gate(place).await?;
    let first = setup::FirstWorkspace {
        workspace: asked.workspace,
        zone: asked.zone,
        currency: asked.currency,
        owner: asked.owner,
        email: asked.email,
        password: password.trim_end_matches(['\r', '\n']).to_owned(),
        teams: asked.teams,
    };
    let made = setup::found(&gate, &first).await;
    gate.close().await;
    let id = made.map_err(|refusal| refusal.to_string())?;
    println!("Workspace {} is ready (id {id}). Start it with: interpres serve", first.workspace);
    Ok(ExitCode::SUCCESS)
}

fn something_is_there(place: &Place) -> Result<(), String> {
    let there = place.database.is_some() || place.data.join("interpres.db").exists();
    if there { Ok(()) } else { Err(format!("there is no Interpres in {}", place.data.display())) }
}

/// Opens what is there already.
async fn look_into(place: &Place) -> Result<Gate, String> {
    something_is_there(place)?;
    open_gate(place).await
}

/// Asks the running server, or does it here when none is running.
async fn act(place: &Place, act: Act) -> Result<ExitCode, String> {
    let told = match control::ask(&place.data, act).await.map_err(|e| format!("the running server went away: {e}"))? {
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
    Ok(if told.good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn restore(place: &Place, kind: String, record: String) -> Result<ExitCode, String> {
    let _held = hold(&place.data)?;
    let gate = look_into(place).await?;
    let input = RestoreInput { kind: kind.into(), record: record.into() };
    let done = gate.perform(&gate.operator(INSTALLATION), RestoreOwnRecord { input }).await.map(|restored| restored.version);
    gate.close().await;
    println!("it is version {} again", done.map_err(|refusal| refusal.to_string())?);
    Ok(ExitCode::SUCCESS)
}

async fn heads(place: &Place) -> Result<ExitCode, String> {
    let gate = look_into(place).await?;
    let all = gate.workspaces().await.map_err(|refusal| refusal.to_string())?;
    for workspace in std::iter::once(INSTALLATION).chain(all) {
        if let Some(head) = gate.log_head(workspace).await.map_err(|refusal| refusal.to_string())? {
            println!("log {}\n\n{}", head.first_key, head.checkpoint);
        }
    }
    gate.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn verify(place: &Place) -> Result<ExitCode, String> {
    let gate = look_into(place).await?;
    let mut good = true;
    let all = gate.workspaces().await.map_err(|refusal| refusal.to_string())?;
    for workspace in std::iter::once(INSTALLATION).chain(all) {
        let report = gate.verify_log(workspace).await.map_err(|refusal| refusal.to_string())?;
        let word = if report.problems.is_empty() { "good" } else { "BROKEN" };
        println!("{workspace}: {word}, {} entries, {} waiting for their number", report.entries, report.pending);
        for problem in &report.problems {
            println!("  {problem}");
        }
        good &= report.problems.is_empty();
    }
    gate.close().await;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
