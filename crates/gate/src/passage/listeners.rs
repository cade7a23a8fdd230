//! Who is listening in this process, and what was told of lately. One watcher takes what was committed and tells each of
//! them; nobody asks the database for themselves.
use crate::passage::{
    actor::Actor,
    listener::{Listener, Telling, Told},
    news::{Committed, KEPT_MINUTES, News},
    refusal::Refusal,
    seen::Seen,
};
use interpres_types::Instant;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::mpsc;

/// So many may listen at once by one session: one for each page that is looked at.
const MOST_OF_A_SESSION: usize = 8;
/// So many in one process.
const MOST_HERE: usize = 2_000;
/// Whoever does not take so many tellings is let go: what comes next asks them to look anew.
const MOST_WAITING: usize = 32;
/// So many commits are remembered for those who come back.
const MOST_REMEMBERED: usize = 10_000;
/// Whoever has heard nothing for so long hears that somebody is there.
const BEAT_SECONDS: i64 = 20;
/// A watcher that was away for longer may have missed what was dropped meanwhile.
const LONGEST_AWAY_MINUTES: i64 = 5;

struct Line {
    listener: Listener,
    out: mpsc::Sender<Telling>,
    told_at: Instant,
}

/// Somebody who is to be told of a round.
pub(crate) struct Hearer {
    pub(crate) id: u64,
    pub(crate) actor: Actor,
    /// What their page shows already.
    pub(crate) seen: Seen,
}

/// What somebody missed who comes back.
pub(crate) enum Missed {
    /// Only this.
    Known(Vec<Committed>),
    /// Nobody knows.
    Unknown,
}

/// A line that was opened.
pub(crate) struct Opened {
    pub(crate) id: u64,
    pub(crate) tellings: mpsc::Receiver<Telling>,
    pub(crate) missed: Missed,
    /// What they have seen once they are told what they missed.
    pub(crate) seen: Seen,
}

/// What was committed since the round before.
pub(crate) struct Round {
    pub(crate) commits: Vec<Committed>,
    /// Whether some of it may be missing.
    pub(crate) missed: bool,
}

/// What the server told: what is seen now, and the commits that were not seen before.
pub(crate) struct Look {
    pub(crate) text: String,
    pub(crate) seen: Seen,
    pub(crate) commits: Vec<Committed>,
}

struct State {
    lines: BTreeMap<u64, Line>,
    next_line: u64,
    /// On the embedded engine: which process it is, the number of the next commit, and what is not told yet.
    epoch: u32,
    next_commit: i64,
    queue: Vec<Committed>,
    /// On the server: what was seen at the last look, as it writes it.
    text: Option<String>,
    seen: Seen,
    remembered: VecDeque<(Instant, Committed)>,
    /// From which commit on all are remembered; nothing before the first look.
    from: Option<i64>,
    looked_at: Instant,
    missed: bool,
    closed: bool,
}

pub(crate) struct Listeners(Mutex<State>);

