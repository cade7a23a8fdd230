use crate::{Kind, StoreError, Val};
use std::sync::Arc;

/// One row, by column name. Fetched without generics and decoded late, which keeps builds fast.
#[derive(Clone, Debug)]
pub struct Row {
    pub(crate) names: Arc<[String]>,
    pub(crate) values: Vec<Val>,
}

impl Row {
    /// The value of a column.
    ///
    /// # Errors
    /// When the statement selected no such column.
    pub fn get(&self, column: &str) -> Result<&Val, StoreError> {
        let at = self.names.iter().position(|name| name == column);
        at.and_then(|i| self.values.get(i))
            .ok_or_else(|| StoreError::Shape(format!("no column {column}")))
    }
    /// A text column that is not null.
    ///
    /// # Errors
    /// When it is not text.
    pub fn text(&self, column: &str) -> Result<&str, StoreError> {
        match self.get(column)? {
            Val::Text(text) => Ok(text),
            _ => Err(StoreError::Shape(format!("{column} is not text"))),
        }
    }
    /// A text column that may be null.
    ///
    /// # Errors
    /// When the statement selected no such column.
    pub fn may_text(&self, column: &str) -> Result<Option<&str>, StoreError> {
        if self.get(column)?.is_null() {
            Ok(None)
        } else {
            self.text(column).map(Some)
        }
    }
    /// An integer column that is not null.
    ///
    /// # Errors
    /// When it is not an integer.
    pub fn int(&self, column: &str) -> Result<i64, StoreError> {
        match self.get(column)? {
            Val::Int(n) => Ok(*n),
            Val::Bool(b) => Ok(i64::from(*b)),
            _ => Err(StoreError::Shape(format!("{column} is not an integer"))),
        }
    }
    /// An integer column that may be null.
    ///
    /// # Errors
    /// When it is neither.
    pub fn may_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        if self.get(column)?.is_null() {
            Ok(None)
        } else {
            self.int(column).map(Some)
        }
    }
    /// A boolean column. The embedded engine stores 0 or 1.
    ///
    /// # Errors
    /// When it is neither.
    pub fn flag(&self, column: &str) -> Result<bool, StoreError> {
        self.int(column).map(|n| n != 0)
    }
    /// Empties a column.
    pub fn empty(&mut self, column: &str, kind: Kind) {
        let at = self.names.iter().position(|name| name == column);
        if let Some(value) = at.and_then(|at| self.values.get_mut(at)) {
            *value = Val::Null(kind);
        }
    }
    /// The columns whose names begin like this, as a row of their own in which they go without that beginning.
    #[must_use]
    pub fn part(&self, beginning: &str) -> Self {
        let ours = || {
            self.names
                .iter()
                .zip(&self.values)
                .filter_map(|(name, value)| Some((name.strip_prefix(beginning)?, value)))
        };
        Self {
            names: ours().map(|(name, _)| name.to_owned()).collect(),
            values: ours().map(|(_, value)| value.clone()).collect(),
        }
    }
    /// A column of bytes.
    ///
    /// # Errors
    /// When it is not bytes.
    pub fn bytes(&self, column: &str) -> Result<&[u8], StoreError> {
        match self.get(column)? {
            Val::Bytes(bytes) => Ok(bytes),
            _ => Err(StoreError::Shape(format!("{column} is not bytes"))),
        }
    }
}
