//! Admitting a key: of a program that acts with a person's rights, or of a service, which has a role of its own. Like
//! sessions keys are 256 random bits, kept as hashes, looked up on every request.
use crate::identity::{
    admission::Holder,
    admit::SEEN_EVERY_SECONDS,
    pass::{API_KEY, SERVICE_KEY},
    token::Token,
};
use crate::passage::{
    actor::{Actor, Origin},
    gate::Gate,
    refusal::Refusal,
    stored_id::parse,
};
use interpres_types::{Instant, Networks, ServiceId};

pub(crate) const OF_A_PERSON: &str = "ipk_";

pub(crate) const OF_A_SERVICE: &str = "ipc_";

/// What a service gets for its key by OAuth 2.0, for minutes.
pub(crate) const FOR_MINUTES: &str = "ipt_";

impl Gate {
    /// The actor behind a key, if the key stands and is used from where it may be.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn admit_key(&self, token: &str, origin: Origin) -> Result<Option<Actor>, Refusal> {
        let (pass, holder, mark) = if Token::fits(OF_A_PERSON, token) {
            (
                &API_KEY,
                Holder::Person,
                "update api_key set last_used_at = $2 where token_hash = $1",
            )
        } else if Token::fits(OF_A_SERVICE, token) || Token::fits(FOR_MINUTES, token) {
            (
                &SERVICE_KEY,
                Holder::Service,
                "update service_key set last_used_at = $2 where token_hash = $1",
            )
        } else {
            return Ok(None);
        };
        let now = self.now();
        let Some(found) = self
            .inner
            .admission(
                pass,
                holder,
                &Token::hash(token),
                "p.last_used_at as last_used_at",
                now,
            )
            .await?
        else {
            return Ok(None);
        };
        if now >= Instant::from_micros(found.pass.int("p_ends_at")?) {
            return Ok(None);
        }
        let mut actor = found.actor(self.inner.facts, origin, "", now)?;
        // A text that can't be read grants nothing and is used from nowhere.
        actor.rights.only = found
            .pass
            .may_text("p_scopes")?
            .map(|text| text.parse().unwrap_or_default());
        let networks = match holder {
            Holder::Person => found.pass.may_text("p_networks")?,
            Holder::Service => {
                actor.service = Some(parse(found.holder.text("id")?)?);
                found.holder.may_text("networks")?
            }
        };
        let networks = networks.unwrap_or_default().parse::<Networks>();
        let address = actor.origin.address.as_deref();
        // What a service comes from is said of it alone.
        let admitted =
            actor.service.is_some() || found.rules.admit_from(actor.rights.role, address);
        if !admitted || !networks.is_ok_and(|networks| networks.hold(address)) {
            self.turned_away(&actor, "address", now).await?;
            return Ok(None);
        }
        if found
            .pass
            .may_int("last_used_at")?
            .is_none_or(|at| now > Instant::from_micros(at).plus_seconds(SEEN_EVERY_SECONDS))
        {
            self.mark(mark, Token::hash(token), now);
        }
        self.here(actor)
    }

    /// A service that shows its own id with one of its keys; a token for minutes is no key.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn admit_client(
        &self,
        client: ServiceId,
        secret: &str,
        origin: Origin,
    ) -> Result<Option<Actor>, Refusal> {
        if !Token::fits(OF_A_SERVICE, secret) {
            return Ok(None);
        }
        Ok(self
            .admit_key(secret, origin)
            .await?
            .filter(|actor| actor.service == Some(client)))
    }
}
