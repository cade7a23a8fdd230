//! Records: what is saved, versioned and scoped.
use crate::passage::{
    audience::{Audience, History, Tie, tie_of},
    column::{Class, Column, Desk, Window},
    refusal::Refusal,
};
use interpres_policy::Permission;
use interpres_store::{Kind, Row, StoreError, Val};
use interpres_types::{Id, Instant, KeyId};
use interpres_vault::Key;

/// A column of a record and how it is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ColumnSpec {
    /// Its name in tables, JSON and the log.
    pub name: &'static str,
    /// How it is protected.
    pub class: Class,
    /// What kind of value it holds.
    pub kind: Kind,
    /// Who is shown it of those who view the record.
    pub audience: Audience,
}

/// What is known of a kind of record: enough to tell whether a row is what was saved, and whom its
/// earlier versions are for.
#[derive(Clone, Copy, Debug)]
pub struct RecordKind {
    /// Its name.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [ColumnSpec],
    /// Whether any is sealed.
    pub sealed: bool,
    /// Whom its earlier versions are for; nobody without.
    pub history: Option<History>,
    /// By what the record is viewed, where it has no history that says it.
    pub viewed_by: Option<Permission>,
    /// How it may be tied to whose own it is, where a column's audience goes by it.
    pub ties: &'static [Tie],
    /// The type of resource that FHIR has for it.
    pub resource: Option<&'static str>,
    /// The permission of those who are sent that one changed; nobody is without.
    pub told: Option<Permission>,
    /// The permission of those who are sent that what it belongs to changed, because they see it on that page; nobody is
    /// without.
    pub told_beside: Option<Permission>,
}

impl RecordKind {
    /// Of this record, whose earlier versions nobody can ask for.
    #[must_use]
    pub const fn of<R: Record>() -> Self {
        Self {
            name: R::NAME,
            columns: R::COLUMNS,
            sealed: R::SEALED,
            history: None,
            viewed_by: None,
            ties: &[],
            resource: None,
            told: None,
            told_beside: None,
        }
    }
    /// The same; its changes are sent to those who hold this permission, as far as it reaches.
    #[must_use]
    pub const fn told_by(self, permission: Permission) -> Self {
        Self {
            told: Some(permission),
            ..self
        }
    }
    /// The same; its changes are sent, as changes of what it belongs to, to those who hold this permission.
    #[must_use]
    pub const fn told_beside(self, permission: Permission) -> Self {
        Self {
            told_beside: Some(permission),
            ..self
        }
    }
    /// The same, for which FHIR has a type of resource.
    #[must_use]
    pub const fn as_resource(self, name: &'static str) -> Self {
        Self {
            resource: Some(name),
            ..self
        }
    }
    /// The same, viewed by this permission.
    #[must_use]
    pub const fn for_viewers(self, viewed_by: Permission) -> Self {
        Self {
            viewed_by: Some(viewed_by),
            ..self
        }
    }
    /// The same, tied like this to whose own it is.
    #[must_use]
    pub const fn with_ties(self, ties: &'static [Tie]) -> Self {
        Self { ties, ..self }
    }
    /// The same, with earlier versions for those who view the record.
    #[must_use]
    pub const fn with_history(self, history: History) -> Self {
        Self {
            history: Some(history),
            viewed_by: Some(history.viewed_by),
            ..self
        }
    }
}

