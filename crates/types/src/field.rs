//! Raw input and what is wrong with it.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// A rule that a value broke, in words for the person who typed it. Never contains the value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Rule(Cow<'static, str>);

impl Rule {
    /// A rule from a fixed text.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }
}
impl From<String> for Rule {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for Rule {}

/// One problem with the input: the field and the rule it broke.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Problem {
    /// The field's name as in the API.
    pub field: Cow<'static, str>,
    /// The rule the value must meet.
    pub rule: Rule,
}

/// A raw input value: text, number or nothing, kept as text until it is parsed.
#[derive(Clone, Default, PartialEq, Eq, JsonSchema)]
#[schemars(with = "Option<String>")]
pub struct Field(String);

impl Field {
    /// The text as it came in.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.0
    }
    /// This, or where nothing was given the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.is_blank() { other } else { self }
    }
    /// Whether the field is blank.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}
/// How a change treats a blank field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blank {
    /// Clears the current value: the form showed it.
    Empties,
    /// Keeps the current value: an import file has only some columns.
    Stays,
}
impl<T: Into<String>> From<T> for Field {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}
/// Raw input may contain protected text, so only its length is printed.
impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({} characters)", self.0.chars().count())
    }
}
impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Raw;
        impl serde::de::Visitor<'_> for Raw {
            type Value = Field;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, a number, true or false, or null")
            }
            fn visit_str<E>(self, v: &str) -> Result<Field, E> {
                Ok(Field(v.to_owned()))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Field, E> {
                Ok(Field(v.to_string()))
            }
            fn visit_u64<E>(self, v: u64) -> Result<Field, E> {
                Ok(Field(v.to_string()))
            }
            fn visit_f64<E>(self, v: f64) -> Result<Field, E> {
                Ok(Field(v.to_string()))
            }
            fn visit_bool<E>(self, v: bool) -> Result<Field, E> {
                Ok(Field(v.to_string()))
            }
            fn visit_unit<E>(self) -> Result<Field, E> {
                Ok(Field::default())
            }
            fn visit_none<E>(self) -> Result<Field, E> {
                Ok(Field::default())
            }
        }
        d.deserialize_any(Raw)
    }
}

/// Collects everything wrong with one request, so that a person sees all of it at once.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// No problems.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }
    /// A single one.
    #[must_use]
    pub fn one(field: impl Into<Cow<'static, str>>, rule: impl Into<Rule>) -> Self {
        let mut all = Self::none();
        all.add(field, rule);
        all
    }
    /// Notes one more.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, rule: impl Into<Rule>) {
        self.0.push(Problem {
            field: field.into(),
            rule: rule.into(),
        });
    }
    /// Appends another collection.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }
    /// Whether there are no problems.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// All of them, in the order they were found.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.0
    }
    /// The problem with this field, if any.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&Rule> {
        self.0.iter().find(|p| p.field == field).map(|p| &p.rule)
    }
    /// Parses `limit`: 1–200, default 50. Adds a problem and returns the default if it is invalid.
    pub fn page_limit(&mut self, raw: &Field) -> usize {
        self.limit_of(raw, 50, 200)
    }
    /// Parses `limit`: 1–1,000, default 1,000; for lists whose every page walks the log.
    pub fn long_page_limit(&mut self, raw: &Field) -> usize {
        self.limit_of(raw, 1_000, 1_000)
    }
    fn limit_of(&mut self, raw: &Field, usual: usize, most: usize) -> usize {
        match raw.raw().trim() {
            "" => usual,
            text => text
                .parse()
                .ok()
                .filter(|n| (1..=most).contains(n))
                .unwrap_or_else(|| {
                    self.add(
                        "limit",
                        Rule::from(format!("must be a number from 1 to {most}")),
                    );
                    usual
                }),
        }
    }
    /// A required value; blank is a problem.
    pub fn need<T: FromStr<Err = Rule>>(&mut self, field: &'static str, raw: &Field) -> Option<T> {
        if raw.is_blank() {
            self.add(field, Rule::new("is required"));
            return None;
        }
        self.read(field, raw.raw())
    }
    /// An optional value; blank is `None`.
    pub fn may<T: FromStr<Err = Rule>>(&mut self, field: &'static str, raw: &Field) -> Option<T> {
        if raw.is_blank() {
            None
        } else {
            self.read(field, raw.raw())
        }
    }
    fn read<T: FromStr<Err = Rule>>(&mut self, field: &'static str, raw: &str) -> Option<T> {
        raw.parse().map_err(|rule: Rule| self.add(field, rule)).ok()
    }
}

impl From<&'static str> for Rule {
    fn from(text: &'static str) -> Self {
        Self::new(text)
    }
}
