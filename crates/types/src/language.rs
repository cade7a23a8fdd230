//! Languages by BCP 47 tag: all of ISO 639-3 that people are born into, with the names and aliases they type (DI2).
use crate::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::HashMap, fmt, str::FromStr, sync::LazyLock};

/// A language by BCP 47 tag: the two-letter code of ISO 639-1 if there is one, else the three letters of ISO 639-3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, JsonSchema)]
#[serde(into = "String")]
#[schemars(with = "String")]
pub struct Language(&'static str);

/// The languages that are asked for most in the United States: tag, the name people use for it, and other names.
/// Everything else is named as ISO 639-3 names it. Sign languages are languages.
const COMMON: &[(&str, &str, &[&str])] = &[
    ("am", "Amharic", &[]),
    ("ar", "Arabic", &["Modern Standard Arabic"]),
    ("ase", "American Sign Language", &["ASL"]),
    ("bn", "Bengali", &["Bangla"]),
    ("bs", "Bosnian", &[]),
    ("chk", "Chuukese", &[]),
    (
        "cmn",
        "Mandarin",
        &["Chinese", "Mandarin Chinese", "Putonghua"],
    ),
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

/// Constructed languages (type C of ISO 639-3), which no patient needs an interpreter for. Esperanto, the only one
/// that some grew up with, is not among them.
const CONSTRUCTED: [&str; 20] = [
    "afh", "avk", "bzt", "dws", "ido", "igs", "ile", "ina", "jbo", "ldn", "lfn", "neu", "nov",
    "qya", "rmv", "sjn", "tlh", "tzl", "vol", "zbl",
];

fn is_common(tag: &str) -> bool {
    COMMON
        .binary_search_by(|(common, ..)| (*common).cmp(tag))
        .is_ok()
}

fn natural() -> impl Iterator<Item = isolang::Language> {
    isolang::languages().filter(|language| !CONSTRUCTED.contains(&language.to_639_3()))
}

/// Every language and every name it is found by.
struct Catalogue {
    /// Names by tag.
    names: HashMap<&'static str, Cow<'static, str>>,
    /// Tags by code.
    codes: HashMap<&'static str, &'static str>,
    /// Tags by name and alias, in lower case; several where languages share one, or one's name is another's code.
    words: HashMap<String, Vec<&'static str>>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut this = Catalogue {
        names: HashMap::new(),
        codes: HashMap::new(),
        words: HashMap::new(),
    };
    for (tag, name, aliases) in COMMON {
        this.names.insert(*tag, Cow::Borrowed(*name));
        this.codes.insert(*tag, *tag);
        this.words.extend(
            [name]
                .into_iter()
                .chain(*aliases)
                .map(|word| (word.to_lowercase(), vec![*tag])),
        );
    }
    let common = this.words.clone();
    let mut others = Vec::new();
    for language in natural() {
        let (name, codes) = (language.to_name(), || {
            [Some(language.to_639_3()), language.to_639_1()]
                .into_iter()
                .flatten()
        });
        // One that has a name of its own above is found by its codes, too.
        let by_code = codes().find(|code| this.names.contains_key(code));
        let same = by_code.or_else(|| common.get(&name.to_lowercase())?.first().copied());
        let tag = same.unwrap_or_else(|| language.to_639_1().unwrap_or(language.to_639_3()));
        for code in codes() {
            this.codes.entry(code).or_insert(tag);
        }
        if same.is_some() {
            this.words
                .entry(name.to_lowercase())
                .or_insert_with(|| vec![tag]);
        } else {
            others.push((tag, name));
        }
    }
    for (tag, name) in &others {
        let word = name.to_lowercase();
        let owner = this.codes.get(word.as_str()).copied();
        let found = this.words.entry(word).or_default();
        for tag in [Some(*tag), owner].into_iter().flatten() {
            if !found.contains(&tag) {
                found.push(tag);
            }
        }
    }
    for (tag, name) in others {
        let alone = this
            .words
            .get(&name.to_lowercase())
            .is_some_and(|found| *found == [tag]);
        let shown: Cow<'static, str> = if alone {
            name.into()
        } else {
            format!("{name} ({tag})").into()
        };
        this.words.insert(shown.to_lowercase(), vec![tag]);
        this.names.insert(tag, shown);
    }
    this
});