impl Listeners {
    /// None yet. Where a server tells what was committed, nothing is known before the first look.
    pub(crate) fn new(by_server: bool) -> Self {
        let epoch = u32::from_be_bytes(interpres_vault::random::<4>()).max(1);
        Self(Mutex::new(State {
            lines: BTreeMap::new(),
            next_line: 0,
            epoch,
            next_commit: 0,
            queue: Vec::new(),
            text: None,
            seen: Seen::before(epoch, 0),
            remembered: VecDeque::new(),
            from: (!by_server).then_some(0),
            looked_at: Instant::default(),
            missed: false,
            closed: false,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A command of this process is on disk; on the server its row tells of it instead.
    pub(crate) fn committed(&self, workspace: String, news: Vec<News>) {
        let mut state = self.state();
        let at = state.next_commit;
        state.next_commit += 1;
        state.queue.push(Committed {
            at,
            workspace,
            news,
        });
    }

    /// What this process has committed by now, on the embedded engine.
    pub(crate) fn seen_here(&self) -> Seen {
        let state = self.state();
        Seen::before(state.epoch, state.next_commit)
    }

    /// What the server had told at the last look.
    pub(crate) fn text(&self) -> Option<String> {
        self.state().text.clone()
    }

    /// Takes a listener in. `after` is what they saw last; nothing where they don't say, or say what nobody wrote.
    pub(crate) fn open(
        &self,
        mut listener: Listener,
        after: Option<Seen>,
        now: Instant,
    ) -> Result<Opened, Refusal> {
        let mut state = self.state();
        state.has_room(&listener.hash)?;
        let missed = state.missed_since(&listener, after.as_ref());
        let (out, tellings) = mpsc::channel(MOST_WAITING);
        let id = state.next_line;
        state.next_line += 1;
        // What was told while they were let in may not have been known then.
        let late = state
            .remembered
            .iter()
            .any(|(_, c)| !listener.seen.holds(c.at) && listener.is_meant_by(c));
        if late {
            listener.until = now;
        }
        if let (Some(after), Missed::Known(_)) = (after, &missed) {
            listener.seen = after;
        }
        let seen = listener.latest(&state.seen);
        state.lines.insert(
            id,
            Line {
                listener,
                out,
                told_at: now,
            },
        );
        Ok(Opened {
            id,
            tellings,
            missed,
            seen,
        })
    }

    /// Lets a listener go.
    pub(crate) fn close(&self, id: u64) {
        self.state().lines.remove(&id);
    }

    /// Lets everybody go, and takes nobody in any more.
    pub(crate) fn close_all(&self) {
        let mut state = self.state();
        state.closed = true;
        state.lines.clear();
    }

    /// How many listen.
    pub(crate) fn count(&self) -> usize {
        self.state().lines.len()
    }

    /// A look failed: what came meanwhile may be lost.
    pub(crate) fn miss(&self) {
        self.state().missed = true;
    }

    /// What was committed since the last round: what the server told, or what waits here.
    pub(crate) fn round(&self, look: Option<Look>, now: Instant) -> Round {
        let mut state = self.state();
        let away = look.is_some()
            && state.text.is_some()
            && now > state.looked_at.plus_minutes(LONGEST_AWAY_MINUTES);
        let missed = std::mem::take(&mut state.missed) || away;
        state.looked_at = now;
        let commits = match look {
            Some(look) => {
                state.text = Some(look.text);
                state.seen = look.seen;
                look.commits
            }
            None => {
                state.seen = Seen::before(state.epoch, state.next_commit);
                std::mem::take(&mut state.queue)
            }
        };
        state.remember(&commits, now);
        Round { commits, missed }
    }

    /// Those whose session must be looked at anew: its time is over, or something of it or its person changed.
    pub(crate) fn to_look_at(&self, commits: &[Committed], now: Instant) -> Vec<u64> {
        let state = self.state();
        let is_due = |line: &Line| {
            now >= line.listener.until || commits.iter().any(|c| line.listener.is_meant_by(c))
        };
        let due = state.lines.iter().filter(|(_, line)| is_due(line));
        due.map(|(id, _)| *id).collect()
    }

    /// Something of a listener, while they listen.
    pub(crate) fn of<T>(&self, id: u64, get: impl FnOnce(&Listener) -> T) -> Option<T> {
        self.state().lines.get(&id).map(|line| get(&line.listener))
    }

    /// The session stands until then.
    pub(crate) fn stands(&self, id: u64, actor: Actor, until: Instant) {
        if let Some(line) = self.state().lines.get_mut(&id) {
            line.listener.actor = actor;
            line.listener.until = until;
        }
    }

    /// Those of a workspace, with what their pages show.
    pub(crate) fn in_workspace(&self, workspace: &str) -> Vec<Hearer> {
        let state = self.state();
        let there = state
            .lines
            .iter()
            .filter(|(_, line)| line.listener.workspace == workspace);
        there
            .map(|(id, line)| Hearer {
                id: *id,
                actor: line.listener.actor.clone(),
                seen: line.listener.seen.clone(),
            })
            .collect()
    }

    /// Tells one listener what the round brings.
    pub(crate) fn tell(&self, id: u64, told: Vec<Told>, now: Instant) {
        let seen = {
            let state = self.state();
            let line = state.lines.get(&id);
            line.map(|line| line.listener.latest(&state.seen))
        };
        if let Some(seen) = seen {
            self.tell_until(id, told, &seen, now);
        }
    }

    /// Tells one listener, who has seen so much then; one who does not take it is let go.
    pub(crate) fn tell_until(&self, id: u64, told: Vec<Told>, seen: &Seen, now: Instant) {
        let mut state = self.state();
        let over = told.iter().any(|told| matches!(told, Told::Over(_)));
        let Some(line) = state.lines.get_mut(&id) else {
            return;
        };
        line.told_at = now;
        let telling = Telling {
            seen: seen.to_string(),
            told,
        };
        if line.out.try_send(telling).is_err() || over {
            state.lines.remove(&id);
        }
    }

    /// Tells everybody that anything may have changed.
    pub(crate) fn tell_all(&self, now: Instant) {
        let ids: Vec<u64> = self.state().lines.keys().copied().collect();
        for id in ids {
            self.tell(id, vec![Told::Everything], now);
        }
    }

    /// Lets those hear that somebody is there who have heard nothing for a while.
    pub(crate) fn beat(&self, now: Instant) {
        let quiet = |line: &Line| now >= line.told_at.plus_seconds(BEAT_SECONDS);
        let ids: Vec<u64> = {
            let state = self.state();
            let quiet = state.lines.iter().filter(|(_, line)| quiet(line));
            quiet.map(|(id, _)| *id).collect()
        };
        for id in ids {
            self.tell(id, Vec::new(), now);
        }
    }
}

impl State {
    fn has_room(&self, hash: &[u8]) -> Result<(), Refusal> {
        if self.closed {
            return Err(Refusal::TooSoon(5));
        }
        let theirs = self.lines.values().filter(|l| l.listener.hash == hash);
        if theirs.count() >= MOST_OF_A_SESSION {
            return Err(Refusal::conflict(format!(
                "{MOST_OF_A_SESSION} pages of this session are updated live already. Refresh this one by hand, or close another."
            )));
        }
        if self.lines.len() >= MOST_HERE {
            return Err(Refusal::conflict(format!(
                "{MOST_HERE} pages are updated live already, as many as this server takes. Refresh this one by hand."
            )));
        }
        Ok(())
    }

    /// What was committed after what somebody saw last, as long as all of it is remembered.
    fn missed_since(&self, listener: &Listener, after: Option<&Seen>) -> Missed {
        let known = |after: &&Seen| {
            after.is_before(&listener.seen) && self.from.is_some_and(|from| from <= after.low())
        };
        let Some(after) = after.filter(known) else {
            return Missed::Unknown;
        };
        let mut missed = Vec::new();
        for (_, commit) in &self.remembered {
            if after.holds(commit.at) {
                continue;
            }
            if listener.is_meant_by(commit) {
                return Missed::Unknown;
            }
            if listener.workspace == commit.workspace {
                missed.push(commit.clone());
            }
        }
        Missed::Known(missed)
    }

    fn remember(&mut self, commits: &[Committed], now: Instant) {
        self.from = self.from.or(Some(self.seen.low()));
        self.remembered
            .extend(commits.iter().map(|commit| (now, commit.clone())));
        while self.remembered.len() > MOST_REMEMBERED
            || self
                .remembered
                .front()
                .is_some_and(|(at, _)| now > at.plus_minutes(KEPT_MINUTES))
        {
            if let Some((_, gone)) = self.remembered.pop_front() {
                self.from = self.from.max(Some(gone.at + 1));
            }
        }
    }
}
