//! Programs that must not compile: each misuse of the gate with the error that stops it. They are
//! compiled against the very libraries this test was built with.
#![expect(clippy::unwrap_used, reason = "a story that goes wrong should stop")]
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Beside this test's own program stand the libraries it was linked from.
fn libraries() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.parent().unwrap().to_owned()
}

/// The latest build of a library.
fn library(folder: &Path, name: &str) -> PathBuf {
    let prefix = format!("lib{name}-");
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|e| e.path())
        .filter(|p| {
            p.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with(&prefix)
                && p.extension().is_some_and(|e| e == "rlib")
        })
        .collect();
    found.sort_by_key(|p| fs::metadata(p).unwrap().modified().unwrap());
    found
        .pop()
        .unwrap_or_else(|| panic!("no {name} in {}", folder.display()))
}

fn compile(source: &Path) -> (bool, String) {
    let folder = libraries();
    let mut rustc = Command::new(std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into()));
    rustc
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--emit",
            "metadata",
            "-L",
        ])
        .arg(format!("dependency={}", folder.display()));
    for name in ["interpres_gate", "interpres_types", "serde_json"] {
        rustc
            .arg("--extern")
            .arg(format!("{name}={}", library(&folder, name).display()));
    }
    let out = std::env::temp_dir().join(format!(
        "misuse-{}-{}",
        std::process::id(),
        source.file_stem().unwrap().to_string_lossy()
    ));
    let done = rustc.arg("-o").arg(&out).arg(source).output().unwrap();
    let _ = fs::remove_file(out);
    (
        done.status.success(),
        String::from_utf8_lossy(&done.stderr).into_owned(),
    )
}

#[test]
fn every_misuse_is_stopped_by_the_error_it_names() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/misuse");
    let mut tried = 0;
    for path in fs::read_dir(folder).unwrap().flatten().map(|e| e.path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let (compiled, errors) = compile(&path);
        match text.lines().next().and_then(|l| l.strip_prefix("//~ ")) {
            Some("compiles") => assert!(
                compiled,
                "{name} is the proper use and must compile:\n{errors}"
            ),
            Some(error) => {
                assert!(!compiled, "{name} compiles, and must not");
                assert!(
                    errors.contains(error),
                    "{name} fails for another reason:\n{errors}"
                );
            }
            None => panic!("{name}: its first line must say //~ and the error"),
        }
        tried += 1;
    }
    assert!(tried >= 16, "only {tried} misuses were tried");
}
