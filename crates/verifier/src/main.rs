//! `interpres-verify`: checks an exported audit log without a server and without a database.
use clap::Parser;
use interpres_audit_log::Policy;
use interpres_verifier::{Checked, Earlier, check};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Checks an exported Interpres audit log.
///
/// Ends with 0 when all is well, with 1 when something is wrong with the log, with 2 when a file
/// can't be read.
#[derive(Parser)]
#[command(version, name = "interpres-verify")]
struct Cli {
    /// Trust policy: lines `log KEY`, `witness NAME KEY`, `group NAME N MEMBER…`, `quorum NAME`.
    #[arg(long)]
    policy: PathBuf,
    /// A checkpoint or a complete export from an earlier day, which the log must still contain.
    #[arg(long)]
    earlier: Option<PathBuf>,
    /// The exported log (NDJSON).
    export: PathBuf,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(found) => report(&found),
        Err(problem) => {
            eprintln!("interpres-verify: {problem}");
            ExitCode::from(2)
        }
    }
}

fn open(path: &Path) -> Result<BufReader<File>, String> {
    File::open(path)
        .map(|file| BufReader::with_capacity(1 << 16, file))
        .map_err(|e| format!("{}: {e}", path.display()))
}

fn run(cli: &Cli) -> Result<Checked, String> {
    let mut text = String::new();
    open(&cli.policy)?
        .read_to_string(&mut text)
        .map_err(|e| format!("{}: {e}", cli.policy.display()))?;
    let policy = Policy::parse(&text).map_err(|e| format!("{}: {e}", cli.policy.display()))?;
    let earlier = cli.earlier.as_deref().map(kept).transpose()?;
    check(open(&cli.export)?, policy, earlier)
        .map_err(|e: io::Error| format!("{}: {e}", cli.export.display()))
}

/// An export begins with a brace, a checkpoint with its log's name.
fn kept(path: &Path) -> Result<Earlier<'static>, String> {
    let mut file = open(path)?;
    let cant = |e: io::Error| format!("{}: {e}", path.display());
    if file.fill_buf().map_err(cant)?.first() == Some(&b'{') {
        return Ok(Earlier::Export(Box::new(file)));
    }
    let mut note = String::new();
    file.read_to_string(&mut note).map_err(cant)?;
    Ok(Earlier::Checkpoint(note))
}

fn report(found: &Checked) -> ExitCode {
    if let Some(point) = &found.checkpoint {
        let part = if found.complete {
            "the whole log"
        } else {
            "a part of the log, each entry with its proof"
        };
        println!(
            "{}: {} entries read, {part}; the checkpoint speaks of {}",
            point.origin, found.entries, point.size
        );
    }
    for claim in &found.unproven {
        println!("not shown by the file: {claim}");
    }
    for problem in &found.problems {
        println!("PROBLEM: {problem}");
    }
    if found.problems.is_empty() {
        println!("good");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
