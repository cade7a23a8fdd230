//! Files that are made from code: the policy matrix, the register of acts, that of protected fields, what follows
//! from what, the bill of ciphers, OpenAPI and the command line's help.
use crate::shell::{output, program, root};
use std::fs;

const FILES: [(&str, &[&str]); 8] = [
    ("cbom.json", &["print", "cbom"]),
    ("matrix.txt", &["print", "matrix"]),
    ("actions.txt", &["print", "actions"]),
    ("fields.txt", &["print", "fields"]),
    ("events.txt", &["print", "events"]),
    ("openapi.json", &["print", "openapi"]),
    ("help.txt", &["print", "usage"]),
    ("languages.txt", &["print", "languages"]),
];

fn made(args: &[&str]) -> Result<String, String> {
    let binary = root().join("target/debug/interpres").display().to_string();
    output(&mut program(&binary, args))
}

/// Writes them anew.
pub(crate) fn write() -> Result<(), String> {
    crate::shell::step(
        "build",
        &mut program("cargo", &["build", "--bin", "interpres", "--quiet"]),
    )?;
    for (name, args) in FILES {
        let path = root().join("docs/generated").join(name);
        fs::write(&path, made(args)?).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// Fails when one of them is not what the code would make.
pub(crate) fn check() -> Result<(), String> {
    for (name, args) in FILES {
        let kept = fs::read_to_string(root().join("docs/generated").join(name)).unwrap_or_default();
        if kept != made(args)? {
            return Err(format!(
                "docs/generated/{name} is not what the code makes; run: cargo xtask generate, and look at what changed"
            ));
        }
    }
    println!("{} files are up to date", FILES.len());
    Ok(())
}
