//! Admitting a credential: the only maker of people's [`Actor`]s. Sessions and API keys are 256
//! random bits, kept as hashes, looked up on every request and never cached.
use crate::{Action, Actor, Command, Gate, Notice, Origin, Permission, Refusal, Rights, WriteTx, gate::member_rows};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_audit_log::leaf_hash;
use interpres_policy::{Role, WorkerKind};
use interpres_store::{Row, StoreError, Turn, Val, Write};
use interpres_types::{ApiKeyId, INSTALLATION, Instant, SessionId, TeamId, UserId, WorkspaceId};
use serde::Serialize;

/// A credential in clear: told once, to its holder, and never kept or printed.
pub struct Token(String);

impl Token {
    fn fresh(prefix: &str) -> Self {
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(interpres_vault::random::<32>())))
    }
    /// The text to hand over.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
    fn hash(text: &str) -> Vec<u8> {
        leaf_hash(text.as_bytes()).to_vec()
    }
}
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// How long sessions last (AU5).
#[derive(Clone, Copy, Debug)]
pub struct SessionRules {
    /// Seconds without a request after which it ends.
    pub idle_seconds: i64,
    /// Seconds after which it ends in any case.
    pub absolute_seconds: i64,
}

/// Session rules without and with HIPAA mode.
pub const SESSION_RULES: [SessionRules; 2] =
    [SessionRules { idle_seconds: 30 * 60, absolute_seconds: 24 * 3600 }, SessionRules { idle_seconds: 15 * 60, absolute_seconds: 12 * 3600 }];

/// A session just opened.
#[derive(Debug)]
pub struct NewSession {
    /// What the browser keeps.
    pub token: Token,
    /// When it ends in any case.
    pub ends_at: Instant,
}

/// An API key just made.
#[derive(Debug)]
pub struct NewApiKey {
    /// What the program keeps; shown once.
    pub token: Token,
    /// Its id.
    pub id: ApiKeyId,
}

/// A session as its owner sees it.
#[derive(Debug, Serialize)]
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
}

/// An API key as its owner sees it.
#[derive(Debug, Serialize)]
pub struct ApiKeyCard {
    /// Its id.
    pub id: ApiKeyId,
    /// Its name.
    pub name: String,
    /// When it ends.
    pub ends_at: Instant,
    /// When it was last used.
    pub last_used_at: Option<Instant>,
}

const KEY_PREFIX: &str = "ipk_";

const ACTOR_COLUMNS: &str = "m.role, m.team_ids, m.interpreter_id, m.customer_id, m.name, w.name as workspace_name, w.zone, w.hipaa_mode_since";
const SEEN_EVERY_SECONDS: i64 = 60;

