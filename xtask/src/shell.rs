//! Running other programs.
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
        .to_owned()
}

/// A program in the root.
pub(crate) fn program(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args).current_dir(root());
    command
}

/// Whether a program can be started.
pub(crate) fn has(name: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {name}")])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// Runs a step and says how long it took.
pub(crate) fn step(title: &str, command: &mut Command) -> Result<(), String> {
    lines(title, command, |_| ()).map(drop)
}

/// Runs a step, shows its output and hands each line on.
pub(crate) fn lines(
    title: &str,
    command: &mut Command,
    mut each: impl FnMut(&str),
) -> Result<(), String> {
    println!("\n== {title}");
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{title}: {e}"))?;
    for line in child
        .stdout
        .take()
        .into_iter()
        .flat_map(|out| BufReader::new(out).lines())
        .map_while(Result::ok)
    {
        println!("{line}");
        each(&line);
    }
    let status = child.wait().map_err(|e| format!("{title}: {e}"))?;
    println!("== {title}: {} s", began.elapsed().as_secs());
    if status.success() {
        Ok(())
    } else {
        Err(format!("{title} failed"))
    }
}

/// What a program prints.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let out = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| e.to_string())?;
    if out.status.success() {
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    } else {
        Err(format!("{command:?} failed"))
    }
}
