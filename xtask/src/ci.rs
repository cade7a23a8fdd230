use crate::{
    generate, long,
    shell::{has, lines, output, program, root, step},
    tidy,
};
use std::path::Path;

/// Debian packages the checks need, each with a program or file that shows it is there.
const PACKAGES: [(&str, &str); 12] = [
    ("postgresql", "/usr/lib/postgresql"),
    ("chromium", "/usr/bin/chromium"),
    ("libssl-dev", "/usr/include/openssl/ssl.h"),
    ("pkg-config", "/usr/bin/pkg-config"),
    ("python3", "/usr/bin/python3"),
    ("python3-venv", "/usr/share/doc/python3-venv"),
    ("pebble", "/usr/bin/pebble"),
    ("strace", "/usr/bin/strace"),
    ("faketime", "/usr/bin/faketime"),
    (
        "fonts-noto-core",
        "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf",
    ),
    (
        "fonts-noto-cjk",
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    ),
    ("poppler-utils", "/usr/bin/pdftotext"),
];

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    /// Reads `test result: ok. 78 passed; 0 failed; …` and Playwright's `10 passed (26.0s)`.
    fn read(&mut self, line: &str) {
        let number = |word: &str| {
            line.split([';', '.', ' '])
                .collect::<Vec<_>>()
                .windows(2)
                .find(|w| w[1] == word)
                .and_then(|w| w[0].parse::<usize>().ok())
                .unwrap_or(0)
        };
        let playwright = line.trim().split_once(" passed (").is_some();
        if line.starts_with("test result:") || playwright {
            self.passed += number("passed");
            self.failed += number("failed");
        }
    }
}

/// Every check, what it lacks installed first.
pub(crate) fn run() -> Result<(), String> {
    install_what_is_missing()?;
    step(
        "format",
        &mut program("cargo", &["fmt", "--all", "--check"]),
    )?;
    println!("\n== tidy");
    tidy::run()?;
    step(
        "lint",
        &mut program(
            "cargo",
            &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--quiet",
                "--",
                "--deny",
                "warnings",
            ],
        ),
    )?;
    // With `cargo build` beside `cargo test` most of it would be built twice: what only tests depend on
    // adds features to what both share. The tests of a program build the program too.
    step(
        "build",
        &mut program(
            "cargo",
            &["test", "--workspace", "--locked", "--quiet", "--no-run"],
        ),
    )?;
    println!("\n== generated files");
    generate::check()?;
    let mut tally = Tally::default();
    lines(
        "tests on both engines",
        &mut program("cargo", &["test", "--workspace", "--locked", "--quiet"]),
        |line| tally.read(line),
    )?;
    long::slices()?;
    checkers(&mut tally)?;
    step(
        "browser: install",
        program(
            "npm",
            &[
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--silent",
            ],
        )
        .current_dir(root().join("e2e")),
    )?;
    lines(
        "browser",
        program("npx", &["playwright", "test"]).current_dir(root().join("e2e")),
        |line| tally.read(line),
    )?;
    audit()?;
    println!("\n{} passed, {} failed", tally.passed, tally.failed);
    Ok(())
}

/// What others' checkers say: sslyze of TLS, by Mozilla's "intermediate" configuration, and
/// scim2-tester of the directory's interface.
fn checkers(tally: &mut Tally) -> Result<(), String> {
    let (python, kinds) = (
        root().join("target/python"),
        [("sslyze", "sslyze"), ("scim2-cli", "scim2")],
    );
    if kinds
        .iter()
        .any(|(_, name)| !python.join("bin").join(name).exists())
    {
        step(
            "checkers: a place for them",
            &mut program("python3", &["-m", "venv", "target/python"]),
        )?;
        let args = ["install", "--quiet", "--disable-pip-version-check"]
            .into_iter()
            .chain(kinds.map(|(package, _)| package))
            .collect::<Vec<_>>();
        step(
            "checkers: install",
            &mut program("target/python/bin/pip", &args),
        )?;
    }
    let mut test = program(
        "cargo",
        &[
            "test",
            "--workspace",
            "--locked",
            "--quiet",
            "--test",
            "process",
            "--test",
            "front_door",
            "--",
            "--ignored",
        ],
    );
    test.env("SSLYZE", python.join("bin/sslyze"))
        .env("SCIM2", python.join("bin/scim2"));
    lines("checkers", &mut test, |line| tally.read(line))
}

fn install_what_is_missing() -> Result<(), String> {
    let missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|(_, sign)| !Path::new(sign).exists())
        .map(|(name, _)| *name)
        .chain((!has("npm")).then_some("npm"))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let root = output(&mut program("id", &["-u"]))?.trim() == "0";
    if !root || !has("apt-get") {
        return Err(format!(
            "these are needed first: sudo apt-get install {}",
            missing.join(" ")
        ));
    }
    step(
        "packages: list",
        &mut program("apt-get", &["update", "-qq"]),
    )?;
    let mut args = vec!["install", "-y", "-qq", "--no-install-recommends"];
    args.extend(missing);
    step(
        "packages: install",
        program("apt-get", &args).env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// Advisories against our dependencies, when the database stands beside the project. What is let through stands in
/// `xtask/advisories/let_through.toml`, with a reason and an end.
fn audit() -> Result<(), String> {
    let database = root().join("../shared/data/advisory-db");
    if !database.exists() {
        println!("\n== advisories: no database beside the project; not checked");
        return Ok(());
    }
    let today = output(&mut program("date", &["+%F"]))?;
    let database = database.display().to_string();
    let args = [
        database.as_str(),
        "Cargo.lock",
        "xtask/advisories/let_through.toml",
        today.trim(),
    ];
    step(
        "advisories",
        &mut program(
            "cargo",
            &[
                &[
                    "run",
                    "--locked",
                    "--quiet",
                    "--bin",
                    "interpres-advisories",
                    "--",
                ],
                &args[..],
            ]
            .concat(),
        ),
    )
}
