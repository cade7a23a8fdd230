//! What each language has, and what it says in English meanwhile.
use crate::{
    bundle::{files, has},
    messages::IDS,
};
use fluent_syntax::{
    ast::{Entry, PatternElement},
    parser,
};
use interpres_types::PageLanguage;
use std::fmt::Write;

/// The messages that a language does not have.
#[must_use]
pub fn missing(language: PageLanguage) -> Vec<&'static str> {
    IDS.iter()
        .copied()
        .filter(|id| !has(language, id))
        .collect()
}

/// Every piece of text that a language's messages have, without what stands in their gaps or in forms chosen by a number.
#[must_use]
pub fn texts(language: PageLanguage) -> Vec<String> {
    let mut all = Vec::new();
    for (_, text) in files(language) {
        let Ok(resource) = parser::parse(*text) else {
            continue;
        };
        for entry in &resource.body {
            if let Entry::Message(message) = entry
                && let Some(pattern) = &message.value
            {
                all.extend(pattern.elements.iter().filter_map(|element| match element {
                    PatternElement::TextElement { value } => Some(value.trim().to_owned()),
                    PatternElement::Placeable { .. } => None,
                }));
            }
        }
    }
    all.retain(|text| !text.is_empty());
    all
}

/// How much of each area each language has, and the messages that are missing, for `docs/generated`.
#[must_use]
pub fn coverage() -> String {
    let mut out = String::from(
        "What pages and letters say, by area and language. A message that a language does not have is said in English.\n\n",
    );
    let width = 14;
    let _ = write!(out, "{:width$}", "area");
    for language in PageLanguage::ALL {
        let _ = write!(out, "{:>10}", language.tag());
    }
    out.push('\n');
    for (name, text) in files(PageLanguage::English) {
        let ids: Vec<&str> = ids_of(text);
        let _ = write!(out, "{name:width$}");
        for language in PageLanguage::ALL {
            let own = ids.iter().filter(|id| has(language, id)).count();
            let _ = write!(out, "{:>10}", format!("{own}/{}", ids.len()));
        }
        out.push('\n');
    }
    for language in PageLanguage::CHOICES {
        for id in missing(language) {
            let _ = writeln!(out, "{language} has no {id}");
        }
    }
    out
}

fn ids_of(text: &'static str) -> Vec<&'static str> {
    let Ok(resource) = parser::parse(text) else {
        return Vec::new();
    };
    resource
        .body
        .iter()
        .filter_map(|entry| match entry {
            Entry::Message(message) => Some(message.id.name),
            _ => None,
        })
        .collect()
}
