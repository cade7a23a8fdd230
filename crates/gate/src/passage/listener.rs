//! A page that listens, and what it is sent: kinds and ids, and the number of unread notices.
use crate::passage::{
    actor::Actor,
    news::{Committed, News},
    seen::Seen,
};
use interpres_types::Instant;

/// An event that a listening page is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LiveEvent {
    /// A record within its reader's scope changed, or what is shown with it.
    Changed {
        /// Its kind.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// The number of unread notices.
    Unread(i64),
    /// Anything may have changed: it is not known, or too much to list.
    Everything,
    /// The stream ends.
    Over(Ending),
}

/// Why a stream ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The session ended.
    Session,
    /// Its reader may see more or less than when the stream began.
    Rights,
}

/// What is sent at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Telling {
    /// The position to reconnect from.
    pub seen: String,
    /// What is sent; nothing to keep the connection alive.
    pub told: Vec<LiveEvent>,
}

/// A telling on its way, its position in clear.
pub(crate) struct Heard {
    pub(crate) seen: Seen,
    pub(crate) told: Vec<LiveEvent>,
}

/// Somebody who listens.
pub(crate) struct Listener {
    pub(crate) actor: Actor,
    pub(crate) workspace: String,
    pub(crate) user: Option<String>,
    /// The hash by which the session is found.
    pub(crate) hash: Vec<u8>,
    /// The session's name in the log.
    name: String,
    /// When the session is checked again.
    pub(crate) until: Instant,
    /// What the page shows already.
    pub(crate) seen: Seen,
}

impl Listener {
    /// Of a session that is valid until then.
    pub(crate) fn new(
        actor: Actor,
        hash: Vec<u8>,
        name: String,
        until: Instant,
        seen: Seen,
    ) -> Self {
        Self {
            workspace: actor.workspace.to_string(),
            user: actor.user.map(|user| user.to_string()),
            actor,
            hash,
            name,
            until,
            seen,
        }
    }

    /// What they have seen after a round: their page may be newer than the round.
    pub(crate) fn latest(&self, told: &Seen) -> Seen {
        let page_is_newer = told.is_before(&self.seen);
        if page_is_newer { &self.seen } else { told }.clone()
    }

    /// Whether a commit may have changed what they may do, or ended their session.
    pub(crate) fn is_meant_by(&self, commit: &Committed) -> bool {
        commit.news.iter().any(|news| match news {
            News::Rights { user: Some(user) } => self.user.as_ref() == Some(user),
            News::Rights { user: None } => self.workspace == commit.workspace,
            News::Session { name } => self.name == *name,
            News::Record { .. } | News::Many | News::Bell { .. } => false,
        })
    }
}
