//! Admitting a credential: the only maker of people's [`Actor`]s. Sessions are 256 random bits, kept
//! as hashes, looked up on every request and never cached.
use crate::identity::{admission::Holder, pass::SESSION, token::Token};
use crate::passage::{
    actor::{Actor, Origin},
    assurance::{Assurance, TERMS_VERSION},
    entry::{Frame, Touched, entry_id},
    gate::Gate,
    refusal::Refusal,
    request::Request,
    seen::{PageSeen, Seen},
    stored_id::parse,
};
use interpres_audit_log::Outcome;
use interpres_policy::{Action, Permission};
use interpres_store::{Row, StoreError, Write};
use interpres_types::Instant;

/// Use is noted no more often than that, so a session may end so much earlier.
pub(crate) const SEEN_EVERY_SECONDS: i64 = 10;

/// When a session was last used, and how many notices its person has not read.
const WITH_BELL: &str = "p.last_seen_at as last_seen_at, (select count(*) from notice_row n where n.workspace_id = p.workspace_id and n.user_id = p.user_id and n.read_at is null) as unread";

/// A valid session.
pub(crate) struct StandingSession {
    pub(crate) actor: Actor,
    /// When it was last used.
    last_seen: Instant,
    /// When it ends, unless it is used before.
    pub(crate) ends_at: Instant,
}

impl Gate {
    /// The actor behind a session's token, if the session stands. Using it keeps it from idling.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn admit_session(
        &self,
        token: &str,
        origin: Origin,
    ) -> Result<Option<Actor>, Refusal> {
        let (now, hash) = (self.now(), Token::hash(token));
        let Some(found) = self.look_at_session(&hash, origin, now).await? else {
            return Ok(None);
        };
        if now > found.last_seen.plus_seconds(SEEN_EVERY_SECONDS) {
            self.mark(
                "update session set last_seen_at = $2 where token_hash = $1",
                hash,
                now,
            );
        }
        Ok(Some(found.actor))
    }

    /// The session with this hash of its token, if it is valid. Looking does not extend it.
    pub(crate) async fn look_at_session(
        &self,
        hash: &[u8],
        origin: Origin,
        now: Instant,
    ) -> Result<Option<StandingSession>, Refusal> {
        // Before anything is read, so that everything later is news.
        let seen_here = self.inner.listeners.seen_here();
        let beside = format!("{WITH_BELL}, {} as seen", self.inner.db.seen());
        let Some(found) = self
            .inner
            .admission(&SESSION, Holder::Person, hash, &beside, now)
            .await?
        else {
            return Ok(None);
        };
        let last_seen = Instant::from_micros(found.pass.int("last_seen_at")?);
        let (idle, last) = found.ends(last_seen)?;
        if now >= idle || now >= last {
            return Ok(None);
        }
        let actor = found.actor(self.inner.facts, origin, found.pass.text("p_csrf")?, now)?;
        // A request counts as use, so the whole idle time begins anew, within the session's last hour.
        let left =
            (idle.micros() - last_seen.micros()).min(last.micros() - now.micros()) / 1_000_000;
        let proved_at = found.pass.may_int("p_proved_at")?.map(Instant::from_micros);
        // On a copy nothing can be accepted, and whoever looks at it has no time to read.
        let terms = accepted_terms(&found.holder)? || self.inner.watch.copied_at().is_some();
        let assurance = Assurance {
            proved_at,
            left: Some(left),
            terms,
            ..actor.assurance
        };
        let via = found.pass.may_text("p_via")?.map(parse).transpose()?;
        let unread = found.pass.int("unread")?;
        if !found
            .rules
            .admit_from(actor.rights.role, actor.origin.address.as_deref())
        {
            self.turned_away(&actor, "address", now).await?;
            return Ok(None);
        }
        if via.is_none() && !found.rules.admit_without_provider(actor.rights.role) {
            self.turned_away(&actor, "provider", now).await?;
            return Ok(None);
        }
        let seen = Seen::on_server(found.pass.text("seen")?).unwrap_or(seen_here);
        let sealed = self.inner.positions(&actor).await?.sealed(&seen)?;
        let actor = Actor {
            assurance,
            via,
            unread,
            seen: Some(PageSeen { seen, sealed }),
            ..actor
        };
        Ok(self.here(actor)?.map(|actor| StandingSession {
            actor,
            last_seen,
            ends_at: idle.min(last),
        }))
    }

    /// A session or a key that is used from elsewhere, or came in by another door, than it may is turned away, with an entry.
    pub(crate) async fn turned_away(
        &self,
        actor: &Actor,
        reason: &str,
        now: Instant,
    ) -> Result<(), Refusal> {
        let frame = Frame {
            id: entry_id(now),
            request: Request {
                actor,
                action: Action::AccessTurnAway,
                permission: Permission::KeepDoor,
                at: now,
            },
            outcome: Outcome::Refused,
            reason: Some(reason.to_owned()),
        };
        Ok(self
            .inner
            .db
            .note(frame.writes(Touched::by(actor)))
            .wait()
            .await?)
    }

    pub(crate) fn here(&self, actor: Actor) -> Result<Option<Actor>, Refusal> {
        Ok(Some(Actor {
            copied_at: self.inner.watch.copied_at(),
            ..actor
        }))
    }

    /// A mark that rides along with the next commit; nobody waits for it.
    pub(crate) fn mark(&self, sql: &'static str, hash: Vec<u8>, now: Instant) {
        drop(self.inner.db.note(vec![Write::Statement(
            sql.into(),
            vec![hash.into(), now.micros().into()],
        )]));
    }
}

/// Whether somebody accepted the user terms as they are now.
fn accepted_terms(row: &Row) -> Result<bool, StoreError> {
    #[derive(serde::Deserialize)]
    struct Accepted {
        version: String,
    }
    let Some(text) = row.may_text("terms")? else {
        return Ok(false);
    };
    let accepted: Accepted =
        serde_json::from_str(text).map_err(|_| StoreError::Shape("member.terms".into()))?;
    Ok(accepted.version == TERMS_VERSION)
}
