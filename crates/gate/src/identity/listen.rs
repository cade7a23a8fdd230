//! Live updates: a signed-in page is sent the kind and id of what changed within its reader's scope. It shows no record, so only
//! a refusal leaves an entry; to see what changed, the page is loaded as usual. Listening does not extend a session, and ends
//! with it, or when its person may see more or less.
use crate::identity::{admit::StandingSession, pass::name_of, position::Positions, token::Token};
use crate::passage::{
    actor::{Actor, Origin},
    assurance::Standing,
    entry::Touched,
    gate::{Gate, Inner},
    listener::{Heard, Listener, LiveEvent, Telling},
    listeners::Opened,
    refusal::Refusal,
    remembered::Missed,
    request::Request,
    seen::Seen,
};
use interpres_policy::{Action, Permission};
use interpres_store::Shared;
use interpres_types::Instant;
use tokio::sync::mpsc;

/// Minutes after which a session is checked again, at the latest.
const LOOK_AGAIN_MINUTES: i64 = 5;

/// A stream of live updates. It ends when it is dropped.
pub struct Listening {
    id: u64,
    tellings: mpsc::Receiver<Heard>,
    positions: Positions,
    inner: Shared<Inner>,
}

impl Listening {
    /// What is sent next; nothing when the stream is over.
    pub async fn next(&mut self) -> Option<Telling> {
        let Heard { seen, told } = self.tellings.recv().await?;
        let seen = self.positions.sealed(&seen).ok()?;
        Some(Telling { seen, told })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.inner.listeners.close(self.id);
    }
}

impl StandingSession {
    /// Until when time alone changes nothing.
    pub(crate) fn stands_until(&self, now: Instant) -> Instant {
        let until = self.ends_at.min(now.plus_minutes(LOOK_AGAIN_MINUTES));
        match self.actor.standing() {
            Standing::Grace(grace) => until.min(grace),
            _ => until,
        }
    }
}

impl Gate {
    /// Opens a stream for the person behind a session's token, from the position that their page or the telling before
    /// carried; nothing where the session is not valid. Where it is not known what came since, the stream says so.
    ///
    /// # Errors
    /// What the policy refuses; [`Refusal::Conflict`] where too many listen already.
    pub async fn listen(
        &self,
        token: &str,
        origin: Origin,
        after: Option<&str>,
    ) -> Result<Option<Listening>, Refusal> {
        let (now, hash) = (self.now(), Token::hash(token));
        let Some(session) = self.look_at_session(&hash, origin, now).await? else {
            return Ok(None);
        };
        let actor = session.actor.clone();
        let positions = self.inner.positions(&actor).await?;
        let after = after.and_then(|text| positions.opened(text));
        match self.take_in(session, hash, after, now) {
            Ok(opened) => {
                let listening = Listening {
                    id: opened.id,
                    tellings: opened.tellings,
                    positions,
                    inner: self.inner.clone(),
                };
                let (missed, seen) = (opened.missed, opened.seen);
                let told = self.told_first(&actor, missed, now).await?;
                self.inner
                    .listeners
                    .tell_until(listening.id, told, &seen, now);
                Ok(Some(listening))
            }
            Err(refusal) => {
                let request = Request {
                    actor: &actor,
                    action: Action::LiveListen,
                    permission: Permission::OwnAccount,
                    at: now,
                };
                let touched = Touched::by(&actor);
                Err(self.log_refusal(request, refusal, touched).await)
            }
        }
    }

    /// Ends all streams and opens no more: the process is about to stop.
    pub fn end_listening(&self) {
        self.inner.listeners.close_all();
    }

    /// The number of streams in this process.
    #[must_use]
    pub fn listening(&self) -> usize {
        self.inner.listeners.count()
    }

    fn take_in(
        &self,
        session: StandingSession,
        hash: Vec<u8>,
        after: Option<Seen>,
        now: Instant,
    ) -> Result<Opened, Refusal> {
        session
            .actor
            .permitted(Action::LiveListen, Permission::OwnAccount, now)?;
        if self.only_shows() {
            return Err(Refusal::conflict(
                "This is a copy to look at while the original is away. Nothing changes here.",
            ));
        }
        let until = session.stands_until(now);
        let StandingSession { actor, .. } = session;
        let Some(seen) = actor.seen.as_ref().map(|page| page.seen.clone()) else {
            return Err(Refusal::fault("a session that has seen nothing"));
        };
        let name = name_of(&hash);
        let listener = Listener::new(actor, hash, name, until, seen);
        self.inner.listeners.open(listener, after, now)
    }

    /// What a stream begins with: the number of unread notices, and what its page missed.
    async fn told_first(
        &self,
        actor: &Actor,
        missed: Missed,
        now: Instant,
    ) -> Result<Vec<LiveEvent>, Refusal> {
        let mut told = vec![LiveEvent::Unread(actor.unread)];
        match missed {
            Missed::Unknown => told.push(LiveEvent::Everything),
            Missed::Known(commits) => {
                let commits: Vec<_> = commits.iter().collect();
                told.extend(self.within_reach(actor, &commits, now).await?);
            }
        }
        Ok(told)
    }
}