/// Every name and alias in lower case, with the languages that are called so.
pub(crate) fn words() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    CATALOGUE
        .words
        .iter()
        .map(|(word, tags)| (word.as_str(), tags.as_slice()))
}

/// Suggestions for a name that is not in the catalog.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LanguageHint(pub Option<Language>);

/// Minimum similarity of two names for a suggestion (Jaro-Winkler, 0 to 1).
const ALIKE: f64 = 0.88;

impl Language {
    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.0
    }
    /// The language of a stored code. What people type may differ: ASL is one example.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        CATALOGUE.codes.get(tag).map(|tag| Self(tag))
    }
    /// The English name.
    #[must_use]
    pub fn name(self) -> &'static str {
        CATALOGUE
            .names
            .get(self.0)
            .map_or(self.0, |name| name.as_ref())
    }
    /// Whether it is one of the most requested languages.
    #[must_use]
    pub fn is_common(self) -> bool {
        is_common(self.0)
    }
    /// Other names that people use for it.
    #[must_use]
    pub fn also(self) -> &'static [&'static str] {
        COMMON
            .binary_search_by(|(common, ..)| (*common).cmp(self.0))
            .ok()
            .and_then(|at| COMMON.get(at))
            .map_or(&[], |(.., aliases)| aliases)
    }
    /// The languages that are asked for most, by tag: enough to offer. Every other one can be typed.
    pub fn common() -> impl Iterator<Item = Self> {
        COMMON.iter().map(|(tag, ..)| Self(tag))
    }
    /// The nearest name for a misspelt one, if any is near enough to suggest; a common language before others.
    #[must_use]
    pub fn hint(raw: &str) -> LanguageHint {
        if raw.len() > LONGEST_NAME {
            return LanguageHint(None);
        }
        let typed = raw.trim().to_lowercase();
        let nearest = |words: &mut dyn Iterator<Item = (&str, &'static str)>| {
            let scored = words.map(|(word, tag)| (strsim::jaro_winkler(&typed, word), Self(tag)));
            scored
                .filter(|(score, _)| *score >= ALIKE)
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .map(|(_, language)| language)
        };
        let named = |(_, tag): &(&str, &'static str)| is_common(tag);
        let begins = typed.chars().next();
        let near =
            |(word, _): &(&str, &'static str)| word.len() > 3 && word.chars().next() == begins;
        let words = || {
            CATALOGUE
                .words
                .iter()
                .filter_map(|(word, tags)| Some((word.as_str(), *tags.first()?)))
                .filter(near)
        };
        LanguageHint(nearest(&mut words().filter(named)).or_else(|| nearest(&mut words())))
    }
}

/// The longest text that is compared with the names of languages, in bytes: all eight thousand are gone through.
pub(crate) const LONGEST_NAME: usize = 200;

impl FromStr for Language {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        if raw.len() > LONGEST_NAME {
            return Err(Rule::new("is not a language we know"));
        }
        let lower = raw.trim().to_lowercase();
        match CATALOGUE.words.get(&lower).map(Vec::as_slice) {
            Some([tag]) => Ok(Self(tag)),
            Some(several) => {
                let names: Vec<&str> = several.iter().map(|tag| Self(tag).name()).collect();
                Err(Rule::from(format!(
                    "may mean several languages; say which: {}",
                    names.join(", ")
                )))
            }
            None => Self::of_tag(&lower).ok_or_else(|| match Self::hint(raw).0 {
                Some(near) => {
                    Rule::from(format!("is not a language we know; did you mean {near}?"))
                }
                None => Rule::new("is not a language we know"),
            }),
        }
    }
}
impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::of_tag(&String::deserialize(d)?)
            .ok_or_else(|| serde::de::Error::custom("no tag of a language"))
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
        for (text, tag) in [
            ("Spanish", "es"),
            (" asl", "ase"),
            ("FARSI", "fa"),
            ("prs", "prs"),
            ("Chinese", "cmn"),
        ] {
            assert_eq!(text.parse::<Language>().unwrap().tag(), tag);
        }
        assert_eq!(
            "Spansh".parse::<Language>().unwrap_err().to_string(),
            "is not a language we know; did you mean Spanish?"
        );
        assert_eq!(Language::hint("Mandrin").0.map(Language::tag), Some("cmn"));
        assert_eq!(
            "Klingon".parse::<Language>().unwrap_err().to_string(),
            "is not a language we know"
        );
    }
    #[test]
    fn every_language_of_iso_639_3_is_read_by_code_and_name_and_says_what_it_is() {
        for (text, tag, name) in [
            ("Mam", "mam", "Mam"),
            ("kjb", "kjb", "Q'anjob'al"),
            ("K'iche'", "quc", "K'iche'"),
            ("Mixteco", "", ""),
            ("Rohingya", "rhg", "Rohingya"),
            ("spa", "es", "Spanish"),
            ("zho", "cmn", "Mandarin"),
            ("vie", "vi", "Vietnamese"),
            ("Persian", "fa", "Farsi"),
            ("Mexican Sign Language", "mfs", "Mexican Sign Language"),
            ("ku", "kur", "Kurdish"),
        ] {
            let read = text.parse::<Language>();
            assert_eq!(
                read.as_ref().map_or(("", ""), |l| (l.tag(), l.name())),
                (tag, name),
                "{text}"
            );
        }
    }
    #[test]
    fn whatever_is_kept_is_read_again_from_its_tag_and_from_its_name() {
        for language in natural() {
            let kept = Language::of_tag(language.to_639_3()).unwrap();
            assert_eq!(
                (Language::of_tag(kept.tag()), kept.name().parse().ok()),
                (Some(kept), Some(kept)),
                "{}",
                kept.tag()
            );
        }
    }
    #[test]
    fn of_languages_that_share_a_name_none_is_guessed() {
        assert_eq!(
            "Bulu".parse::<Language>().unwrap_err().to_string(),
            "may mean several languages; say which: Bulu (bjl), Bulu (bum)"
        );
        // Ga is a language of Ghana and the code of Irish; Mon is a language of Myanmar and the code of Mongolian.
        // The spelling does not show which one is meant.
        for (typed, which) in [
            ("ga", "Ga (gaa), Irish"),
            ("mon", "Mon (mnw), Mongolian"),
            ("tem", "Tem (kdh), Timne"),
            ("fas", "Fas (fqs), Farsi"),
            ("fur", "Fur (fvr), Friulian"),
        ] {
            for typed in [typed.to_owned(), typed.to_uppercase()] {
                let refused = typed.parse::<Language>().unwrap_err().to_string();
                assert_eq!(
                    refused,
                    format!("may mean several languages; say which: {which}")
                );
            }
        }
        // ASL is the code of Asilulu, but anyone who types it means American Sign Language.
        for (typed, tag) in [
            ("gle", "ga"),
            ("FRA", "fr"),
            ("ga (gaa)", "gaa"),
            ("ASL", "ase"),
            ("asl", "ase"),
            ("Asilulu", "asl"),
        ] {
            assert_eq!(typed.parse::<Language>().unwrap().tag(), tag);
        }
    }
    #[test]
    fn the_common_ones_are_sorted_and_without_doubles() {
        assert!(COMMON.is_sorted_by(|a, b| a.0 < b.0));
    }
}
