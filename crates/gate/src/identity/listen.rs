//! Listening: a signed-in page is told at once what changed of what its reader may see, by kinds and ids. Nothing is shown
//! by that, so only a refusal leaves an entry; whoever looks at what changed asks for it as always. To listen is not to use a
//! session: it idles on, and when it ends, or its person may see more or less, so does this.
use crate::identity::{admit::StandingSession, pass::name_of, token::Token};
use crate::passage::{
    actor::{Actor, Origin},
    assurance::Standing,
    conclude::nothing_told,
    entry::Touched,
    gate::{Gate, Inner},
    listener::{Listener, Telling, Told},
    listeners::{Missed, Opened},
    refusal::Refusal,
    seen::Seen,
};
use interpres_policy::{Action, Permission};
use interpres_store::Shared;
use interpres_types::Instant;
use tokio::sync::mpsc;

/// However long a session has left, it is looked at anew after so many minutes.
const LOOK_AGAIN_MINUTES: i64 = 5;

/// What somebody hears who listens. Dropped, they no longer do.
pub struct Listening {
    id: u64,
    tellings: mpsc::Receiver<Telling>,
    inner: Shared<Inner>,
}

impl Listening {
    /// What is told next; nothing when it is over.
    pub async fn next(&mut self) -> Option<Telling> {
        self.tellings.recv().await
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.inner.listeners.close(self.id);
    }
}

impl StandingSession {
    /// Until when nothing changes by time alone.
    pub(crate) fn stands_until(&self, now: Instant) -> Instant {
        let until = self.ends_at.min(now.plus_minutes(LOOK_AGAIN_MINUTES));
        match self.actor.standing() {
            Standing::Grace(grace) => until.min(grace),
            _ => until,
        }
    }
}

impl Gate {
    /// Lets the person behind a session's token listen from what they saw last, as a page or the telling before said it;
    /// nothing where the session does not stand. Where nobody knows what came since, they are told so.
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
        match self.take_in(session, hash, after, now) {
            Ok(opened) => self.first_told(&actor, opened, now).await.map(Some),
            Err(refusal) => {
                let (action, permission) = (Action::LiveListen, Permission::OwnAccount);
                let touched = Touched::by(&actor);
                self.conclude(&actor, action, permission, now, Some(refusal), touched)
                    .await?;
                Err(nothing_told())
            }
        }
    }

    /// Lets everybody go who listens, and takes nobody in any more: the process is about to end.
    pub fn end_listening(&self) {
        self.inner.listeners.close_all();
    }

    /// How many listen in this process.
    #[must_use]
    pub fn listening(&self) -> usize {
        self.inner.listeners.count()
    }

    fn take_in(
        &self,
        session: StandingSession,
        hash: Vec<u8>,
        after: Option<&str>,
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
        let Some(seen) = actor.seen.clone() else {
            return Err(Refusal::fault("a session that has seen nothing"));
        };
        let after = after.and_then(|text| text.parse::<Seen>().ok());
        let name = name_of(&hash);
        let listener = Listener::new(actor, hash, name, until, seen);
        self.inner.listeners.open(listener, after, now)
    }

    /// The first that somebody hears: their bell, and what they missed.
    async fn first_told(
        &self,
        actor: &Actor,
        opened: Opened,
        now: Instant,
    ) -> Result<Listening, Refusal> {
        let listening = Listening {
            id: opened.id,
            tellings: opened.tellings,
            inner: self.inner.clone(),
        };
        let mut told = vec![Told::Unread(actor.unread)];
        match opened.missed {
            Missed::Unknown => told.push(Told::Everything),
            Missed::Known(commits) => {
                let commits: Vec<_> = commits.iter().collect();
                told.extend(self.within_reach(actor, &commits, now).await?);
            }
        }
        self.inner
            .listeners
            .tell_until(listening.id, told, &opened.seen, now);
        Ok(listening)
    }
}
