//! The profile with validated ciphers: built, its own tests run, started. By hand, because its module is
//! built with CMake and Go and takes minutes.
use crate::shell::{lines, output, program, root};

/// Builds it and tries it.
pub(crate) fn run() -> Result<(), String> {
    let features = ["--features", "interpres/fips", "--locked"];
    let tests = [
        "test",
        "--package",
        "interpres",
        "--package",
        "interpres-vault",
        "--package",
        "interpres-accounts",
        "--package",
        "interpres-audit-log",
        "--lib",
    ];
    lines(
        "tests",
        &mut program("cargo", &[&tests[..], &features[..]].concat()),
        |_| (),
    )?;
    let build = ["build", "--release", "--package", "interpres"];
    lines(
        "build",
        &mut program("cargo", &[&build[..], &features[..]].concat()),
        |_| (),
    )?;
    let binary = root()
        .join("target/release/interpres")
        .display()
        .to_string();
    let version = output(&mut program(&binary, &["--version"]))?;
    if version.contains("fips") {
        Ok(())
    } else {
        Err(format!(
            "{version} does not say that its ciphers are validated"
        ))
    }
}
