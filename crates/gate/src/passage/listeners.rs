//! Who listens in this process, and the news of the last minutes. One watcher takes what was committed and sends it to each
//! of them; no stream queries the database by itself.
use crate::passage::{
    actor::Actor,
    listener::{Heard, Listener, LiveEvent},
    news::{Committed, News},
    refusal::Refusal,
    remembered::{Missed, Remembered},
    seen::Seen,
};
use interpres_types::Instant;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::mpsc;

/// Streams of one session, one for each visible page.
const MOST_OF_A_SESSION: usize = 8;
/// Streams of one person, so that nobody takes all of a process by signing in often.
const MOST_OF_A_PERSON: usize = 32;
/// Streams of one process.
const MOST_HERE: usize = 2_000;
/// Queued tellings above which a stream is closed; its page reconnects.
const MOST_WAITING: usize = 16;
/// Commits that wait for the watcher, where one may not be running.
const MOST_QUEUED: usize = 10_000;
/// Seconds of silence after which a stream is kept alive.
const BEAT_SECONDS: i64 = 20;
/// A watcher that paused for longer may have missed rows that were deleted meanwhile.
const LONGEST_AWAY_MINUTES: i64 = 5;

struct LiveStream {
    listener: Listener,
    out: mpsc::Sender<Heard>,
    told_at: Instant,
}

/// Somebody who is to be told of a round.
pub(crate) struct Hearer {
    pub(crate) id: u64,
    pub(crate) actor: Actor,
    /// What their page shows already.
    pub(crate) seen: Seen,
}

/// A stream that was opened.
pub(crate) struct Opened {
    pub(crate) id: u64,
    pub(crate) tellings: mpsc::Receiver<Heard>,
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
    lines: BTreeMap<u64, LiveStream>,
    next_line: u64,
    /// On the embedded engine: which process it is, the number of the next commit, and what is not told yet.
    epoch: u32,
    next_commit: i64,
    queue: Vec<Committed>,
    /// On the server: what was seen at the last look, as it writes it.
    text: Option<String>,
    seen: Seen,
    remembered: Remembered,
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
            remembered: Remembered::since((!by_server).then(|| Seen::before(epoch, 0))),
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
        if state.queue.len() >= MOST_QUEUED {
            state.queue.clear();
            state.missed = true;
            let here = Seen::before(state.epoch, at);
            state.remembered = Remembered::since(Some(here));
        }
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
        state.has_room(&listener)?;
        let missed = state.remembered.missed(&listener, after.as_ref());
        let (out, tellings) = mpsc::channel(MOST_WAITING);
        let id = state.next_line;
        state.next_line += 1;
        // What was told while they were let in may not have been known then.
        let late = state.remembered.is_late(&listener);
        if late {
            listener.until = now;
        }
        if let (Some(after), Missed::Known(_)) = (after, &missed) {
            listener.seen = after;
        }
        let seen = listener.latest(&state.seen);
        state.lines.insert(
            id,
            LiveStream {
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
                if away || state.text.is_none() {
                    state.remembered = Remembered::since(Some(look.seen.clone()));
                }
                state.text = Some(look.text);
                state.seen = look.seen;
                look.commits
            }
            None => {
                state.seen = Seen::before(state.epoch, state.next_commit);
                std::mem::take(&mut state.queue)
            }
        };
        state.remembered.add(&commits, now);
        Round { commits, missed }
    }

    /// Those whose session must be checked: its time is over, or news of the round may concern it, or some of the news were
    /// missed.
    pub(crate) fn to_look_at(&self, round: &Round, now: Instant) -> Vec<u64> {
        let state = self.state();
        let is_due = |line: &LiveStream| {
            let is_meant = |commit: &Committed| line.listener.is_meant_by(commit);
            round.missed || now >= line.listener.until || round.commits.iter().any(is_meant)
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
    pub(crate) fn tell(&self, id: u64, told: Vec<LiveEvent>, now: Instant) {
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
    pub(crate) fn tell_until(&self, id: u64, told: Vec<LiveEvent>, seen: &Seen, now: Instant) {
        let mut state = self.state();
        let over = told.iter().any(|told| matches!(told, LiveEvent::Over(_)));
        let Some(line) = state.lines.get_mut(&id) else {
            return;
        };
        line.told_at = now;
        let heard = Heard {
            seen: seen.clone(),
            told,
        };
        if line.out.try_send(heard).is_err() || over {
            state.lines.remove(&id);
        }
    }

    /// Tells everybody that anything may have changed.
    pub(crate) fn tell_all(&self, now: Instant) {
        let ids: Vec<u64> = self.state().lines.keys().copied().collect();
        for id in ids {
            self.tell(id, vec![LiveEvent::Everything], now);
        }
    }

    /// Lets those hear that somebody is there who have heard nothing for a while.
    pub(crate) fn beat(&self, now: Instant) {
        let quiet = |line: &LiveStream| now >= line.told_at.plus_seconds(BEAT_SECONDS);
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
    fn has_room(&self, listener: &Listener) -> Result<(), Refusal> {
        if self.closed {
            return Err(Refusal::TooSoon(5));
        }
        let lines = || self.lines.values().map(|line| &line.listener);
        let of_session = lines().filter(|one| one.hash == listener.hash).count();
        let of_person = lines().filter(|one| one.user == listener.user).count();
        if of_session >= MOST_OF_A_SESSION || of_person >= MOST_OF_A_PERSON {
            return Err(Refusal::conflict(
                "Too many of your pages are updated live already. Refresh this one by hand, or close another.",
            ));
        }
        if self.lines.len() >= MOST_HERE {
            return Err(Refusal::conflict(
                "The server updates as many pages live as it can. Refresh this one by hand.",
            ));
        }
        Ok(())
    }
}
