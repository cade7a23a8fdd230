//! Holds the lock file against a copy of the RustSec advisory database:
//! `interpres-advisories DATABASE Cargo.lock let_through.toml TODAY`. Fails for a vulnerability that is not let through, and for
//! one that has been let through for too long. Warnings, such as a crate nobody maintains, are printed.
use rustsec::{Database, Lockfile, Report, advisory, report::Settings};
use serde::Deserialize;
use std::{env, fs, path::Path, process::ExitCode};

#[derive(Deserialize)]
struct Exceptions {
    let_through: Vec<Exception>,
}

/// An advisory that does not concern us.
#[derive(Deserialize)]
struct Exception {
    id: advisory::Id,
    /// The first day on which its reason must be looked at again, as `2027-02-28`.
    until: String,
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let [database, lock, exceptions, today] = &args[..] else {
        eprintln!("usage: interpres-advisories DATABASE Cargo.lock let_through.toml TODAY");
        return ExitCode::from(2);
    };
    match check(
        Path::new(database),
        Path::new(lock),
        Path::new(exceptions),
        today,
    ) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn check(database: &Path, lock: &Path, exceptions: &Path, today: &str) -> Result<(), String> {
    let text =
        fs::read_to_string(exceptions).map_err(|e| format!("{}: {e}", exceptions.display()))?;
    let exceptions: Exceptions =
        toml::from_str(&text).map_err(|e| format!("{}: {e}", exceptions.display()))?;
    if let Some(late) = exceptions
        .let_through
        .iter()
        .find(|exception| exception.until.as_str() <= today)
    {
        return Err(format!(
            "{} was let through until {}; is its reason still true?",
            late.id, late.until
        ));
    }
    let database = Database::open(database).map_err(|e| e.to_string())?;
    let lock = Lockfile::load(lock).map_err(|e| e.to_string())?;
    let ignore = exceptions
        .let_through
        .into_iter()
        .map(|exception| exception.id)
        .collect();
    let report = Report::generate(
        &database,
        &lock,
        &Settings {
            ignore,
            ..Settings::default()
        },
    );
    for warning in report.warnings.values().flatten() {
        let title = warning
            .advisory
            .as_ref()
            .map_or("", |advisory| advisory.title.as_str());
        println!(
            "warning: {} {}: {} {title}",
            warning.package.name,
            warning.package.version,
            warning.kind.as_str()
        );
    }
    println!(
        "{} packages, {} advisories",
        lock.packages.len(),
        database.iter().count()
    );
    let found = report.vulnerabilities.list.iter().map(|v| {
        format!(
            "{} {} {}: {}",
            v.advisory.id, v.package.name, v.package.version, v.advisory.title
        )
    });
    let found: Vec<String> = found.collect();
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.join("\n"))
    }
}
