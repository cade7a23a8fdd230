//! One's own account: sessions, API keys, the bell.
use crate::Member;
use interpres_gate::{
    Action, ApiKeyCard, Command, Granted, KeyTerms, Query, ReadTx, Refusal, Scopes, SessionCard,
    StoredNotice, Val, WriteTx, async_trait,
};
use interpres_types::{ApiKeyId, Field, Instant, Line, Networks, NoticeId, Problems, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The account one is signed in with.
#[derive(Debug)]
pub struct MyAccount;

/// One's account as its page shows it.
#[derive(Debug, Serialize)]
pub struct MyAccountView {
    /// Open sessions.
    pub sessions: Vec<SessionCard>,
    /// API keys.
    pub api_keys: Vec<ApiKeyCard>,
    /// Whether the person has been asked to become an owner.
    pub owner_offered: bool,
}

#[async_trait]
impl Query for MyAccount {
    const ACTION: Action = Action::AccountShow;
    type View = MyAccountView;
    async fn answer(self, tx: &mut ReadTx) -> Result<MyAccountView, Refusal> {
        let user = tx.actor().user().ok_or(Refusal::Forbidden)?;
        let offered = tx
            .count::<Member>(
                "where user_id = $1 and ended_at is null and owner_offered_by is not null",
                vec![Val::text(user)],
            )
            .await?
            > 0;
        Ok(MyAccountView {
            sessions: tx.own_sessions().await?,
            api_keys: tx.own_api_keys().await?,
            owner_offered: offered,
        })
    }
}

/// Ends one of one's own sessions, or all of them.
#[derive(Debug)]
pub struct EndSessions {
    /// Which; all without one.
    pub session: Option<String>,
}

#[async_trait]
impl Command for EndSessions {
    const ACTION: Action = Action::SessionsEnd;
    type Outcome = u64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<u64, Refusal> {
        tx.end_sessions(self.session.as_deref()).await
    }
}

/// Makes an API key for oneself, with one's own rights, for at most a year.
#[derive(Debug)]
pub struct MintApiKey {
    /// Its purpose.
    pub name: Line<80>,
    /// Days it is valid, 1–365.
    pub days: i64,
    /// The permissions it is limited to, separated by spaces; default: all of the person's.
    pub only: Field,
    /// Allowed networks; default: any.
    pub networks: Field,
}

/// Expiry of a key that is valid for this many days.
pub(crate) fn key_ends_at(tx: &WriteTx, days: i64) -> Result<Instant, Refusal> {
    if (1..=365).contains(&days) {
        Ok(tx.now().plus_minutes(days * 24 * 60))
    } else {
        Err(Refusal::invalid("days", Rule::new("must be 1 to 365")))
    }
}

/// The scopes of a key, if limited.
pub(crate) fn narrowed(raw: &Field) -> Result<Option<Scopes>, Refusal> {
    if raw.is_blank() {
        return Ok(None);
    }
    raw.raw()
        .parse()
        .map(Some)
        .map_err(|_| Refusal::invalid("only", "must be names of permissions, with spaces between"))
}

/// A fresh key; its token is shown this once.
#[derive(Debug, Serialize, Deserialize)]
pub struct MintedKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The value of `Authorization: Bearer …`.
    pub token: String,
}

#[async_trait]
impl Command for MintApiKey {
    const ACTION: Action = Action::ApiKeyMint;
    type Outcome = MintedKey;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<MintedKey, Refusal> {
        let mut p = Problems::none();
        let networks = p
            .may::<Networks>("networks", &self.networks)
            .unwrap_or_default();
        if !p.is_empty() {
            return Err(p.into());
        }
        let only = narrowed(&self.only)?;
        if only
            .as_ref()
            .is_some_and(|only| only.iter().any(|p| !tx.actor().may(p)))
        {
            return Err(Refusal::invalid(
                "only",
                "must be permissions that you have",
            ));
        }
        let user = tx.actor().user().ok_or(Refusal::Forbidden)?;
        let terms = KeyTerms {
            name: self.name.into(),
            ends_at: key_ends_at(tx, self.days)?,
            only,
        };
        let key = tx.mint_api_key(user, terms, &networks).await?;
        Ok(MintedKey {
            id: key.id,
            token: key.token.expose().to_owned(),
        })
    }
}

/// Revokes one of one's own keys.
#[derive(Debug)]
pub struct RevokeApiKey(pub ApiKeyId);

#[async_trait]
impl Command for RevokeApiKey {
    const ACTION: Action = Action::ApiKeyEnd;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        tx.revoke_api_key(self.0).await
    }
}

/// The latest notices of one's bell.
#[derive(Clone, Debug)]
pub struct ListNotices;

/// The bell.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoticeList {
    /// Number of unread notices.
    pub unread: i64,
    /// The latest 50.
    pub items: Vec<NoticeCard>,
}

/// One notice.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoticeCard {
    /// Its id.
    pub id: NoticeId,
    /// When it was sent.
    pub at: Instant,
    /// Its text.
    pub text: String,
    /// The page it links to.
    pub path: String,
    /// Whether it was read.
    pub read: bool,
}

#[async_trait]
impl Query for ListNotices {
    const ACTION: Action = Action::NoticesList;
    type View = NoticeList;
    async fn answer(self, tx: &mut ReadTx) -> Result<NoticeList, Refusal> {
        let found: Vec<StoredNotice> = tx.list("order by id desc limit 50", vec![]).await?;
        let unread = tx
            .count::<StoredNotice>("where read_at is null", vec![])
            .await?;
        let card = |n: StoredNotice| NoticeCard {
            id: n.id,
            at: n.at,
            text: n.text,
            path: n.path,
            read: n.read_at.is_some(),
        };
        Ok(NoticeList {
            unread,
            items: found.into_iter().map(card).collect(),
        })
    }
}

/// Marks the latest unread notices as read.
#[derive(Debug)]
pub struct MarkNoticesRead;

#[async_trait]
impl Command for MarkNoticesRead {
    const ACTION: Action = Action::NoticesRead;
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<usize, Refusal> {
        let now = tx.now();
        let unread: Vec<StoredNotice> = tx
            .list(
                "where read_at is null order by id desc limit $1",
                vec![Val::Int(50)],
            )
            .await?;
        let count = unread.len();
        for mut notice in unread {
            notice.read_at = Some(now);
            tx.save(&notice).await?;
        }
        Ok(count)
    }
}
