//! The house, looked at as text: arrows point down, files stay small, names say something, and
//! domain SQL speaks of scoped names only. Each message says how to mend what it found.
use crate::{shell::root, stories, templates, wording};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The rooms from the bottom up. A room leans only on rooms in rows above it here.
const ROOMS: [&[&str]; 12] = [
    &["types", "policy", "vault", "audit-log", "paper"],
    &["store", "verifier", "witness", "wording"],
    &["gate"],
    &["accounts"],
    &["rates", "directory", "sso"],
    &["scheduling"],
    &["dispatch"],
    &["billing", "imports", "compliance"],
    &["web"],
    &["interpres"],
    &["testkit"],
    &["bench"],
];

const LONGEST_FILE: usize = 400;
/// Crates that cipher, beside the one that does it here: what they bring would stand in no bill of ciphers.
const OTHER_CIPHERS: [&str; 16] = [
    "ring",
    "openssl",
    "sha1",
    "sha2",
    "hmac",
    "hkdf",
    "rsa",
    "p256",
    "md5",
    "aes",
    "aes_gcm",
    "chacha20poly1305",
    "ed25519_dalek",
    "crypto_glue",
    "rand",
    "getrandom",
];
const EMPTY_NAMES: [&str; 8] = [
    "Manager", "Helper", "Util", "Impl", "Data", "Info", "Base", "Common",
];

/// Looks at everything.
pub(crate) fn run() -> Result<(), String> {
    let mut found = Vec::new();
    arrows(&mut found);
    promises(&mut found);
    houses(&mut found);
    stories::untold(&mut found);
    templates::gone(&root().join("crates/web/templates"), &mut found);
    let letters = fs::read_to_string(root().join("crates/wording/messages/en/letters.ftl"))
        .unwrap_or_default();
    for path in files(&root().join("crates"))
        .into_iter()
        .chain(files(&root().join("xtask")))
    {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let name = path
            .strip_prefix(root())
            .unwrap_or(&path)
            .display()
            .to_string();
        match path.extension().and_then(|e| e.to_str()) {
            Some("rs") => {
                source(&name, &text, &mut found);
                locks(&name, &text, &mut found);
                wording::unheard(&name, &text, &letters, &mut found);
            }
            Some("html") => {
                templates::look(&name, &text, &mut found);
                if name.starts_with("crates/web/templates") {
                    wording::look(&name, &text, &mut found);
                }
            }
            _ => {}
        }
    }
    unsaid(&mut found);
    for manifest in files(&root().join("crates"))
        .into_iter()
        .filter(|p| p.file_name().is_some_and(|name| name == "Cargo.toml"))
    {
        let text = fs::read_to_string(&manifest).unwrap_or_default();
        for name in OTHER_CIPHERS.map(|name| name.replace('_', "-")) {
            if text
                .lines()
                .any(|line| line.split(['.', ' ', '=']).next() == Some(&name))
            {
                found.push(format!("{}: {name} ciphers; use the vault, or add it to the bill of ciphers and to this list's reasons", manifest.display()));
            }
        }
    }
    if found.is_empty() {
        println!("the house is tidy");
        return Ok(());
    }
    Err(format!("the house is not tidy:\n{}", found.join("\n")))
}

/// Every message is said somewhere.
fn unsaid(found: &mut Vec<String>) {
    let text = |path: &PathBuf| fs::read_to_string(path).unwrap_or_default();
    let ends = |path: &Path, ends: &[&str]| {
        path.extension()
            .and_then(|e| e.to_str())
            .is_some_and(|e| ends.contains(&e))
    };
    let sources: String = files(&root().join("crates"))
        .iter()
        .filter(|path| ends(path, &["rs", "html"]))
        .map(text)
        .collect();
    let messages: Vec<(String, String)> = files(&root().join("crates/wording/messages/en"))
        .iter()
        .filter(|path| ends(path, &["ftl"]))
        .map(|path| (path.display().to_string(), text(path)))
        .collect();
    wording::unsaid(&messages, &sources, found);
    wording::heard_twice(&messages, found);
}

pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path());
    entries
        .flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] })
        .collect()
}

/// Every test that `docs/promises.md` and `docs/asvs.md` name is there.
fn promises(found: &mut Vec<String>) {
    let sources: String = files(&root().join("crates"))
        .iter()
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        .filter_map(|p| fs::read_to_string(p).ok())
        .collect();
    for (page, least) in [("docs/promises.md", 90), ("docs/asvs.md", 60)] {
        let text = fs::read_to_string(root().join(page)).unwrap_or_default();
        let named = named(page, &text, &sources, found);
        if named < least {
            found.push(format!("{page} names {named} tests; it had more"));
        }
    }
}

fn named(page: &str, text: &str, sources: &str, found: &mut Vec<String>) -> usize {
    let mut named = 0;
    for line in text
        .lines()
        .filter(|l| l.starts_with("| ") && l.contains('`'))
    {
        for name in
            line.split('`').skip(1).step_by(2).filter(|n| {
                n.contains('_') && n.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
            })
        {
            named += 1;
            if !sources.contains(&format!("fn {name}(")) {
                found.push(format!(
                    "{page}: no test is called {name}; name the one that shows this now"
                ));
            }
        }
    }
    named
}

fn row(room: &str) -> Option<usize> {
    ROOMS.iter().position(|row| row.contains(&room))
}

