//! What had been committed at some moment, commit by commit: a page is sent what came after it was made, and nothing that
//! it shows already. Pages carry it sealed (`identity/position.rs`), since it counts the commits of all workspaces.
use std::{fmt, str::FromStr};

/// Above this many commits in progress, everything from the first of them counts as unseen.
const MOST_OPEN: usize = 64;

/// What had been committed at some moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Seen {
    /// Whose numbers these are: on the embedded engine a process's own, otherwise the server's (0).
    epoch: u32,
    /// Everything below had been.
    low: i64,
    /// Nothing from here on had been.
    high: i64,
    /// The exceptions in between.
    open: Vec<i64>,
}

/// What a page has seen, and the text that it carries of that.
#[derive(Clone, Debug)]
pub(crate) struct PageSeen {
    pub(crate) seen: Seen,
    pub(crate) sealed: String,
}

impl Seen {
    /// Everything before the next commit of this process.
    pub(crate) const fn before(epoch: u32, next: i64) -> Self {
        Self {
            epoch,
            low: next,
            high: next,
            open: Vec::new(),
        }
    }
    /// From the server's text.
    pub(crate) fn on_server(text: &str) -> Option<Self> {
        format!("0.{text}").parse().ok()
    }
    /// Whether it includes a commit.
    pub(crate) fn holds(&self, commit: i64) -> bool {
        commit < self.low || (commit < self.high && !self.open.contains(&commit))
    }
    /// The first commit that it may not include.
    pub(crate) const fn low(&self) -> i64 {
        self.low
    }
    /// Whether it includes all that another includes.
    pub(crate) fn includes(&self, other: &Self) -> bool {
        self.epoch == other.epoch
            && other.high <= self.high
            && self.open.iter().all(|commit| !other.holds(*commit))
    }
    /// Whether it is no later than another of the same numbers.
    pub(crate) const fn is_before(&self, other: &Self) -> bool {
        self.epoch == other.epoch && self.low <= other.low && self.high <= other.high
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            epoch, low, high, ..
        } = self;
        if self.open.len() > MOST_OPEN {
            return write!(f, "{epoch}.{low}:{low}:");
        }
        let open: Vec<String> = self.open.iter().map(ToString::to_string).collect();
        write!(f, "{epoch}.{low}:{high}:{}", open.join(","))
    }
}

/// The text is none of ours.
pub(crate) struct NotSeen;

impl FromStr for Seen {
    type Err = NotSeen;
    fn from_str(text: &str) -> Result<Self, NotSeen> {
        let read = || {
            let (epoch, rest) = text.split_once('.')?;
            let (low, rest) = rest.split_once(':')?;
            let (high, open) = rest.split_once(':')?;
            let open = open.split(',').filter(|commit| !commit.is_empty());
            let seen = Self {
                epoch: epoch.parse().ok()?,
                low: low.parse().ok()?,
                high: high.parse().ok()?,
                open: open
                    .map(|commit| commit.parse().ok())
                    .collect::<Option<_>>()?,
            };
            (0 <= seen.low && seen.low <= seen.high).then_some(seen)
        };
        read().ok_or(NotSeen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_that_was_under_way_is_news_and_those_around_it_are_not() {
        let seen = Seen::on_server("10:15:10,12").unwrap_or(Seen::before(1, 0));
        let unseen: Vec<i64> = (8..17).filter(|commit| !seen.holds(*commit)).collect();
        assert_eq!(unseen, [10, 12, 15, 16]);
        assert_eq!(seen.to_string(), "0.10:15:10,12");
    }

    #[test]
    fn what_was_under_way_for_one_and_done_for_the_other_is_not_included() {
        let at = |text: &str| Seen::on_server(text).unwrap_or(Seen::before(1, 0));
        assert!(at("10:15:10").includes(&at("10:12:10")));
        assert!(at("10:15:10").includes(&at("10:15:10,12")));
        assert!(!at("10:15:10").includes(&at("11:15:")), "10 was done");
        assert!(!at("10:12:10").includes(&at("10:15:10")), "12 was done");
        assert!(!Seen::before(1, 20).includes(&at("10:15:10")), "others");
    }

    #[test]
    fn what_is_written_is_read_again_and_nothing_else_is() {
        for text in ["7.0:0:", "0.10:15:10,12"] {
            assert_eq!(
                text.parse::<Seen>()
                    .map(|seen| seen.to_string())
                    .ok()
                    .as_deref(),
                Some(text)
            );
        }
        for text in [
            "",
            "0",
            "0.1",
            "0.2:1:",
            "0.-1:1:",
            "0.1:2:x",
            "x.1:2:",
            "1.1:2:3:4",
        ] {
            assert!(text.parse::<Seen>().is_err(), "{text}");
        }
    }

    #[test]
    fn of_very_many_that_were_under_way_all_from_the_first_is_news() {
        let open: Vec<String> = (10..100).map(|n| n.to_string()).collect();
        let seen = Seen::on_server(&format!("10:200:{}", open.join(",")));
        assert_eq!(
            seen.map(|seen| seen.to_string()).as_deref(),
            Some("0.10:10:")
        );
    }
}
