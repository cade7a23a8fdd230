//! Long runs, which go on where they stopped. CI runs a slice of each from the beginning.
use crate::shell::{lines, program, root};

const NAMES: [&str; 2] = ["crashes", "requests"];
const SEED: &str = "20270301";

/// Goes on with a run for so many seconds (an hour unless said); its state stays in `target/long`.
pub(crate) fn run(name: Option<&str>, seconds: Option<&str>) -> Result<(), String> {
    let name = name
        .filter(|name| NAMES.contains(name))
        .ok_or_else(|| format!("which one? {}", NAMES.join(", ")))?;
    lines(
        "build",
        &mut program(
            "cargo",
            &[
                "build",
                "--release",
                "--locked",
                "--package",
                "interpres-testkit",
                "--bin",
                "interpres-long",
            ],
        ),
        |_| (),
    )?;
    let folder = root().join("target/long").join(name).display().to_string();
    lines(
        name,
        &mut program(
            "target/release/interpres-long",
            &[name, &folder, SEED, seconds.unwrap_or("3600")],
        ),
        |_| (),
    )
}

/// A slice of every run, with the debug build.
pub(crate) fn slices() -> Result<(), String> {
    for name in NAMES {
        let folder = root().join("target/long-slice").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        lines(
            &format!("long: {name}, a slice"),
            &mut program(
                "target/debug/interpres-long",
                &[name, &folder.display().to_string(), SEED, "45"],
            ),
            |_| (),
        )?;
    }
    Ok(())
}
