//! A person's sessions, as they see them.
use crate::passage::{
    assurance::Strength, gate::Gate, read_tx::ReadTx, refusal::Refusal, stored_id::parse,
};
use interpres_store::{Row, StoreError, Val};
use interpres_types::{INSTALLATION, Instant, SessionId, UserId};
use interpres_vault::Key;
use serde::Serialize;

/// A session as its owner sees it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SessionCard {
    /// Its id.
    pub id: SessionId,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used.
    pub last_seen_at: Instant,
    /// From where.
    pub address: Option<String>,
    /// By which browser.
    pub agent: Option<String>,
    /// By what the person proved who they are.
    pub strength: Strength,
    /// Whether it is the one that asks.
    pub here: bool,
}

impl Gate {
    /// The key by which passwords are peppered: it rests in the key store, apart from their hashes.
    ///
    /// # Errors
    /// When the key store can't be used.
    pub async fn pepper(&self) -> Result<Key, Refusal> {
        Ok(self
            .inner
            .keys
            .workspace(INSTALLATION)
            .await?
            .checksum
            .derive("password pepper"))
    }
}

impl ReadTx {
    /// The actor's own sessions, latest first.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn own_sessions(&mut self) -> Result<Vec<SessionCard>, Refusal> {
        let user = self.actor.user.map(|u| u.to_string()).unwrap_or_default();
        self.sessions("user_id = $1", vec![user.into()]).await
    }

    /// A member's sessions in this workspace, latest first.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn sessions_of(&mut self, user: UserId) -> Result<Vec<SessionCard>, Refusal> {
        let workspace = Val::text(self.actor.workspace);
        self.sessions(
            "user_id = $1 and workspace_id = $2",
            vec![Val::text(user), workspace],
        )
        .await
    }

    async fn sessions(&mut self, whose: &str, args: Vec<Val>) -> Result<Vec<SessionCard>, Refusal> {
        let sql = format!(
            "select id, created_at, last_seen_at, address, agent, strength from session where {whose} order by last_seen_at desc"
        );
        let rows = self.raw(&sql, &args).await?;
        let here = self.actor.session().map(str::to_owned);
        let card = |row: &Row| {
            Ok(SessionCard {
                id: parse(row.text("id")?)?,
                created_at: Instant::from_micros(row.int("created_at")?),
                last_seen_at: Instant::from_micros(row.int("last_seen_at")?),
                address: row.may_text("address")?.map(str::to_owned),
                agent: row.may_text("agent")?.map(str::to_owned),
                strength: Strength::at(row.int("strength")?),
                here: here.as_deref() == Some(row.text("id")?),
            })
        };
        rows.iter()
            .map(card)
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }
}
