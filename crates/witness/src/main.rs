//! `interpres-witness`: a small server run by a third party.
use aws_lc_rs::rand;
use clap::Parser;
use interpres_audit_log::{LogKey, VerifierKey};
use interpres_witness::{Memory, Witness, router};
use std::{
    fs,
    io::{self, Write},
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, SystemTime},
};

/// Witnesses audit logs: cosigns checkpoints that extend the last one it saw, and no others.
#[derive(Parser)]
#[command(version, name = "interpres-witness")]
struct Cli {
    /// The witness's name, such as a host name; it is part of its key.
    #[arg(long)]
    name: String,
    /// Its directory: the key (created on first start) and the last checkpoint of each log.
    #[arg(long, default_value = "interpres-witness")]
    folder: PathBuf,
    /// A log's key, as `interpres audit head` prints it; may be given several times.
    #[arg(long = "log", required = true)]
    logs: Vec<String>,
    /// The address and port.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("interpres-witness: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), String> {
    let memory = Memory::open(&cli.folder).map_err(|e| e.to_string())?;
    let logs = cli
        .logs
        .iter()
        .map(|text| VerifierKey::parse(text).map_err(|e| format!("{text}: {e}")))
        .collect::<Result<_, _>>()?;
    let key = LogKey::new(&cli.name, &seed(&cli.folder)?).map_err(|_| {
        format!(
            "{} can't be a witness's name: no spaces, no plus signs",
            cli.name
        )
    })?;
    let listener = tokio::net::TcpListener::bind(cli.listen)
        .await
        .map_err(|e| format!("{} can't be listened on: {e}", cli.listen))?;
    println!("key {}", key.cosigner());
    println!(
        "The witness is at http://{}",
        listener.local_addr().map_err(|e| e.to_string())?
    );
    axum::serve(listener, router(Witness::new(key, logs, memory, seconds)))
        .await
        .map_err(|e| e.to_string())
}

fn seconds() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs()
}

/// The key's seed: read, or created on first start, accessible to its owner only.
fn seed(folder: &Path) -> Result<Vec<u8>, String> {
    let path = folder.join("witness.key");
    let cant = |e: io::Error| format!("{}: {e}", path.display());
    match fs::read(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let mut seed = [0; 32];
            rand::fill(&mut seed).map_err(|_| "the system gives no random bytes".to_owned())?;
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)
                .map_err(cant)?;
            file.write_all(&seed)
                .and_then(|()| file.sync_all())
                .map_err(cant)?;
            Ok(seed.to_vec())
        }
        other => other.map_err(cant),
    }
}