fn arrows(found: &mut Vec<String>) {
    for path in files(&root().join("crates"))
        .into_iter()
        .filter(|p| p.ends_with("Cargo.toml"))
    {
        let room = path
            .parent()
            .and_then(Path::file_name)
            .and_then(|n| n.to_str())
            .unwrap_or_default()
            .to_owned();
        let Some(own) = row(&room) else {
            found.push(format!("crates/{room}: is in no row of the house; give it one in xtask/src/tidy.rs and docs/ARCHITECTURE.md"));
            continue;
        };
        let manifest = fs::read_to_string(&path).unwrap_or_default();
        for line in manifest.lines().filter(|l| l.contains("path = \"../")) {
            let other = line
                .split("path = \"../")
                .nth(1)
                .and_then(|r| r.split('"').next())
                .unwrap_or_default();
            if row(other).is_none_or(|below| below >= own) {
                found.push(format!(
                    "crates/{room}: leans on {other}, which is not below it; arrows point down only"
                ));
            }
        }
        if room != "store" && (manifest.contains("sqlx") || manifest.contains("libsqlite3")) {
            found.push(format!(
                "crates/{room}: names a SQL driver; only store does"
            ));
        }
        if row(&room) > row("gate")
            && manifest.contains("interpres-store")
            && !["interpres", "testkit", "bench"].contains(&room.as_str())
        {
            found.push(format!(
                "crates/{room}: leans on store; domains go through the gate"
            ));
        }
    }
}

/// The gate's houses, and on which others each leans. Whoever imports names the house, so arrows can be read.
const HOUSES: [(&str, &[&str]); 4] = [
    ("passage", &[]),
    ("identity", &["passage"]),
    ("ledger", &["passage"]),
    ("keeping", &["passage", "identity", "ledger"]),
];

fn houses(found: &mut Vec<String>) {
    for (house, below) in HOUSES {
        for path in files(&root().join("crates/gate/src").join(house)) {
            let text = fs::read_to_string(&path).unwrap_or_default();
            for name in named_of_crate(&text) {
                if name != house && !below.contains(&name) {
                    found.push(format!(
                        "{}: names crate::{name}; {house} leans on {below:?} only, and an import names the house",
                        path.display()
                    ));
                }
            }
        }
    }
}

/// What stands after `crate::` in a text, but for macros.
fn named_of_crate(text: &str) -> impl Iterator<Item = &str> {
    let after = |(at, _): (usize, &str)| {
        let name = text[at + "crate::".len()..]
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()?;
        let is_macro =
            text[..at].ends_with('$') || text[at + "crate::".len() + name.len()..].starts_with('!');
        (!is_macro).then_some(name)
    };
    text.match_indices("crate::").filter_map(after)
}

fn length(name: &str, text: &str, most: usize, found: &mut Vec<String>) {
    let lines = text.lines().count();
    if lines > most {
        found.push(format!("{name}: {lines} lines, at most {most}; split it where a reader would look for the parts"));
    }
}

fn source(name: &str, text: &str, found: &mut Vec<String>) {
    length(name, text, LONGEST_FILE, found);
    if name.starts_with("xtask/") {
        return;
    }
    for word in ["TO\u{44}O", "FIX\u{4d}E", "#[allow("] {
        if text.contains(word) {
            found.push(format!(
                "{name}: holds {word}; do it, file it, or use #[expect] with a reason"
            ));
        }
    }
    for line in text
        .lines()
        .filter(|l| l.contains("struct ") || l.contains("enum ") || l.contains("trait "))
    {
        let type_name = line
            .split(
                ["struct ", "enum ", "trait "]
                    .iter()
                    .find(|w| line.contains(**w))
                    .copied()
                    .unwrap_or(" "),
            )
            .nth(1)
            .unwrap_or_default();
        let type_name = type_name
            .split(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or_default();
        if let Some(empty) = EMPTY_NAMES.iter().find(|e| type_name.ends_with(**e)) {
            found.push(format!(
                "{name}: the name {type_name} says nothing ({empty}); find the noun"
            ));
        }
    }
    let domain = ![
        "crates/store/",
        "crates/gate/",
        "crates/testkit/",
        "crates/bench/",
        "crates/interpres/",
    ]
    .iter()
    .any(|room| name.starts_with(room));
    if domain && !name.ends_with("/lib.rs") {
        for line in text.lines().filter(|l| l.contains('"')) {
            if line.contains("_row ")
                || line.contains("_row\"")
                || line.to_lowercase().contains("select *")
                || line.to_lowercase().contains("for update")
            {
                found.push(format!("{name}: domain SQL speaks of scoped names only, without select * and for update: {}", line.trim()));
            }
        }
    }
}

/// Every lock has its place in the order of all.
fn locks(name: &str, text: &str, found: &mut Vec<String>) {
    if !name.contains("/src/") || name.starts_with("xtask/") {
        return;
    }
    let order = fs::read_to_string(root().join("docs/locks.md")).unwrap_or_default();
    for after in text.split("alone(").skip(1) {
        let lock = after
            .strip_prefix("format!(")
            .unwrap_or(after)
            .strip_prefix('"')
            .and_then(|lock| lock.split(['"', '{']).next())
            .filter(|lock| !lock.is_empty());
        if let Some(lock) = lock.filter(|lock| !order.contains(&format!("`{lock}"))) {
            found.push(format!(
                "{name}: the lock {lock} is not in docs/locks.md; say there what it protects and when it is taken"
            ));
        }
    }
}
