//! Every act of the register has a story that somebody finds who looks for it: one that names a command or query of the act,
//! asks an address of it, or looks for its entry in the log.
use crate::{shell::root, tidy::files};
use std::{collections::BTreeMap, fs};

/// What goes through the register or the routes by itself tells of no act.
const NO_STORIES: [&str; 3] = ["strangers", "anonymous.rs", "hostile"];
/// How a story asks by HTTP, and which method that is.
const WAYS: [(&str, &str); 8] = [
    (".get(", "GET"),
    (".post(", "POST"),
    (".act(", "POST"),
    ("\"GET\"", "GET"),
    ("\"POST\"", "POST"),
    ("\"PUT\"", "PUT"),
    ("\"PATCH\"", "PATCH"),
    ("\"DELETE\"", "DELETE"),
];

/// A method and a path whose variable parts are `{}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Address {
    method: String,
    path: String,
}

/// An act by its name in the log.
#[derive(Default)]
struct Act {
    variant: String,
    /// Commands and queries.
    types: Vec<String>,
    addresses: Vec<Address>,
}

/// Finds acts that no story tells of.
pub(crate) fn untold(found: &mut Vec<String>) {
    let (mut code, mut asked) = (String::new(), Vec::new());
    for path in files(&root().join("crates/testkit/tests")) {
        let name = path.display().to_string();
        if name.ends_with(".rs") && !NO_STORIES.iter().any(|part| name.contains(part)) {
            let text = without_imports(&fs::read_to_string(&path).unwrap_or_default());
            asked.extend(asked_in(&text));
            code.push_str(&text);
        }
    }
    let acts = acts();
    let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
    for act in acts.values() {
        let mut paths: Vec<&str> = act.addresses.iter().map(|a| a.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            *owners.entry(path).or_default() += 1;
        }
    }
    for (name, act) in &acts {
        // A path of one act alone tells by itself; one that several share tells with its method.
        let is_asked = act.addresses.iter().any(|address| {
            let alone = owners.get(address.path.as_str()) == Some(&1);
            asked
                .iter()
                .any(|a| fits(&address.path, &a.path) && (alone || a.method == address.method))
        });
        let is_named = act.types.iter().any(|of| names(&code, of));
        let in_the_log = [
            format!("\"{name}\""),
            format!("action={name}\""),
            format!("action={name}&"),
            format!("Action::{}.name()", act.variant),
        ];
        if !is_asked && !is_named && !in_the_log.iter().any(|entry| code.contains(entry)) {
            found.push(format!(
                "crates/policy/src/action.rs: no story tells of {name}; write one in crates/testkit/tests that does it ({}), or that \
                 finds \"{name}\" in the log, and asserts what follows",
                ways(act)
            ));
        }
    }
    if acts.len() < 200 {
        found.push(format!(
            "xtask/src/stories.rs read {} acts; the register has more",
            acts.len()
        ));
    }
}

fn ways(act: &Act) -> String {
    let addresses = act
        .addresses
        .iter()
        .map(|a| format!("{} {}", a.method, a.path));
    let all: Vec<String> = act.types.iter().cloned().chain(addresses).collect();
    all.join(", ")
}

/// The register, with what the code and the generated list of addresses say of each of its acts.
fn acts() -> BTreeMap<String, Act> {
    let register =
        fs::read_to_string(root().join("crates/policy/src/action.rs")).unwrap_or_default();
    let mut log_name_of = BTreeMap::new();
    for line in register.lines().filter(|l| l.starts_with("    ")) {
        if let Some((variant, rest)) = line.trim().split_once(" = \"")
            && let Some((name, _)) = rest.split_once('"')
        {
            log_name_of.insert(variant.to_owned(), name.to_owned());
        }
    }
    let mut acts: BTreeMap<String, Act> = BTreeMap::new();
    for (variant, name) in &log_name_of {
        acts.entry(name.clone())
            .or_default()
            .variant
            .clone_from(variant);
    }
    for path in files(&root().join("crates"))
        .iter()
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
    {
        let text = fs::read_to_string(path).unwrap_or_default();
        let mut of = "";
        for line in text.lines() {
            if let Some((_, rest)) = line
                .split_once("Command for ")
                .or_else(|| line.split_once("Query for "))
            {
                of = word(rest);
            } else if let Some((_, variant)) = line.split_once("const ACTION: Action = Action::")
                && let Some(act) = log_name_of
                    .get(word(variant))
                    .and_then(|name| acts.get_mut(name))
            {
                act.types.push(of.to_owned());
            }
        }
    }
    let list = fs::read_to_string(root().join("docs/generated/actions.txt")).unwrap_or_default();
    let mut act = None;
    for line in list.lines() {
        match line.strip_prefix("  ") {
            None => act = line.split_once(':').map(|(name, _)| name),
            Some(way) => {
                let parts: Vec<&str> = way.split_whitespace().collect();
                if let [kind, method, path] = parts[..]
                    && path.starts_with('/')
                    && let Some(act) = act.and_then(|name| acts.get_mut(name))
                {
                    let before = if kind == "API" { "/api/v1" } else { "" };
                    act.addresses.push(Address {
                        method: method.to_owned(),
                        path: format!("{before}{}", without_names(path)),
                    });
                }
            }
        }
    }
    acts
}

/// The text without its `use` items: what is only imported is not told of.
fn without_imports(text: &str) -> String {
    let (mut out, mut within) = (String::new(), false);
    for line in text.lines() {
        within = within || line.trim_start().starts_with("use ");
        if !within {
            out.push_str(line);
            out.push('\n');
        }
        within = within && !line.trim_end().ends_with(';');
    }
    out
}

/// `/offers/{id}/acceptance` as `/offers/{}/acceptance`.
fn without_names(path: &str) -> String {
    let mut out = String::new();
    for (n, part) in path.split('{').enumerate() {
        match part.split_once('}') {
            Some((_, rest)) if n > 0 => {
                out.push_str("{}");
                out.push_str(rest);
            }
            _ => out.push_str(part),
        }
    }
    out
}

/// The addresses in a story's strings, each with the method that was named last before it.
fn asked_in(text: &str) -> Vec<Address> {
    let mut asked = Vec::new();
    for (at, _) in text.match_indices('"') {
        let after = &text[at + 1..];
        if !after.starts_with(['/', '{']) {
            continue;
        }
        let path = after.split(['"', '?', '\n']).next().unwrap_or_default();
        let before = &text[text.floor_char_boundary(at.saturating_sub(200))..at];
        let method = WAYS
            .iter()
            .filter_map(|(way, method)| Some((before.rfind(way)?, method)))
            .max();
        asked.push(Address {
            method: method.map_or_else(String::new, |(_, method)| (*method).to_owned()),
            path: without_names(path),
        });
    }
    asked
}

/// Whether what a story asks is an address; where it begins with a variable, by what stands behind the last one.
fn fits(address: &str, asked: &str) -> bool {
    if asked.starts_with("{}") {
        let tail = |path: &str| path.rsplit_once("{}").map(|(_, tail)| tail.to_owned());
        return tail(address).is_some_and(|t| t.len() > 1) && tail(address) == tail(asked);
    }
    let (address, asked) = (address.split('/'), asked.split('/'));
    address.clone().count() == asked.clone().count()
        && address.zip(asked).all(|(a, b)| a == "{}" || a == b)
}

fn word(text: &str) -> &str {
    let ends = |c: char| !c.is_alphanumeric() && c != '_';
    text.split(ends).next().unwrap_or_default()
}

/// Whether a text holds a name as a whole word.
fn names(text: &str, name: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(joins) && !text[at + name.len()..].starts_with(joins))
}
