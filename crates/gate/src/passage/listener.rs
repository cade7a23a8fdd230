//! Somebody who listens, and what they are told: kinds and ids, and how many notices wait.
use crate::passage::{
    actor::Actor,
    news::{Committed, News},
    seen::Seen,
};
use interpres_types::Instant;

/// What a listener is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// A record within their reach, or what stands beside it, changed.
    Changed {
        /// Its kind.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// So many notices in their bell are unread.
    Unread(i64),
    /// What changed is not known, or too much to tell: anything may have.
    Everything,
    /// It is over.
    Over(Ending),
}

/// Why a listener is told nothing more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Their session has ended.
    Session,
    /// They may see more or less than when they began.
    Rights,
}

/// What is told at once, and what has been seen by whoever hears it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Telling {
    /// What to come back with.
    pub seen: String,
    /// What is told; nothing where it only says that somebody is there.
    pub told: Vec<Told>,
}

/// Somebody who listens.
pub(crate) struct Listener {
    pub(crate) actor: Actor,
    pub(crate) workspace: String,
    user: Option<String>,
    /// By which the session is found.
    pub(crate) hash: Vec<u8>,
    /// The session, by the name that the log has for it.
    name: String,
    /// When it is looked at anew whether the session stands.
    pub(crate) until: Instant,
    /// What their page shows already.
    pub(crate) seen: Seen,
}

impl Listener {
    /// Of a session that stands until then, by its hash and the name that the log has for it.
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

    /// What they have seen once they were told everything that this process has seen: their page may be newer.
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
            News::Record { .. } | News::Bell { .. } => false,
        })
    }
}
