//! Chores of the project: `cargo xtask ci` runs every check there is, in the order in which they
//! fail soonest; `generate` writes what is made from code; `tidy` looks at the house.
mod ci;
mod generate;
mod shell;
mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    let done = match command.as_str() {
        "ci" => ci::run(),
        "tidy" => tidy::run(),
        "generate" => generate::write(),
        _ => Err("usage: cargo xtask ci | generate | tidy".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}
