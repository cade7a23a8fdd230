//! Whether the log keeps up, and whether this process only shows what there is.
use crate::passage::{gate::Gate, refusal::Refusal};
use interpres_policy::{Action, ActionKind};
use interpres_types::Instant;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// The log may stay without new numbers for so long before nothing is answered any more.
const LONGEST_WITHOUT_SECONDS: i64 = 60;
/// So many entries may wait for their numbers.
const MOST_WAITING: i64 = 200_000;

/// How the log is doing in this process.
#[derive(Default)]
pub(crate) struct Watch {
    numbering: AtomicBool,
    numbered_at: AtomicI64,
    waiting: AtomicI64,
    /// When what is shown was copied, in microseconds; 0 where it is the original.
    copied_at: AtomicI64,
}

impl Watch {
    /// Entries are numbered in this process from now on.
    pub(crate) fn begin(&self, now: Instant) {
        self.numbered_at.store(now.micros(), Ordering::Relaxed);
        self.numbering.store(true, Ordering::Relaxed);
    }
    /// A round of numbering went well; so many entries wait still.
    pub(crate) fn numbered(&self, now: Instant, waiting: i64) {
        self.numbered_at.store(now.micros(), Ordering::Relaxed);
        self.waiting.store(waiting, Ordering::Relaxed);
    }
    /// Whether something may be answered: what the log can't take in is not shown.
    pub(crate) fn keeps_up(&self, now: Instant) -> Result<(), Refusal> {
        let late = now
            > Instant::from_micros(self.numbered_at.load(Ordering::Relaxed))
                .plus_seconds(LONGEST_WITHOUT_SECONDS);
        let behind = self.numbering.load(Ordering::Relaxed)
            && (late || self.waiting.load(Ordering::Relaxed) > MOST_WAITING);
        if behind {
            Err(Refusal::TooSoon(5))
        } else {
            Ok(())
        }
    }
    /// From now on nothing is changed: what is here is a copy of that moment.
    pub(crate) fn only_show(&self, copied_at: Instant) {
        self.copied_at.store(copied_at.micros(), Ordering::Relaxed);
    }
    /// The moment of the copy, where one is shown.
    pub(crate) fn copied_at(&self) -> Option<Instant> {
        Some(self.copied_at.load(Ordering::Relaxed))
            .filter(|at| *at != 0)
            .map(Instant::from_micros)
    }
    /// Whether such an act is possible here: on a copy people come and go, and look.
    pub(crate) fn takes(&self, action: Action) -> bool {
        self.copied_at().is_none() || action.kind() == ActionKind::Door
    }
}

impl Gate {
    /// Shows what there is from now on and changes nothing: it is a copy of that moment.
    pub fn only_show(&self, copied_at: Instant) {
        self.inner.watch.only_show(copied_at);
    }

    /// Whether nothing is changed here.
    #[must_use]
    pub fn only_shows(&self) -> bool {
        self.inner.watch.copied_at().is_some()
    }
}
