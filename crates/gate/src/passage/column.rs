//! How a record's fields become columns.
use crate::passage::{
    phi::{Phi, Sensitive},
    refusal::Refusal,
};
use interpres_store::{Kind, StoreError, Val};
use interpres_types::*;
use interpres_vault::Key;

/// How a column is protected (EN8).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Not about a patient.
    Plain,
    /// Names a client: filled only under an agreement, shown as initials.
    Named,
    /// Free text or image that may name a client: shown as a lock.
    Free,
    /// A credential: used by us, and shown to nobody.
    Secret,
}

/// When a field is open to those who see it only for a time: from, until.
pub type Window = (Instant, Option<Instant>);

/// Where a field stands while it is stored or read: the context sealed values are bound to.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The workspace's id.
    pub workspace: &'a str,
    /// The record's table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The record's id.
    pub row: &'a str,
    /// The record's key, while storing.
    pub key: Option<&'a Key>,
    /// The id of the record's key.
    pub key_id: Option<KeyId>,
    /// When the field is open to those who see it only for a time: from, until.
    pub window: Option<Window>,
    /// Whether it opens to whose own the row is.
    pub own: bool,
    /// Whether the field is sealed from view while HIPAA mode is off again.
    pub covered: bool,
}

/// A type that can be a field of a record.
pub trait Column: Sized {
    /// How it is protected.
    const CLASS: Class = Class::Plain;
    /// The column's kind.
    const KIND: Kind;
    /// Whether it may be empty.
    const MAY_BE_EMPTY: bool = false;
    /// The value as it is stored.
    ///
    /// # Errors
    /// When it can't be sealed.
    fn store(&self, desk: &Desk<'_>) -> Result<Val, Refusal>;
    /// The field from the value as it is stored.
    ///
    /// # Errors
    /// When the stored value has not the field's form.
    fn load(val: &Val, desk: &Desk<'_>) -> Result<Self, StoreError>;
}

fn misfit(desk: &Desk<'_>) -> StoreError {
    StoreError::Shape(format!(
        "{}.{} holds something else",
        desk.table, desk.column
    ))
}

impl<T: Column> Column for Option<T> {
    const CLASS: Class = T::CLASS;
    const KIND: Kind = T::KIND;
    const MAY_BE_EMPTY: bool = true;
    fn store(&self, desk: &Desk<'_>) -> Result<Val, Refusal> {
        self.as_ref()
            .map_or(Ok(Val::Null(T::KIND)), |v| v.store(desk))
    }
    fn load(val: &Val, desk: &Desk<'_>) -> Result<Self, StoreError> {
        if val.is_null() {
            Ok(None)
        } else {
            T::load(val, desk).map(Some)
        }
    }
}

impl<T: Sensitive> Column for Phi<T> {
    const CLASS: Class = T::CLASS;
    const KIND: Kind = Kind::Bytes;
    fn store(&self, desk: &Desk<'_>) -> Result<Val, Refusal> {
        self.seal(desk).map(Val::Bytes)
    }
    fn load(val: &Val, desk: &Desk<'_>) -> Result<Self, StoreError> {
        match val {
            Val::Bytes(sealed) => Ok(Self::sealed(sealed.clone(), desk)),
            _ => Err(misfit(desk)),
        }
    }
}

/// What was taken by an earlier rule stays readable; it is asked of anew when somebody changes it.
impl<const N: usize> Column for Line<N> {
    const KIND: Kind = Kind::Text;
    fn store(&self, _: &Desk<'_>) -> Result<Val, Refusal> {
        Ok(Val::text(self))
    }
    fn load(val: &Val, desk: &Desk<'_>) -> Result<Self, StoreError> {
        match val {
            Val::Text(text) => Ok(Self::kept(text.clone())),
            _ => Err(misfit(desk)),
        }
    }
}

/// A column whose values stand in another record by now. It is still read, since what was saved with it carries a checksum
/// over it and may come in with a workspace's file; nothing new is written to it.
#[derive(Debug)]
pub struct Retired<T>(T);

impl<T> Retired<T> {
    /// The value, for carrying it over.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::ops::Deref for Retired<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Column> Column for Retired<T> {
    const CLASS: Class = T::CLASS;
    const KIND: Kind = T::KIND;
    fn store(&self, desk: &Desk<'_>) -> Result<Val, Refusal> {
        self.0.store(desk)
    }
    fn load(val: &Val, desk: &Desk<'_>) -> Result<Self, StoreError> {
        T::load(val, desk).map(Self)
    }
}

macro_rules! text_columns {
    (@one $t:ty) => {
        impl Column for $t {
            const KIND: Kind = Kind::Text;
            fn store(&self, _: &Desk<'_>) -> Result<Val, Refusal> {
                Ok(Val::text(self))
            }
            fn load(val: &Val, desk: &Desk<'_>) -> Result<Self, StoreError> {
                match val {
                    Val::Text(text) => text.parse().map_err(|_| misfit(desk)),
                    _ => Err(misfit(desk)),
                }
            }
        }
    };
    ($($t:ty),+ $(,)?) => {$( text_columns!(@one $t); )+};
}
text_columns!(
    String,
    Email,
    Phone,
    Zip,
    Zone,
    Networks,
    Currency,
    LocalDate,
    PageLanguage,
    WallTime,
);
interpres_types::each_id!(text_columns);

/// Implements [`Column`] for a type of a domain that prints and parses as text.
#[macro_export]
macro_rules! text_column {
    ($($t:ty),+ $(,)?) => {$(
        impl $crate::Column for $t {
            const KIND: $crate::Kind = $crate::Kind::Text;
            fn store(&self, _: &$crate::Desk<'_>) -> Result<$crate::Val, $crate::Refusal> {
                Ok($crate::Val::text(self))
            }
            fn load(val: &$crate::Val, desk: &$crate::Desk<'_>) -> Result<Self, $crate::StoreError> {
                match val {
                    $crate::Val::Text(text) => text.parse().map_err(|_| $crate::StoreError::Shape(format!("{}.{} holds something else", desk.table, desk.column))),
                    _ => Err($crate::StoreError::Shape(format!("{}.{} is not text", desk.table, desk.column))),
                }
            }
        }
    )+};
}

macro_rules! int_columns {
    ($($t:ty: $out:expr, $in:expr;)+) => {$(
        impl Column for $t {
            const KIND: Kind = Kind::Int;
            fn store(&self, _: &Desk<'_>) -> Result<Val, Refusal> {
                Ok(Val::Int($out(self)))
            }
            fn load(val: &Val, desk: &Desk<'_>) -> Result<Self, StoreError> {
                match val {
                    Val::Int(n) => $in(*n).ok_or_else(|| misfit(desk)),
                    _ => Err(misfit(desk)),
                }
            }
        }
    )+};
}
int_columns! {
    i64: |n: &i64| *n, Some;
    Instant: |at: &Instant| at.micros(), |n| Some(Instant::from_micros(n));
    Minutes: |m: &Minutes| m.get(), |n| Minutes::try_from(n).ok();
    Cents: |c: &Cents| c.0, |n| Some(Cents(n));
    Mills: |m: &Mills| m.0, |n| Some(Mills(n));
}

impl Column for Language {
    const KIND: Kind = Kind::Text;
    fn store(&self, _: &Desk<'_>) -> Result<Val, Refusal> {
        Ok(Val::from(self.tag()))
    }
    fn load(val: &Val, desk: &Desk<'_>) -> Result<Self, StoreError> {
        match val {
            Val::Text(tag) => Self::of_tag(tag).ok_or_else(|| misfit(desk)),
            _ => Err(misfit(desk)),
        }
    }
}

impl Column for bool {
    const KIND: Kind = Kind::Bool;
    fn store(&self, _: &Desk<'_>) -> Result<Val, Refusal> {
        Ok(Val::Bool(*self))
    }
    fn load(val: &Val, desk: &Desk<'_>) -> Result<Self, StoreError> {
        match val {
            Val::Bool(b) => Ok(*b),
            Val::Int(n) => Ok(*n != 0),
            _ => Err(misfit(desk)),
        }
    }
}

/// Structure kept as JSON text: lists of ids, traces, settings.
impl<T: serde::Serialize + serde::de::DeserializeOwned> Column for crate::passage::record::Json<T> {
    const KIND: Kind = Kind::Text;
    fn store(&self, _: &Desk<'_>) -> Result<Val, Refusal> {
        serde_json::to_string(&self.0)
            .map(Val::Text)
            .map_err(Refusal::fault)
    }
    fn load(val: &Val, desk: &Desk<'_>) -> Result<Self, StoreError> {
        match val {
            Val::Text(text) => serde_json::from_str(text)
                .map(Self)
                .map_err(|_| misfit(desk)),
            _ => Err(misfit(desk)),
        }
    }
}
