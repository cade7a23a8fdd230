use crate::field::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A language that pages and letters are there in. What interpreters speak is another matter: [`crate::Language`].
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
pub enum PageLanguage {
    /// English as in the United States; everything is there in it.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Spanish as in the United States.
    #[serde(rename = "es")]
    Spanish,
    /// Samples of Arabic, for trying out what runs from right to left. Nobody can choose it.
    #[serde(rename = "ar")]
    Arabic,
}

/// Which way a language is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left.
    RightToLeft,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        })
    }
}

impl PageLanguage {
    /// Those that people can choose.
    pub const CHOICES: [Self; 2] = [Self::English, Self::Spanish];
    /// All, with samples.
    pub const ALL: [Self; 3] = [Self::English, Self::Spanish, Self::Arabic];

    /// Its tag (BCP 47), as it stands in `lang` and in accounts.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::Arabic => "ar",
        }
    }
    /// What it calls itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
            Self::Arabic => "العربية",
        }
    }
    /// Which way it is written.
    #[must_use]
    pub const fn direction(self) -> Direction {
        match self {
            Self::English | Self::Spanish => Direction::LeftToRight,
            Self::Arabic => Direction::RightToLeft,
        }
    }
}

impl fmt::Display for PageLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for PageLanguage {
    type Err = Rule;
    fn from_str(tag: &str) -> Result<Self, Rule> {
        let choice = Self::CHOICES
            .into_iter()
            .find(|language| language.tag() == tag.trim());
        choice.ok_or_else(|| Rule::new("must be a language that pages are there in"))
    }
}
