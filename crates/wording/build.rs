//! Reads the message files and writes a function for each English message, so that a message or an argument that is not
//! there does not compile. What another language says that English does not, stops the build too.
use fluent_syntax::{
    ast::{CallArguments, Entry, Expression, InlineExpression, Message, Pattern, PatternElement},
    parser,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

/// What a message takes and holds.
#[derive(Clone, Default, PartialEq, Eq)]
struct Shape {
    /// Its arguments; true for those that choose among forms.
    arguments: BTreeMap<String, bool>,
    /// Its tags, sorted. They are few, so that what is translated can't bring others.
    tags: Vec<String>,
    /// Its English, for the function's description.
    text: String,
}

const TAGS: [&str; 8] = [
    "<b>",
    "</b>",
    "<strong>",
    "</strong>",
    "<kbd>",
    "</kbd>",
    "<small>",
    "</small>",
];

type Messages = BTreeMap<String, Shape>;
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    println!("cargo::rerun-if-changed=messages");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("messages");
    let english = read(&root.join("en"))?;
    let mut out = String::new();
    for language in ["es", "ar"] {
        let other = read(&root.join(language))?;
        for (id, shape) in &other {
            let Some(original) = english.get(id) else {
                return Err(format!("{language}: {id} is not in English").into());
            };
            // An argument that chooses among forms is a number, and is one in English too.
            let unknown = shape.arguments.iter().find(|(name, chooses)| {
                original
                    .arguments
                    .get(*name)
                    .is_none_or(|number| **chooses && !number)
            });
            if let Some((name, _)) = unknown {
                return Err(
                    format!("{language}: {id} takes ${name} otherwise than in English").into(),
                );
            }
            if shape.tags != original.tags {
                return Err(format!("{language}: {id} has other tags than in English").into());
            }
        }
    }
    write_ids(&english, &mut out)?;
    for language in ["en", "es", "ar"] {
        write_files(&root.join(language), language, &mut out)?;
    }
    write_functions(&english, &mut out)?;
    let path = PathBuf::from(std::env::var("OUT_DIR")?).join("messages.rs");
    fs::write(path, out)?;
    Ok(())
}

fn files(dir: &Path) -> Outcome<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir)? {
        all.push(entry?.path());
    }
    all.retain(|path| path.extension().is_some_and(|e| e == "ftl"));
    all.sort();
    Ok(all)
}

fn read(dir: &Path) -> Outcome<Messages> {
    let mut all = Messages::new();
    for path in files(dir)? {
        let name = path.display().to_string();
        let text = fs::read_to_string(&path)?;
        let resource = parser::parse(text.as_str()).map_err(|(_, wrong)| {
            format!(
                "{name}: {}",
                wrong.first().map_or_else(String::new, |w| format!(
                    "{w} at {}",
                    line(&text, w.pos.start)
                ))
            )
        })?;
        for entry in &resource.body {
            match entry {
                Entry::Message(message) => {
                    let shape =
                        shape(message).map_err(|e| format!("{name}: {}: {e}", message.id.name))?;
                    if all.insert(message.id.name.to_owned(), shape).is_some() {
                        return Err(format!("{name}: {} is there twice", message.id.name).into());
                    }
                }
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
                Entry::Term(_) | Entry::Junk { .. } => {
                    return Err(format!("{name}: messages and comments only").into());
                }
            }
        }
    }
    Ok(all)
}

fn line(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    format!("line {}", before.lines().count())
}

fn shape(message: &Message<&str>) -> Result<Shape, String> {
    if !message.attributes.is_empty() {
        return Err("has attributes; make them messages".into());
    }
    let mut shape = Shape::default();
    let pattern = message.value.as_ref().ok_or("says nothing")?;
    walk(pattern, &mut shape)?;
    let (mut tags, mut rest) = (BTreeSet::new(), shape.text.as_str());
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').ok_or("has a < without its >")?;
        let tag = &rest[start..=start + end];
        if !TAGS.contains(&tag) {
            return Err(format!("has {tag}; at most {}", TAGS.join(" ")));
        }
        tags.insert(tag.to_owned());
        rest = &rest[start + end + 1..];
    }
    shape.tags = tags.into_iter().collect();
    Ok(shape)
}

