//! Chores of the project: `cargo xtask ci` runs every check there is, in the order in which they
//! fail soonest; `fips` builds and tries the profile with validated ciphers; `generate` writes what is made from code; `tidy` looks at the house; `long` goes on with a run
//! that takes hours.
mod ci;
mod fips;
mod generate;
mod long;
mod shell;
mod stories;
mod templates;
mod tidy;
mod wording;

use std::process::ExitCode;

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    let done = match command.as_str() {
        "ci" => ci::run(),
        "fips" => fips::run(),
        "tidy" => tidy::run(),
        "generate" => generate::write(),
        "long" => long::run(
            std::env::args().nth(2).as_deref(),
            std::env::args().nth(3).as_deref(),
        ),
        _ => Err("usage: cargo xtask ci | fips | generate | tidy | long NAME [SECONDS]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}
