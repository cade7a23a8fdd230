//! Finding a language by any part of any of its names.
use crate::{
    Language,
    language::{self, LONGEST_NAME},
    searchable,
};
use std::{collections::HashMap, sync::LazyLock};

/// A name as it is looked for: without accents, in lower case, and without the apostrophes that few people type.
fn plain(name: &str) -> String {
    searchable(name).replace(['\'', '’', 'ʼ', 'ʻ'], "")
}

/// A language with all that it is found by, without accents and in lower case.
struct Findable {
    language: Language,
    is_common: bool,
    names: Vec<String>,
}

/// All of them, the common ones first, then by name.
static ALL: LazyLock<Vec<Findable>> = LazyLock::new(|| {
    let mut names: HashMap<&'static str, Vec<String>> = HashMap::new();
    for (word, tags) in language::words() {
        for tag in tags {
            names.entry(tag).or_default().push(plain(word));
        }
    }
    let mut all: Vec<Findable> = names
        .into_iter()
        .filter_map(|(tag, names)| {
            let language = Language::of_tag(tag)?;
            Some(Findable {
                is_common: language.is_common(),
                language,
                names,
            })
        })
        .collect();
    all.sort_by(|a, b| (!a.is_common, a.language.name()).cmp(&(!b.is_common, b.language.name())));
    all
});

impl Findable {
    /// Rank of a match: lower is better. `None` if a word is in none of its names.
    fn fit(&self, whole: &str, words: &[&str]) -> Option<u8> {
        let code = self.language.tag() == whole;
        let named = |fits: &dyn Fn(&str) -> bool| self.names.iter().any(|name| fits(name));
        if code || named(&|name| name == whole) {
            Some(0)
        } else if named(&|name| name.starts_with(whole)) {
            Some(1)
        } else {
            words
                .iter()
                .all(|word| named(&|name| name.contains(word)))
                .then_some(2)
        }
    }
}

impl Language {
    /// Languages whose names contain all these words, ignoring case and accents: exact names first, then prefixes,
    /// common languages first in each. All languages if the query is empty.
    #[must_use]
    pub fn search(asked: &str) -> Vec<Self> {
        if asked.len() > LONGEST_NAME {
            return Vec::new();
        }
        let whole = plain(asked.trim());
        let words: Vec<&str> = whole.split_whitespace().collect();
        let mut found: Vec<(u8, Self)> = ALL
            .iter()
            .filter_map(|one| Some((one.fit(&whole, &words)?, one.language)))
            .collect();
        found.sort_by_key(|(fit, _)| *fit);
        found.into_iter().map(|(_, language)| language).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(asked: &str) -> Vec<&'static str> {
        Language::search(asked)
            .into_iter()
            .map(Language::name)
            .collect()
    }

    #[test]
    fn a_language_is_found_by_any_part_of_any_of_its_names_whatever_case_and_accents() {
        assert_eq!(names("espanol").first(), Some(&"Spanish"));
        assert_eq!(names("ASL").first(), Some(&"American Sign Language"));
        assert_eq!(names("kreyol"), ["Haitian Creole"]);
        assert_eq!(names("sign mexican"), ["Mexican Sign Language"]);
        assert!(
            names("anjob").contains(&"Q'anjob'al"),
            "{:?}",
            names("anjob")
        );
        assert_eq!(names("kiche").first(), Some(&"K'iche'"));
        assert_eq!(names("chinese").first(), Some(&"Mandarin"));
        assert_eq!(names("kjb").first(), Some(&"Q'anjob'al"));
        assert_eq!(names("no such tongue"), [""; 0]);
        assert_eq!(names(&"a ".repeat(10_000)), [""; 0]);
    }

    #[test]
    fn every_language_is_found_and_the_common_ones_come_first() {
        let all = names("");
        assert!(all.len() > 7_000, "{}", all.len());
        assert_eq!(all.first(), Some(&"Albanian"));
        assert_eq!(names("portu").first(), Some(&"Portuguese"));
    }
}
