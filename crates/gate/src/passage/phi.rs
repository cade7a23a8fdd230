//! Protected values. A [`Phi`] can't be printed, serialised or cloned; only a transaction opens
//! it, and notes who saw which field of which record.
use crate::passage::{
    column::{Class, Desk, Window},
    refusal::Refusal,
};
use interpres_types::{KeyId, Line, Note, Rule};
use interpres_vault::{Place, SealError};
use serde::{Serialize, Serializer};
use std::{fmt, marker::PhantomData, str::FromStr};
use zeroize::Zeroizing;

/// A kind of protected value: how it is written, and what shows in its place when it is masked.
pub trait Sensitive: fmt::Display + FromStr<Err = Rule> + Send + Sync {
    /// How it is protected.
    const CLASS: Class;
    /// What is shown to those who may not see it.
    fn mask(plain: &str) -> String;
}

/// A person's name of up to 120 characters; masked as initials.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(Line<120>);

impl FromStr for PersonName {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        raw.parse().map(Self)
    }
}
impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl Sensitive for PersonName {
    const CLASS: Class = Class::Named;
    fn mask(plain: &str) -> String {
        let initials: Vec<String> = plain
            .split_whitespace()
            .filter_map(|word| word.chars().next())
            .map(|c| format!("{}.", c.to_uppercase()))
            .collect();
        initials.join(" ")
    }
}

macro_rules! locked {
    ($($t:ident),+) => {$(
        impl<const N: usize> Sensitive for $t<N> {
            const CLASS: Class = Class::Free;
            fn mask(_: &str) -> String { MASK.to_owned() }
        }
    )+};
}
locked!(Line, Note);

/// A credential that must be had in clear to be used, such as the seed of a code: sealed, used by a
/// transaction, and shown to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(Zeroizing<String>);

impl Credential {
    /// The credential, for the one place that uses it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}
impl FromStr for Credential {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        if raw.is_empty() || raw.len() > 4096 {
            Err(Rule::new("must have 1 to 4,096 characters"))
        } else {
            Ok(Self(raw.to_owned().into()))
        }
    }
}
impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl Sensitive for Credential {
    const CLASS: Class = Class::Secret;
    fn mask(_: &str) -> String {
        MASK.to_owned()
    }
}

/// A protected value: ciphertext until revealed.
pub struct Phi<T> {
    state: State<T>,
}

enum State<T> {
    Fresh(T),
    /// Copied from another record as it was stored there, whatever rule it was accepted by.
    Copied(Zeroizing<String>),
    Sealed(Sealed, PhantomData<fn() -> T>),
}

/// A sealed value and where it stands.
pub(crate) struct Sealed {
    pub(crate) bytes: Vec<u8>,
    pub(crate) workspace: String,
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: String,
    pub(crate) key: Option<KeyId>,
    pub(crate) window: Option<Window>,
    pub(crate) own: bool,
    pub(crate) covered: bool,
}

impl<T> fmt::Debug for Phi<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            State::Fresh(_) | State::Copied(_) => f.write_str("Phi(fresh)"),
            State::Sealed(sealed, _) => write!(f, "Phi({}.{})", sealed.table, sealed.column),
        }
    }
}

impl<T: Sensitive> Phi<T> {
    /// Takes a parsed value in. From here it only comes out by being revealed.
    pub const fn new(plain: T) -> Self {
        Self {
            state: State::Fresh(plain),
        }
    }
    pub(crate) const fn copied(plain: Zeroizing<String>) -> Self {
        Self {
            state: State::Copied(plain),
        }
    }
    pub(crate) fn sealed(bytes: Vec<u8>, desk: &Desk<'_>) -> Self {
        let sealed = Sealed {
            bytes,
            workspace: desk.workspace.to_owned(),
            table: desk.table,
            column: desk.column,
            row: desk.row.to_owned(),
            key: desk.key_id,
            window: desk.window,
            own: desk.own,
            covered: desk.covered,
        };
        Self {
            state: State::Sealed(sealed, PhantomData),
        }
    }
    pub(crate) fn as_sealed(&self) -> Option<&Sealed> {
        match &self.state {
            State::Fresh(_) | State::Copied(_) => None,
            State::Sealed(sealed, _) => Some(sealed),
        }
    }
    pub(crate) const fn as_fresh(&self) -> Option<&T> {
        match &self.state {
            State::Fresh(plain) => Some(plain),
            State::Copied(_) | State::Sealed(..) => None,
        }
    }
    /// The ciphertext for this place. A value that is sealed already keeps its ciphertext.
    pub(crate) fn seal(&self, desk: &Desk<'_>) -> Result<Vec<u8>, Refusal> {
        match &self.state {
            State::Sealed(sealed, _) if sealed.row == desk.row && sealed.column == desk.column => {
                Ok(sealed.bytes.clone())
            }
            State::Sealed(..) => Err(Refusal::fault(SealError)),
            State::Fresh(plain) => seal(plain.to_string().as_bytes(), desk),
            State::Copied(plain) => seal(plain.as_bytes(), desk),
        }
    }
}

fn seal(plain: &[u8], desk: &Desk<'_>) -> Result<Vec<u8>, Refusal> {
    let place = Place {
        workspace: desk.workspace,
        table: desk.table,
        column: desk.column,
        row: desk.row,
    };
    let erased = || {
        Refusal::conflict(
            "What this record held of a client was erased; nothing can be added to it.",
        )
    };
    Ok(desk.key.ok_or_else(erased)?.seal_column(&place, plain)?)
}

/// What stands where a value is not shown.
pub(crate) const MASK: &str = "•••";
/// What stands where a value was erased.
pub(crate) const ERASED: &str = "(erased)";
/// What stands where a value does not open, and was not erased.
pub(crate) const UNREADABLE: &str = "(unreadable)";

/// What came of opening a sealed value.
pub(crate) enum Opened {
    Plain(String),
    Erased,
    /// Its key is gone or was changed.
    Not,
}

impl Opened {
    pub(crate) fn plain(self) -> Option<String> {
        if let Self::Plain(plain) = self {
            Some(plain)
        } else {
            None
        }
    }
}

/// A protected value, or its mask, on its way to somebody who may see it. It has no `Display`:
/// templates print it only by the filter `shown`.
pub struct Shown<T> {
    text: String,
    masked: bool,
    kind: PhantomData<fn() -> T>,
}

impl<T> Shown<T> {
    pub(crate) const fn new(text: String, masked: bool) -> Self {
        Self {
            text,
            masked,
            kind: PhantomData,
        }
    }
    /// Whether only the mask is here.
    #[must_use]
    pub const fn is_masked(&self) -> bool {
        self.masked
    }
    /// Whether the value was erased.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.masked && self.text == ERASED
    }
    /// The text, for the one place that prints it.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.text
    }
}
impl<T> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.text)
    }
}
impl<T> schemars::JsonSchema for Shown<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Shown".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "A protected value, or initials or a lock where the caller may not see it." })
    }
}
