//! Closed lists of words, one word per thing: the same in tables, JSON, URLs and pages.

/// Writes an enum whose values are words, each with a label for people.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $rule:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal, $label:literal $(, $alias:literal)*;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }
        impl $name {
            /// Every one, in the order they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word for people.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
            /// The word in tables, JSON and URLs.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.word()) }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::types::Rule;
            fn from_str(raw: &str) -> Result<Self, $crate::types::Rule> {
                match raw.trim().to_lowercase().as_str() {
                    $($word $(| $alias)* => Ok(Self::$variant),)+
                    _ => Err($crate::types::Rule::new($rule)),
                }
            }
        }
        $crate::text_column!($name);
    };
}
