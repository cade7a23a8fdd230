//! A page of a list.
use crate::passage::refusal::Refusal;
use serde::Serialize;

/// A page of a list and where the next one begins.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Where the next page begins; nothing on the last.
    pub next: Option<String>,
}

/// A page with nothing on it.
impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            next: None,
        }
    }
}

impl<T> Page<T> {
    /// Cuts a list that was asked for one item too many.
    pub fn cut(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }

    /// All that was found, to be taken away as a file.
    ///
    /// # Errors
    /// That there is more, because nothing is left out of a file silently.
    pub fn whole(self) -> Result<Vec<T>, Refusal> {
        match self.next {
            None => Ok(self.items),
            Some(_) => Err(Refusal::invalid(
                "filter",
                "finds more than 10,000. Narrow the list and export it in parts",
            )),
        }
    }

    /// The same page with its items turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
        }
    }
}
