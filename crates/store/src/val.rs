/// The kinds of columns both engines share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Text: ids, dates, JSON.
    Text,
    /// 64-bit integers: instants in microseconds, money in minor units.
    Int,
    /// True or false.
    Bool,
    /// Bytes: sealed values and hashes.
    Bytes,
}

/// One value on its way into or out of the database. A null carries its kind, because
/// PostgreSQL refuses a null of type text for an integer column.
#[derive(Clone, PartialEq, Debug)]
pub enum Val {
    /// No value, of this kind.
    Null(Kind),
    /// Text.
    Text(String),
    /// An integer.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Val {
    /// Text from anything that prints.
    pub fn text(value: impl std::fmt::Display) -> Self {
        Self::Text(value.to_string())
    }
    /// Whether the value is null.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null(_))
    }
}

/// Adds values to a statement's binds and returns their placeholders, for `in (…)`. The count is padded to a power of
/// two by repeating the last, so that few distinct statements exist; an empty list becomes one empty text, which
/// matches no id.
pub fn bind_list(args: &mut Vec<Val>, mut values: Vec<Val>) -> String {
    let last = values.last().cloned().unwrap_or_else(|| "".into());
    values.resize(values.len().max(1).next_power_of_two(), last);
    let first = args.len() + 1;
    args.extend(values);
    (first..=args.len())
        .map(|n| format!("${n}"))
        .collect::<Vec<_>>()
        .join(",")
}

impl From<&str> for Val {
    fn from(v: &str) -> Self {
        Self::Text(v.to_owned())
    }
}
impl From<String> for Val {
    fn from(v: String) -> Self {
        Self::Text(v)
    }
}
impl From<i64> for Val {
    fn from(v: i64) -> Self {
        Self::Int(v)
    }
}
impl From<bool> for Val {
    fn from(v: bool) -> Self {
        Self::Bool(v)
    }
}
impl From<Vec<u8>> for Val {
    fn from(v: Vec<u8>) -> Self {
        Self::Bytes(v)
    }
}