impl Gate {
    /// The actor behind a session's token, if the session stands. Using it keeps it from idling.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn admit_session(&self, token: &str, origin: Origin) -> Result<Option<Actor>, Refusal> {
        let sql = format!(
            "select s.id, s.workspace_id, s.user_id, s.csrf, s.last_seen_at, s.ends_at, s.idle_seconds, {ACTOR_COLUMNS}
             from session s join member_row m on m.workspace_id = s.workspace_id and m.user_id = s.user_id and m.ended_at is null
             join workspace_row w on w.workspace_id = s.workspace_id and w.id = s.workspace_id where s.token_hash = $1"
        );
        let hash = Token::hash(token);
        let rows = self.inner.db.reader().await?.rows(&sql, &[hash.clone().into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let now = self.now();
        let last_seen = Instant::from_micros(row.int("last_seen_at")?);
        let idle = last_seen.plus_seconds(row.int("idle_seconds")?);
        if now >= idle || now >= Instant::from_micros(row.int("ends_at")?) {
            return Ok(None);
        }
        if now > last_seen.plus_seconds(SEEN_EVERY_SECONDS) {
            self.mark("update session set last_seen_at = $2 where token_hash = $1", hash, now);
        }
        self.here(actor(row, origin, row.text("csrf")?)?)
    }

    /// The actor behind an API key, if the key stands.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn admit_key(&self, token: &str, origin: Origin) -> Result<Option<Actor>, Refusal> {
        if !token.starts_with(KEY_PREFIX) {
            return Ok(None);
        }
        let sql = format!(
            "select k.id, k.workspace_id, k.user_id, k.ends_at, k.last_used_at, {ACTOR_COLUMNS}
             from api_key k join member_row m on m.workspace_id = k.workspace_id and m.user_id = k.user_id and m.ended_at is null
             join workspace_row w on w.workspace_id = k.workspace_id and w.id = k.workspace_id where k.token_hash = $1"
        );
        let hash = Token::hash(token);
        let rows = self.inner.db.reader().await?.rows(&sql, &[hash.clone().into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let now = self.now();
        if now >= Instant::from_micros(row.int("ends_at")?) {
            return Ok(None);
        }
        if row.may_int("last_used_at")?.is_none_or(|at| now > Instant::from_micros(at).plus_seconds(SEEN_EVERY_SECONDS)) {
            self.mark("update api_key set last_used_at = $2 where token_hash = $1", hash, now);
        }
        self.here(actor(row, origin, "")?)
    }

    fn here(&self, actor: Actor) -> Result<Option<Actor>, Refusal> {
        Ok(Some(Actor { copied_at: self.inner.watch.copied_at(), ..actor }))
    }

    /// Ends a key that was sent in clear: whoever listened has it too.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn revoke_key_seen_in_clear(&self, token: &str, origin: Origin) -> Result<(), Refusal> {
        let hash = Token::hash(token);
        let rows = self.inner.db.reader().await?.rows("select workspace_id from api_key where token_hash = $1", &[hash.clone().into()]).await?;
        let Some(row) = rows.first() else { return Ok(()) };
        let door = self.doorkeeper(parse(row.text("workspace_id")?)?, origin);
        self.perform(&door, RevokeSeenKey(hash)).await.map(drop)
    }

    /// A mark that rides along with the next commit; nobody waits for it.
    fn mark(&self, sql: &'static str, hash: Vec<u8>, now: Instant) {
        drop(self.inner.db.note(vec![Write::Statement(sql, vec![hash.into(), now.micros().into()])]));
    }

    /// The gate's hand that signs people in and out of a workspace.
    #[must_use]
    pub fn doorkeeper(&self, workspace: WorkspaceId, origin: Origin) -> Actor {
        hand(workspace, Role::Doorkeeper, origin)
    }
    /// Whoever holds the machine, acting on one workspace or on the installation.
    #[must_use]
    pub fn operator(&self, workspace: WorkspaceId) -> Actor {
        hand(workspace, Role::Operator, Origin::default())
    }
    /// A background job's hand in one workspace.
    #[must_use]
    pub fn worker(&self, workspace: WorkspaceId, kind: WorkerKind) -> Actor {
        hand(workspace, Role::Worker(kind), Origin::default())
    }
    /// Every workspace there is and the installation itself: whatever has a log.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn all_with_logs(&self) -> Result<Vec<WorkspaceId>, Refusal> {
        Ok(std::iter::once(INSTALLATION).chain(self.workspaces().await?).collect())
    }
    /// Every workspace there is, for the jobs that go round.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceId>, Refusal> {
        let rows = self.inner.db.reader().await?.rows("select id from workspace_row order by id", &[]).await?;
        rows.iter().map(|row| parse(row.text("id")?)).collect::<Result<_, StoreError>>().map_err(Refusal::from)
    }
}

fn hand(workspace: WorkspaceId, role: Role, origin: Origin) -> Actor {
    let rights = Rights { role, teams: Vec::new(), interpreter: None, customer: None };
    Actor {
        workspace,
        user: None,
        name: role.to_string(),
        workspace_name: String::new(),
        zone: None,
        rights,
        origin,
        csrf: String::new(),
        hipaa: false,
        copied_at: None,
    }
}

