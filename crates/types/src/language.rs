//! Languages by BCP 47 tag over ISO 639-3, with the names and aliases people type (DI2).
use crate::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A language of the catalogue, held by its BCP 47 tag.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, JsonSchema)]
#[serde(into = "String")]
#[schemars(with = "String")]
pub struct Language(&'static str);

/// Tag, name, and other names people use. Sign languages are languages.
const CATALOGUE: &[(&str, &str, &[&str])] = &[
    ("am", "Amharic", &[]),
    ("ar", "Arabic", &["Modern Standard Arabic"]),
    ("ase", "American Sign Language", &["ASL"]),
    ("bn", "Bengali", &["Bangla"]),
    ("bs", "Bosnian", &[]),
    ("chk", "Chuukese", &[]),
    ("cmn", "Mandarin", &["Chinese", "Mandarin Chinese", "Putonghua"]),
    ("de", "German", &[]),
    ("el", "Greek", &[]),
    ("en", "English", &[]),
    ("es", "Spanish", &["Español", "Castilian"]),
    ("fa", "Farsi", &["Persian"]),
    ("fr", "French", &["Français"]),
    ("gu", "Gujarati", &[]),
    ("he", "Hebrew", &[]),
    ("hi", "Hindi", &[]),
    ("hmn", "Hmong", &["Mong"]),
    ("hr", "Croatian", &[]),
    ("ht", "Haitian Creole", &["Creole", "Kreyòl"]),
    ("hy", "Armenian", &[]),
    ("id", "Indonesian", &[]),
    ("it", "Italian", &[]),
    ("ja", "Japanese", &[]),
    ("kar", "Karen", &["S'gaw Karen"]),
    ("km", "Khmer", &["Cambodian"]),
    ("ko", "Korean", &[]),
    ("kur", "Kurdish", &["Kurmanji", "Sorani"]),
    ("lo", "Lao", &["Laotian"]),
    ("mh", "Marshallese", &[]),
    ("my", "Burmese", &[]),
    ("ne", "Nepali", &[]),
    ("om", "Oromo", &[]),
    ("pa", "Punjabi", &["Panjabi"]),
    ("pl", "Polish", &[]),
    ("prs", "Dari", &[]),
    ("ps", "Pashto", &[]),
    ("pt", "Portuguese", &["Português"]),
    ("ro", "Romanian", &[]),
    ("ru", "Russian", &[]),
    ("rw", "Kinyarwanda", &[]),
    ("sm", "Samoan", &[]),
    ("so", "Somali", &[]),
    ("sq", "Albanian", &[]),
    ("sr", "Serbian", &[]),
    ("sw", "Swahili", &["Kiswahili"]),
    ("ta", "Tamil", &[]),
    ("th", "Thai", &[]),
    ("ti", "Tigrinya", &[]),
    ("tl", "Tagalog", &["Filipino"]),
    ("to", "Tongan", &[]),
    ("tr", "Turkish", &[]),
    ("uk", "Ukrainian", &[]),
    ("ur", "Urdu", &[]),
    ("uz", "Uzbek", &[]),
    ("vi", "Vietnamese", &[]),
    ("yue", "Cantonese", &["Yue Chinese"]),
];

/// What a person may have meant by a name the catalogue does not have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LanguageHint(pub Option<Language>);

impl Language {
    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.0
    }
    /// The English name.
    #[must_use]
    pub fn name(self) -> &'static str {
        CATALOGUE.iter().find(|(tag, ..)| *tag == self.0).map_or(self.0, |(_, name, _)| name)
    }
    /// Every language of the catalogue, by tag.
    pub fn all() -> impl Iterator<Item = Self> {
        CATALOGUE.iter().map(|(tag, ..)| Self(tag))
    }
    /// The nearest name for a misspelt one, if any is near enough to suggest.
    #[must_use]
    pub fn hint(raw: &str) -> LanguageHint {
        let typed = raw.trim().to_lowercase();
        let near = |(tag, name, _): &(&'static str, &str, _)| (strsim::jaro_winkler(&typed, &name.to_lowercase()), Self(tag));
        let best = CATALOGUE.iter().map(near).max_by(|a, b| a.0.total_cmp(&b.0));
        LanguageHint(best.filter(|(score, _)| *score >= 0.88).map(|(_, language)| language))
    }
}

impl FromStr for Language {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let typed = raw.trim().to_lowercase();
        let matches =
            |(tag, name, aliases): &&(&str, &str, &[&str])| *tag == typed || name.to_lowercase() == typed || aliases.iter().any(|a| a.to_lowercase() == typed);
        CATALOGUE.iter().find(matches).map(|(tag, ..)| Self(tag)).ok_or_else(|| match Self::hint(raw).0 {
            Some(near) => Rule::from(format!("is not a language we know; did you mean {near}?")),
            None => Rule::new("is not a language we know"),
        })
    }
}
impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}
impl From<Language> for String {
    fn from(l: Language) -> Self {
        l.0.to_owned()
    }
}
impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn names_aliases_and_tags_are_read_and_near_misses_suggested() {
        for (text, tag) in [("Spanish", "es"), (" asl", "ase"), ("FARSI", "fa"), ("prs", "prs"), ("Chinese", "cmn")] {
            assert_eq!(text.parse::<Language>().unwrap().tag(), tag);
        }
        assert_eq!("Spansh".parse::<Language>().unwrap_err().to_string(), "is not a language we know; did you mean Spanish?");
        assert_eq!(Language::hint("Mandrin").0.map(Language::tag), Some("cmn"));
        assert_eq!("Klingon".parse::<Language>().unwrap_err().to_string(), "is not a language we know");
    }
    #[test]
    fn the_catalogue_is_sorted_and_without_doubles() {
        assert!(CATALOGUE.is_sorted_by(|a, b| a.0 < b.0));
    }
}