/// Structure that is stored as JSON text.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T> std::ops::Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// Something that is saved, versioned and scoped. Written by the macro `record!`.
pub trait Record: Sized + Send + Sync {
    /// Its id.
    type Id: Id;
    /// Its name: the scoped name in SQL; its table is the name with `_row`.
    const NAME: &'static str;
    /// The list of columns a statement selects.
    const SELECT: &'static str;
    /// Its columns, without workspace, id, version and key.
    const COLUMNS: &'static [ColumnSpec];
    /// Whether any column is sealed.
    const SEALED: bool;
    /// Its id.
    fn id(&self) -> Self::Id;
    /// Its version: 0 before it is saved, then from 1 without gaps.
    fn version(&self) -> i64;
    /// The id of the key that seals it.
    fn key(&self) -> Option<KeyId>;
    /// Its columns' values, sealed where they must be.
    ///
    /// # Errors
    /// When a value can't be sealed.
    fn values(&self, workspace: &str, key: Option<&Key>) -> Result<Vec<Val>, Refusal>;
    /// The record from a row.
    ///
    /// # Errors
    /// When the row has not its form.
    fn load(row: &Row, workspace: &str) -> Result<Self, StoreError>;
}

/// What a new record must have, all of it. Written by the macro `record!`, so that a column which may be empty edits
/// no code that makes the record.
pub trait NewRecord: Sized + Send {
    /// The record that begins with it.
    type Record: Record;
    /// The record with everything else empty, not saved yet.
    fn blank(self, id: <Self::Record as Record>::Id, key: Option<KeyId>) -> Self::Record;
}

/// What every row begins with: its id, and for sealed ones its key, when it is open to those who see
/// it only for a time, and whether it is covered by HIPAA mode.
pub type Head = (String, Option<KeyId>, Option<Window>, bool);

/// Reads what a row begins with.
///
/// # Errors
/// When a column is missing.
pub fn head(row: &Row, sealed: bool) -> Result<Head, StoreError> {
    let id = row.text("id")?.to_owned();
    if !sealed {
        return Ok((id, None, None, true));
    }
    let key = row.may_text("key_id")?.and_then(|k| k.parse().ok());
    let (window, covered) = opening(row)?;
    Ok((id, key, window, covered))
}

/// When a row is open to those who see it only for a time, and whether it is covered by HIPAA mode.
pub(crate) fn opening(row: &Row) -> Result<(Option<Window>, bool), StoreError> {
    let until = row.may_int("visible_until")?.map(Instant::from_micros);
    let window = row
        .may_int("visible_from")?
        .map(|from| (Instant::from_micros(from), until));
    Ok((window, row.int("covered")? != 0))
}

/// Stores one field at its desk.
///
/// # Errors
/// When it can't be sealed.
pub fn store_field<T: Column>(
    field: &T,
    desk: Desk<'_>,
    column: &'static str,
) -> Result<Val, Refusal> {
    field.store(&Desk { column, ..desk })
}

/// Reads one field at its desk.
///
/// # Errors
/// When the stored value has not the field's form.
pub fn load_field<T: Column>(
    row: &Row,
    desk: Desk<'_>,
    column: &'static str,
    audience: Audience,
) -> Result<T, StoreError> {
    let own = match audience {
        Audience::Tied(_) | Audience::TiedOrMasked(_) => audience.takes(tie_of(row)?),
        _ => true,
    };
    T::load(
        row.get(column)?,
        &Desk {
            column,
            own,
            ..desk
        },
    )
}