pub(crate) fn parse<T: std::str::FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Shape("a stored id has not the form of one".into()))
}

fn rights(row: &Row) -> Result<Rights, StoreError> {
    let teams: Vec<TeamId> = serde_json::from_str(row.text("team_ids")?).map_err(|_| StoreError::Shape("member.team_ids".into()))?;
    Ok(Rights {
        role: parse(row.text("role")?)?,
        teams,
        interpreter: row.may_text("interpreter_id")?.map(parse).transpose()?,
        customer: row.may_text("customer_id")?.map(parse).transpose()?,
    })
}

fn actor(row: &Row, origin: Origin, csrf: &str) -> Result<Actor, Refusal> {
    Ok(Actor {
        workspace: parse(row.text("workspace_id")?)?,
        user: Some(parse(row.text("user_id")?)?),
        name: row.text("name")?.to_owned(),
        workspace_name: row.text("workspace_name")?.to_owned(),
        zone: row.text("zone")?.parse().ok(),
        rights: rights(row)?,
        origin: Origin { session: Some(row.text("id")?.to_owned()), ..origin },
        csrf: csrf.to_owned(),
        hipaa: row.may_int("hipaa_mode_since")?.is_some(),
        copied_at: None,
    })
}

/// The rights of a person as they stand now; nothing for the gate's own hands.
pub(crate) async fn rights_now(turn: &mut Turn, actor: &Actor) -> Result<Option<Rights>, Refusal> {
    let Some(user) = actor.user else { return Ok(None) };
    let rows = member_rows(turn, &actor.workspace.to_string(), &user.to_string()).await?;
    Ok(rows.first().map(rights).transpose()?)
}

impl WriteTx {
    /// Opens a session for a member of this workspace.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn open_session(&mut self, user: UserId, rules: SessionRules) -> Result<NewSession, Refusal> {
        let (token, csrf, id) = (Token::fresh(""), Token::fresh(""), self.mint::<SessionId>());
        let (now, origin) = (self.now(), self.actor().origin.clone());
        let ends_at = now.plus_seconds(rules.absolute_seconds);
        let text = |v: Option<String>| v.map_or(Val::Null(interpres_store::Kind::Text), Val::Text);
        let args = [
            Token::hash(&token.0).into(),
            Val::text(id),
            Val::text(self.actor().workspace),
            Val::text(user),
            now.micros().into(),
            ends_at.micros().into(),
            rules.idle_seconds.into(),
            csrf.0.into(),
            text(origin.address),
            text(origin.agent),
        ];
        let sql = "insert into session (token_hash, id, workspace_id, user_id, created_at, last_seen_at, ends_at, idle_seconds, csrf, address, agent) values ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10)";
        self.turn()?.execute(sql, &args).await?;
        Ok(NewSession { token, ends_at })
    }
    /// Ends one of the actor's own sessions; without an id, all of them.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_sessions(&mut self, session: Option<&str>) -> Result<u64, Refusal> {
        let user = Val::text(self.actor().user.map(|u| u.to_string()).unwrap_or_default());
        let turn = self.turn()?;
        Ok(match session {
            Some(id) => turn.execute("delete from session where user_id = $1 and id = $2", &[user, id.into()]).await?,
            None => turn.execute("delete from session where user_id = $1", &[user]).await?,
        })
    }
    /// Makes an API key for a member of this workspace.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn mint_api_key(&mut self, user: UserId, name: &str, ends_at: Instant) -> Result<NewApiKey, Refusal> {
        let (token, id) = (Token::fresh(KEY_PREFIX), self.mint::<ApiKeyId>());
        let args = [
            Token::hash(&token.0).into(),
            Val::text(id),
            Val::text(self.actor().workspace),
            Val::text(user),
            name.into(),
            self.now().micros().into(),
            ends_at.micros().into(),
        ];
        self.turn()?
            .execute("insert into api_key (token_hash, id, workspace_id, user_id, name, created_at, ends_at) values ($1, $2, $3, $4, $5, $6, $7)", &args)
            .await?;
        Ok(NewApiKey { token, id })
    }
}

