//! What is known of a person beside role and teams: which records are their own. A room names its facts; scoped text
//! binds one by its name in braces, and code asks for it by its type.
use interpres_types::Id;
use std::{fmt, marker::PhantomData};

/// That a record may be a person's own, by the column of their membership that says which.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FactName {
    /// The name in scoped text.
    pub name: &'static str,
    /// The column.
    pub column: &'static str,
}

/// A fact whose record has this kind of id.
pub struct Fact<I> {
    is: FactName,
    of: PhantomData<fn() -> I>,
}

impl<I: Id> Fact<I> {
    /// A fact of this name, told by this column.
    #[must_use]
    pub const fn of(name: &'static str, column: &'static str) -> Self {
        Self {
            is: FactName { name, column },
            of: PhantomData,
        }
    }

    /// Its name and column, without the type.
    #[must_use]
    pub const fn name(&self) -> FactName {
        self.is
    }
}

impl<I> fmt::Debug for Fact<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.is.fmt(f)
    }
}