/// Writes a record: its struct, its columns and how they are stored, and what a new one must have: the columns that are
/// no `Option`. `sealed` says that it has a key of its own; `=> AUDIENCE` after a column's type that not everybody is shown
/// it who views the record.
#[macro_export]
macro_rules! record {
    (@sealed) => { false };
    (@sealed sealed) => { true };
    (@head) => { "id, version, checksum" };
    (@head sealed) => { "id, version, checksum, key_id, visible_from, visible_until, covered, tie" };
    (@audience) => { $crate::Audience::Viewers };
    (@audience $audience:expr) => { $audience };
    // Sorts the columns one by one: those that a new record must have, and those that begin empty.
    (@blank $what:tt {$($must:tt)*} [$($may:ident)*] $(#[$doc:meta])* $field:ident: Option<$type:ty> $(=> $audience:expr)? $(, $($rest:tt)*)?) => {
        $crate::record!(@blank $what {$($must)*} [$($may)* $field] $($($rest)*)?);
    };
    (@blank $what:tt {$($must:tt)*} [$($may:ident)*] $(#[$doc:meta])* $field:ident: $type:ty $(=> $audience:expr)? $(, $($rest:tt)*)?) => {
        $crate::record!(@blank $what {$($must)* {$(#[$doc])* $field $type}} [$($may)*] $($($rest)*)?);
    };
    (@blank [$vis:vis $name:ident $new:ident $id:ty] {$({$(#[$doc:meta])* $field:ident $type:ty})*} [$($may:ident)*]) => {
        #[doc = concat!("What a new [`", stringify!($name), "`] must have.")]
        #[derive(Debug)]
        $vis struct $new { $($(#[$doc])* pub $field: $type),* }
        impl $crate::NewRecord for $new {
            type Record = $name;
            fn blank(self, id: $id, key: Option<$crate::types::KeyId>) -> $name {
                $name { id, version: 0, key, $($field: self.$field,)* $($may: None),* }
            }
        }
    };
    ($(#[$doc:meta])* $vis:vis struct $name:ident from $new:ident in $table:literal by $id:ty $(, $sealed:ident)? { $($columns:tt)+ }) => {
        $crate::record!(@record $(#[$doc])* [$vis] $name $table [$id] [$($sealed)?] $($columns)+);
        $crate::record!(@blank [$vis $name $new $id] {} [] $($columns)+);
    };
    (@record $(#[$doc:meta])* [$vis:vis] $name:ident $table:literal [$id:ty] [$($sealed:ident)?] $($(#[$fdoc:meta])* $field:ident: $type:ty $(=> $audience:expr)?),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug)]
        $vis struct $name {
            /// Its id.
            pub id: $id,
            /// Its version; 0 before it is saved.
            pub version: i64,
            /// The id of the key that seals it.
            pub key: Option<$crate::types::KeyId>,
            $($(#[$fdoc])* pub $field: $type),+
        }
        impl $crate::Record for $name {
            type Id = $id;
            const NAME: &'static str = $table;
            const SELECT: &'static str = concat!($crate::record!(@head $($sealed)?) $(, ", ", stringify!($field))+);
            const COLUMNS: &'static [$crate::ColumnSpec] = &[$($crate::ColumnSpec { name: stringify!($field), class: <$type as $crate::Column>::CLASS, kind: <$type as $crate::Column>::KIND, audience: $crate::record!(@audience $($audience)?).of_column(<$type as $crate::Column>::MAY_BE_EMPTY) }),+];
            const SEALED: bool = $crate::record!(@sealed $($sealed)?);
            fn id(&self) -> $id { self.id }
            fn version(&self) -> i64 { self.version }
            fn key(&self) -> Option<$crate::types::KeyId> { self.key }
            fn values(&self, workspace: &str, key: Option<&$crate::Key>) -> Result<Vec<$crate::Val>, $crate::Refusal> {
                let row = self.id.to_string();
                let desk = $crate::Desk { workspace, table: $table, column: "", row: &row, key, key_id: self.key, window: None, own: true, covered: true };
                Ok(vec![$($crate::store_field(&self.$field, desk, stringify!($field))?),+])
            }
            fn load(row: &$crate::Row, workspace: &str) -> Result<Self, $crate::StoreError> {
                let (id, key, window, covered) = $crate::head(row, Self::SEALED)?;
                let desk = $crate::Desk { workspace, table: $table, column: "", row: &id, key: None, key_id: key, window, own: true, covered };
                Ok(Self {
                    id: id.parse().map_err(|_| $crate::StoreError::Shape(concat!($table, ".id").into()))?,
                    version: row.int("version")?,
                    key,
                    $($field: $crate::load_field(row, desk, stringify!($field), $crate::record!(@audience $($audience)?))?),+
                })
            }
        }
    };
}
