//! What lists have in common, whatever they are of: what they are sorted by, how many are passed over, how many there are.
use crate::passage::{filter::Filter, read_tx::ReadTx, refusal::Refusal};
use async_recursion::async_recursion as boxed;
use interpres_types::Rule;
use std::{fmt, str::FromStr};

/// What is more than so many is not counted to its end, and not paged to by number.
pub const FURTHEST: i64 = 10_000;

/// How many a file of a list can hold.
pub const WHOLE: usize = 10_000;

/// A word that a list can be sorted by.
pub trait SortKey: FromStr<Err = Rule> + fmt::Display + Copy + PartialEq {
    /// How the list is sorted unless said.
    const USUAL: Sorted<Self>;
}

/// What a list is sorted by, and which way: `name`, or `-name` for the last first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sorted<By> {
    /// By what.
    pub by: By,
    /// Whether the last comes first.
    pub down: bool,
}

impl<By> Sorted<By> {
    /// The first comes first.
    #[must_use]
    pub const fn up(by: By) -> Self {
        Self { by, down: false }
    }
    /// The last comes first.
    #[must_use]
    pub const fn down(by: By) -> Self {
        Self { by, down: true }
    }
    /// What follows a column that is sorted by, as SQL.
    #[must_use]
    pub const fn way(&self) -> &'static str {
        if self.down { " desc" } else { "" }
    }
}

impl<By: SortKey> Sorted<By> {
    /// Whether the list goes as it does unless said: only then does a cursor say where a page begins.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == By::USUAL
    }
}

impl<By: SortKey> Default for Sorted<By> {
    fn default() -> Self {
        By::USUAL
    }
}

impl<By: SortKey> FromStr for Sorted<By> {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let raw = raw.trim();
        let down = raw.strip_prefix('-');
        Ok(Self {
            by: down.unwrap_or(raw).parse()?,
            down: down.is_some(),
        })
    }
}

impl<By: fmt::Display> fmt::Display for Sorted<By> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.down { "-" } else { "" }, self.by)
    }
}

/// How many of a list are passed over, up to [`FURTHEST`].
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Past(pub i64);

impl FromStr for Past {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        match raw.trim().parse() {
            Ok(past) if (0..=FURTHEST).contains(&past) => Ok(Self(past)),
            _ => Err(Rule::from(format!("must be a number from 0 to {FURTHEST}"))),
        }
    }
}

/// Lists that are counted in one question, each as far as [`FURTHEST`] and one more.
#[derive(Default, Debug)]
pub struct Counter {
    filter: Filter,
    parts: Vec<String>,
}

impl Counter {
    /// Begins the next list; its conditions go into this filter.
    pub fn begin(&mut self) -> &mut Filter {
        "where 1 = 1".clone_into(&mut self.filter.sql);
        &mut self.filter
    }
    /// Ends a list of what stands under this scoped name.
    pub fn end(&mut self, name: &str) {
        let at = self.parts.len();
        self.parts.push(format!(
            "select cast({at} as bigint) as list, count(*) as n from (select 1 as one from {name} {} limit {}) as found{at}",
            self.filter.sql,
            FURTHEST + 1
        ));
    }
    /// How many each list has, in the order they were begun.
    ///
    /// # Errors
    /// A fault when a filter does not fit.
    #[boxed]
    pub async fn counts(self, tx: &mut ReadTx) -> Result<Vec<i64>, Refusal> {
        let mut counts = vec![0; self.parts.len()];
        if counts.is_empty() {
            return Ok(counts);
        }
        let sql = self.parts.join(" union all ");
        for row in tx.rows(&sql, self.filter.args).await? {
            let at = usize::try_from(row.int("list")?).unwrap_or(usize::MAX);
            if let Some(count) = counts.get_mut(at) {
                *count = row.int("n")?;
            }
        }
        Ok(counts)
    }
}
