//! The commits of the last minutes, for pages that reconnect.
use crate::passage::{
    listener::Listener,
    news::{Committed, KEPT_MINUTES},
    seen::Seen,
};
use interpres_types::Instant;
use std::collections::VecDeque;

/// Commits that are kept, and all their news together.
const MOST_COMMITS: usize = 10_000;
const MOST_NEWS: usize = 100_000;
/// News that are gone through for a page that reconnects.
const MOST_MISSED: usize = 2_000;

/// What a page missed that reconnects.
pub(crate) enum Missed {
    /// Only this.
    Known(Vec<Committed>),
    /// Nobody knows.
    Unknown,
}

/// The commits of the last minutes, in the order in which this process heard of them.
pub(crate) struct Remembered {
    commits: VecDeque<(Instant, Committed)>,
    /// The number of their news.
    news: usize,
    /// What had been committed before the first of them; nothing where that is not known.
    begun: Option<Seen>,
    /// Commits below may be forgotten.
    from: i64,
}

impl Remembered {
    /// Nothing yet of what comes after this.
    pub(crate) const fn since(begun: Option<Seen>) -> Self {
        Self {
            commits: VecDeque::new(),
            news: 0,
            begun,
            from: 0,
        }
    }

    /// Adds the commits of a round, and forgets old ones.
    pub(crate) fn add(&mut self, commits: &[Committed], now: Instant) {
        self.news += commits.iter().map(|c| c.news.len()).sum::<usize>();
        self.commits
            .extend(commits.iter().map(|commit| (now, commit.clone())));
        let is_old = |(at, _): &(Instant, Committed)| now > at.plus_minutes(KEPT_MINUTES);
        while self.commits.len() > MOST_COMMITS
            || self.news > MOST_NEWS
            || self.commits.front().is_some_and(is_old)
        {
            if let Some((_, gone)) = self.commits.pop_front() {
                self.news -= gone.news.len();
                self.from = self.from.max(gone.at + 1);
            }
        }
    }

    /// What was committed after a page's position, where all of it is remembered.
    pub(crate) fn missed(&self, listener: &Listener, after: Option<&Seen>) -> Missed {
        let known = |after: &&Seen| {
            after.is_before(&listener.seen)
                && self.from <= after.low()
                && self
                    .begun
                    .as_ref()
                    .is_some_and(|begun| after.includes(begun))
        };
        let Some(after) = after.filter(known) else {
            return Missed::Unknown;
        };
        let (mut missed, mut news) = (Vec::new(), 0);
        for (_, commit) in &self.commits {
            if after.holds(commit.at) {
                continue;
            }
            if listener.is_meant_by(commit) {
                return Missed::Unknown;
            }
            if listener.workspace == commit.workspace {
                news += commit.news.len();
                missed.push(commit.clone());
            }
            if news > MOST_MISSED {
                return Missed::Unknown;
            }
        }
        Missed::Known(missed)
    }

    /// Whether something that concerns a listener's session was sent while they were let in.
    pub(crate) fn is_late(&self, listener: &Listener) -> bool {
        let mut commits = self.commits.iter();
        commits.any(|(_, c)| !listener.seen.holds(c.at) && listener.is_meant_by(c))
    }
}