fn walk(pattern: &Pattern<&str>, shape: &mut Shape) -> Result<(), String> {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => shape.text.push_str(value),
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(inline) => {
                    argument(inline, false, shape)?;
                }
                Expression::Select { selector, variants } => {
                    argument(selector, true, shape)?;
                    for variant in variants {
                        shape.text.push('|');
                        walk(&variant.value, shape)?;
                    }
                }
            },
        }
    }
    Ok(())
}

fn argument(
    inline: &InlineExpression<&str>,
    chooses: bool,
    shape: &mut Shape,
) -> Result<(), String> {
    match inline {
        InlineExpression::VariableReference { id } => {
            let known = shape.arguments.entry(id.name.to_owned()).or_default();
            *known = *known || chooses;
            if !chooses {
                let _ = write!(shape.text, "{{{}}}", id.name);
            }
            Ok(())
        }
        InlineExpression::StringLiteral { value } if value.contains('\\') => {
            Err("escapes a character; write it as it is, so that its tags are seen".into())
        }
        InlineExpression::StringLiteral { value } if !chooses => {
            shape.text.push_str(value);
            Ok(())
        }
        InlineExpression::FunctionReference {
            arguments: CallArguments { .. },
            ..
        } => Err("calls a function; numbers and times come as they are written".into()),
        _ => Err("holds something else than text and arguments".into()),
    }
}

fn write_ids(english: &Messages, out: &mut String) -> Outcome<()> {
    writeln!(
        out,
        "/// Every message, in the order of their numbers.\npub(crate) static IDS: &[&str] = &["
    )?;
    for id in english.keys() {
        writeln!(out, "    \"{id}\",")?;
    }
    writeln!(out, "];")?;
    Ok(())
}

fn write_files(dir: &Path, language: &str, out: &mut String) -> Outcome<()> {
    writeln!(
        out,
        "/// The files of a language, each with its name.\npub(crate) static {}: &[(&str, &str)] = &[",
        language.to_uppercase()
    )?;
    for path in files(dir)? {
        let name = path
            .file_stem()
            .and_then(|n| n.to_str())
            .unwrap_or_default();
        writeln!(
            out,
            "    ({name:?}, include_str!({:?})),",
            path.display().to_string()
        )?;
    }
    writeln!(out, "];")?;
    Ok(())
}

/// Names of functions that the room has by hand.
const TAKEN: [&str; 2] = ["overheard", "reworded"];

fn write_functions(english: &Messages, out: &mut String) -> Outcome<()> {
    writeln!(
        out,
        "/// A function for each message.\npub(crate) mod said {{"
    )?;
    for (number, (id, shape)) in english.iter().enumerate() {
        let name = id.replace('-', "_");
        if TAKEN.contains(&name.as_str()) {
            return Err(format!("{id} is taken; call the message otherwise").into());
        }
        let text = shape
            .text
            .replace(['\n', '`'], " ")
            .replace('[', "(")
            .replace(']', ")");
        writeln!(out, "    /// `{text}`")?;
        let rich = !shape.tags.is_empty();
        if shape.arguments.is_empty() {
            let (kind, call) = if rich {
                (
                    "crate::Markup",
                    format!("crate::Markup::filled({number}, &[])"),
                )
            } else {
                ("&'static str", format!("crate::bundle::say({number})"))
            };
            writeln!(
                out,
                "    #[must_use]\n    pub fn {name}() -> {kind} {{ {call} }}"
            )?;
            continue;
        }
        let (mut takes, mut gives) = (String::new(), String::new());
        for (argument, chooses) in &shape.arguments {
            let rust = argument.replace('-', "_");
            if *chooses {
                write!(takes, "{rust}: impl crate::Count, ")?;
                write!(gives, "({argument:?}, crate::Count::argument(&{rust})), ")?;
            } else {
                write!(takes, "{rust}: impl std::fmt::Display, ")?;
                write!(
                    gives,
                    "({argument:?}, crate::Argument::Text({rust}.to_string())), "
                )?;
            }
        }
        let (kind, call) = if rich {
            ("crate::Markup", "crate::Markup::filled")
        } else {
            ("String", "crate::bundle::fill")
        };
        writeln!(
            out,
            "    #[must_use]\n    pub fn {name}({takes}) -> {kind} {{ {call}({number}, &[{gives}]) }}"
        )?;
    }
    writeln!(out, "}}")?;
    Ok(())
}