/// Ends a key that was seen in clear, and tells whose it was.
struct RevokeSeenKey(Vec<u8>);

impl Command for RevokeSeenKey {
    const ACTION: Action = Action::ApiKeyRevoke;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx) -> Result<(), Refusal> {
        let now = tx.now();
        let rows =
            tx.turn()?.rows("select id, user_id from api_key where token_hash = $1 and ends_at > $2", &[self.0.clone().into(), now.micros().into()]).await?;
        let Some(row) = rows.first() else { return Ok(()) };
        let (id, user) = (row.text("id")?.to_owned(), parse(row.text("user_id")?)?);
        tx.turn()?.execute("update api_key set ends_at = $2 where token_hash = $1", &[self.0.into(), now.micros().into()]).await?;
        tx.read.touched.changed("api_key", id, vec!["ends_at"]);
        tx.notify(
            user,
            Notice::new("account", "An API key of yours was sent over plain HTTP, where others can read it. It was revoked; mint another.").goes_to("/account"),
        )
        .await
    }
}

impl crate::ReadTx {
    /// The workspaces a person is a member of, the earliest membership first. For the doorkeeper,
    /// which acts before a workspace is chosen.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for anybody else.
    pub async fn workspaces_of(&mut self, user: UserId) -> Result<Vec<WorkspaceId>, Refusal> {
        if self.actor.rights.role != Role::Doorkeeper {
            return Err(Refusal::Forbidden);
        }
        let rows = self.raw("select workspace_id from member_row where user_id = $1 and ended_at is null order by id limit 50", &[Val::text(user)]).await?;
        rows.iter().map(|row| parse(row.text("workspace_id")?)).collect::<Result<_, StoreError>>().map_err(Refusal::from)
    }
    /// The actor's own sessions, latest first.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn own_sessions(&mut self) -> Result<Vec<SessionCard>, Refusal> {
        let user = Val::text(self.actor.user.map(|u| u.to_string()).unwrap_or_default());
        let rows = self
            .raw("select id, created_at, last_seen_at, address, agent from session where user_id = $1 order by last_seen_at desc limit 100", &[user])
            .await?;
        let card = |row: &Row| {
            Ok(SessionCard {
                id: parse(row.text("id")?)?,
                created_at: Instant::from_micros(row.int("created_at")?),
                last_seen_at: Instant::from_micros(row.int("last_seen_at")?),
                address: row.may_text("address")?.map(str::to_owned),
                agent: row.may_text("agent")?.map(str::to_owned),
            })
        };
        rows.iter().map(card).collect::<Result<_, StoreError>>().map_err(Refusal::from)
    }
    /// The actor's own API keys in this workspace.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn own_api_keys(&mut self) -> Result<Vec<ApiKeyCard>, Refusal> {
        let args = [Val::text(self.actor.user.map(|u| u.to_string()).unwrap_or_default()), Val::text(self.actor.workspace)];
        let rows =
            self.raw("select id, name, ends_at, last_used_at from api_key where user_id = $1 and workspace_id = $2 order by id desc limit 100", &args).await?;
        let card = |row: &Row| {
            Ok(ApiKeyCard {
                id: parse(row.text("id")?)?,
                name: row.text("name")?.to_owned(),
                ends_at: Instant::from_micros(row.int("ends_at")?),
                last_used_at: row.may_int("last_used_at")?.map(Instant::from_micros),
            })
        };
        rows.iter().map(card).collect::<Result<_, StoreError>>().map_err(Refusal::from)
    }
}
