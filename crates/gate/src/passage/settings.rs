//! What a workspace has set: each room's part is a struct of its own, with its defaults and limits, and nobody else reads
//! it. Stored as texts by name, so that a version that does not know a setting keeps it as it is.
use interpres_types::{Instant, Language, Line, Note, PictureId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All that a workspace has set. A part of it is read by [`Settings::of`] and written by [`Settings::put`].
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// A room's part: what was set, and the defaults for the rest.
    #[must_use]
    pub fn of<S: SettingsPart>(&self) -> S {
        S::read(self)
    }
    /// Writes a room's part; all others stay as they are.
    pub fn put<S: SettingsPart>(&mut self, part: &S) {
        part.write(self);
    }
    /// One setting; nothing where it was not set, or can't be read.
    #[doc(hidden)]
    #[must_use]
    pub fn one<T: Setting>(&self, name: &str) -> Option<T> {
        self.0.get(name).and_then(|text| T::from_text(text))
    }
    /// Sets one; what is empty is not kept.
    #[doc(hidden)]
    pub fn set_one<T: Setting>(&mut self, name: &str, value: &T) {
        match value.to_text() {
            text if text.is_empty() => self.0.remove(name),
            text => self.0.insert(name.to_owned(), text),
        };
    }
}

/// A room's part of the settings; the macro `settings!` makes them.
pub trait SettingsPart: Sized {
    /// The part as it is set.
    fn read(settings: &Settings) -> Self;
    /// Sets it.
    fn write(&self, settings: &mut Settings);
}

/// A value that can be set. Its text is empty where there is nothing to keep.
pub trait Setting: Sized {
    /// Reads what [`Setting::to_text`] wrote.
    fn from_text(text: &str) -> Option<Self>;
    /// As it is stored.
    fn to_text(&self) -> String;
}

/// Makes values that are parsed and printed as text into settings.
#[macro_export]
macro_rules! setting {
    ($($ty:ty),+ $(,)?) => { $(
        impl $crate::Setting for $ty {
            fn from_text(text: &str) -> Option<Self> { text.parse().ok() }
            fn to_text(&self) -> String { self.to_string() }
        }
    )+ };
}
setting!(
    i64,
    interpres_types::Networks,
    interpres_types::Phone,
    interpres_types::Email,
    PictureId
);

impl Setting for bool {
    fn from_text(text: &str) -> Option<Self> {
        match text {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }
    fn to_text(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
}

impl<T: Setting> Setting for Option<T> {
    fn from_text(text: &str) -> Option<Self> {
        T::from_text(text).map(Some)
    }
    fn to_text(&self) -> String {
        self.as_ref().map(T::to_text).unwrap_or_default()
    }
}

/// In microseconds since 1970.
impl Setting for Instant {
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().map(Self::from_micros)
    }
    fn to_text(&self) -> String {
        self.micros().to_string()
    }
}

impl<const N: usize> Setting for Line<N> {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self::kept(text.to_owned()))
    }
    fn to_text(&self) -> String {
        self.as_str().to_owned()
    }
}

impl<const N: usize> Setting for Note<N> {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self::kept(text.to_owned()))
    }
    fn to_text(&self) -> String {
        self.as_str().to_owned()
    }
}

/// By their tags.
impl Setting for Vec<Language> {
    fn from_text(text: &str) -> Option<Self> {
        Some(text.split(';').filter_map(Language::of_tag).collect())
    }
    fn to_text(&self) -> String {
        let tags: Vec<&str> = self.iter().map(|language| language.tag()).collect();
        tags.join(";")
    }
}

/// By their names.
impl Setting for Vec<interpres_policy::Role> {
    fn from_text(text: &str) -> Option<Self> {
        Some(
            text.split(' ')
                .filter_map(|role| role.parse().ok())
                .collect(),
        )
    }
    fn to_text(&self) -> String {
        let names: Vec<String> = self.iter().map(ToString::to_string).collect();
        names.join(" ")
    }
}

/// Makes a room's part of the settings: each field with its default and, for numbers, its limits. A field is stored under
/// its own name, which never changes; what was stored beyond the limits is read as the nearest that is within them.
#[macro_export]
macro_rules! settings {
    ($(#[$doc:meta])* $vis:vis struct $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty = $default:expr $(, in $limits:expr)?;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Debug)]
        $vis struct $name { $($(#[$fdoc])* pub $field: $ty),+ }
        impl $crate::SettingsPart for $name {
            fn read(settings: &$crate::Settings) -> Self {
                Self { $($field: {
                    let value: $ty = settings.one(stringify!($field)).unwrap_or_else(|| $default);
                    $(let value = value.clamp(*$limits.start(), *$limits.end());)?
                    value
                }),+ }
            }
            fn write(&self, settings: &mut $crate::Settings) {
                $(settings.set_one(stringify!($field), &self.$field);)+
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    settings! {
        struct Sample {
            hours: i64 = 24, in 1..=72;
            open: bool = true;
            name: Option<Line<20>> = None;
            languages: Vec<Language> = Vec::new();
        }
    }

    #[test]
    fn what_was_not_set_or_cant_be_read_is_the_default_and_limits_hold() {
        let mut settings = Settings::default();
        assert_eq!(settings.of::<Sample>().hours, 24);
        for (stored, read) in [("5", 5), ("999", 72), ("-3", 1), ("x", 24), ("", 24)] {
            settings.0.insert("hours".to_owned(), stored.to_owned());
            assert_eq!(settings.of::<Sample>().hours, read, "{stored}");
        }
    }

    #[test]
    fn a_part_is_read_as_it_was_written_and_leaves_the_others_alone() {
        let mut settings = Settings(BTreeMap::from([("newer".to_owned(), "kept".to_owned())]));
        let part = Sample {
            hours: 8,
            open: false,
            name: "Night".parse().ok(),
            languages: ["Somali", "Spanish"]
                .iter()
                .filter_map(|l| l.parse().ok())
                .collect(),
        };
        settings.put(&part);
        assert_eq!(settings.of::<Sample>(), part);
        assert_eq!(settings.0["languages"], "so;es");
        settings.put(&Sample { name: None, ..part });
        assert_eq!(
            (settings.0.get("name"), settings.0["newer"].as_str()),
            (None, "kept")
        );
    }
}
