//! Sessions: opening, proving again, listing and ending them.
use crate::{
    Gate, Key, ReadTx, Refusal, SecurityRules, Strength, WriteTx,
    admit::parse,
    passes::{API_KEY, SESSION, TICKET},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_audit_log::leaf_hash;
use interpres_policy::Role;
use interpres_store::{Kind, Row, StoreError, Val};
use interpres_types::{INSTALLATION, Instant, ProviderId, SessionId, UserId};
use serde::Serialize;

/// Characters at a token's end by which a mistyped or cut one is known.
const CHECK: usize = 6;

/// A credential in clear: told once, to its holder, and never kept or printed.
pub struct Token(String);

impl Token {
    /// A token that says by its prefix what it is, and by its end that it is whole: what scans texts
    /// for secrets can tell one without asking.
    pub(crate) fn fresh(prefix: &str) -> Self {
        let body = format!(
            "{prefix}{}",
            URL_SAFE_NO_PAD.encode(interpres_vault::random::<32>())
        );
        Self(if prefix.is_empty() {
            body
        } else {
            format!("{body}{}", Self::check(&body))
        })
    }
    fn check(body: &str) -> String {
        URL_SAFE_NO_PAD.encode(leaf_hash(body.as_bytes()))[..CHECK].to_owned()
    }
    /// Whether a text can be a token of this prefix at all.
    pub(crate) fn fits(prefix: &str, text: &str) -> bool {
        let split = text
            .len()
            .checked_sub(CHECK)
            .filter(|_| text.is_ascii() && text.starts_with(prefix));
        split.is_some_and(|split| Self::check(&text[..split]) == text[split..])
    }
    /// A random one that nothing here knows.
    #[must_use]
    pub fn random() -> Self {
        Self::fresh("")
    }
    /// The text to hand over.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
    pub(crate) fn hash(text: &str) -> Vec<u8> {
        leaf_hash(text.as_bytes()).to_vec()
    }
}
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A session just opened.
#[derive(Debug)]
pub struct NewSession {
    /// What the browser keeps.
    pub token: Token,
    /// When it ends in any case.
    pub ends_at: Instant,
}

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

/// The provider that a session came by.
#[derive(Clone, Debug)]
pub struct Via {
    /// Which.
    pub provider: ProviderId,
    /// Its own name for the session (`sid`).
    pub session: Option<String>,
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

impl WriteTx {
    /// Opens a session for a member of this workspace.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn open_session(
        &mut self,
        user: UserId,
        strength: Strength,
        rules: &SecurityRules,
        via: Option<&Via>,
    ) -> Result<NewSession, Refusal> {
        let (token, id) = (Token::fresh(""), self.mint::<SessionId>());
        let csrf = self
            .read
            .inner
            .session_of_forms(&self.actor().workspace.to_string(), &user.to_string())
            .await?;
        let (now, origin) = (self.now(), self.actor().origin.clone());
        let ends_at = now.plus_minutes(rules.hours * 60);
        let text = |v: Option<String>| v.map_or(Val::Null(Kind::Text), Val::Text);
        let granted = vec![
            Token::hash(&token.0).into(),
            Val::text(id),
            Val::text(self.actor().workspace),
            Val::text(user),
            now.micros().into(),
            ends_at.micros().into(),
            (rules.idle_minutes * 60).into(),
            csrf.into(),
            strength.level().into(),
            now.micros().into(),
            text(via.map(|via| via.provider.to_string())),
            text(via.and_then(|via| via.session.clone())),
        ];
        let beside = vec![
            ("last_seen_at", now.micros().into()),
            ("address", text(origin.address)),
            ("agent", text(origin.agent)),
        ];
        self.issue(&SESSION, granted, beside).await?;
        Ok(NewSession { token, ends_at })
    }
    /// Notes that the person in the actor's session has proved who they are once more. The session
    /// gets a new token, because what it opens has changed.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the session has ended in between.
    pub async fn prove_session(&mut self, strength: Strength) -> Result<Token, Refusal> {
        let (user, id) = (self.actor().user, self.actor().session().map(str::to_owned));
        let (Some(user), Some(id)) = (user, id) else {
            return Err(Refusal::NotFound);
        };
        let now = self.now().micros();
        self.renew_session(user, &id, |row| {
            let strength = row.int("strength")?.max(strength.level());
            Ok(vec![
                ("strength", strength.into()),
                ("proved_at", now.into()),
            ])
        })
        .await
    }
    /// Issues a session anew, with something changed, under a new token.
    async fn renew_session(
        &mut self,
        user: UserId,
        session: &str,
        change: impl FnOnce(&Row) -> Result<Vec<(&'static str, Val)>, Refusal>,
    ) -> Result<Token, Refusal> {
        let token = Token::fresh("");
        let sql = format!(
            "select {}, last_seen_at, address, agent from session where id = $1 and user_id = $2",
            SESSION.columns()
        );
        let rows = self
            .turn()?
            .rows(&sql, &[session.into(), Val::text(user)])
            .await?;
        let row = rows.first().ok_or(Refusal::NotFound)?;
        let mut change = change(row)?;
        let moved = change.iter().find_map(|(name, to)| {
            if let ("workspace_id", Val::Text(to)) = (*name, to) {
                Some(to.clone())
            } else {
                None
            }
        });
        let workspace = moved.map_or_else(|| row.text("workspace_id").map(str::to_owned), Ok)?;
        let csrf = self
            .read
            .inner
            .session_of_forms(&workspace, &user.to_string())
            .await?;
        change.extend([
            ("token_hash", Token::hash(&token.0).into()),
            ("csrf", csrf.into()),
        ]);
        let granted = self.reissued(&SESSION, row, &change).await?;
        if self
            .end(
                &SESSION,
                "token_hash = $1",
                &[row.bytes("token_hash")?.to_vec().into()],
            )
            .await?
            != 1
        {
            return Err(Refusal::NotFound);
        }
        let text = |name: &'static str| {
            Ok::<_, StoreError>((
                name,
                row.may_text(name)?.map_or(Val::Null(Kind::Text), Val::from),
            ))
        };
        let beside = vec![
            ("last_seen_at", row.int("last_seen_at")?.into()),
            text("address")?,
            text("agent")?,
        ];
        self.issue(&SESSION, granted, beside).await?;
        Ok(token)
    }
    /// Ends the sessions that came by a provider: of one person, or one session of the provider's.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_sessions_via(
        &mut self,
        provider: ProviderId,
        user: Option<UserId>,
        session: Option<&str>,
    ) -> Result<u64, Refusal> {
        let nobody = || Val::text("-");
        let args = [
            Val::text(provider),
            user.map_or_else(nobody, Val::text),
            session.map_or_else(nobody, Val::from),
            Val::text(self.actor().workspace),
        ];
        self.end(
            &SESSION,
            "via = $1 and workspace_id = $4 and (user_id = $2 or provider_session = $3)",
            &args,
        )
        .await
    }
    /// Notes a token that counts once; whether it is the first time. What has expired is forgotten.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn first_time(&mut self, token: &str, ends_at: Instant) -> Result<bool, Refusal> {
        let now = self.now().micros();
        let turn = self.turn()?;
        turn.execute("delete from seen_token where ends_at < $1", &[now.into()])
            .await?;
        Ok(turn
            .execute(
                "insert into seen_token (hash, ends_at) values ($1, $2) on conflict do nothing",
                &[Token::hash(token).into(), ends_at.micros().into()],
            )
            .await?
            == 1)
    }
    /// Moves a person's session into this workspace. Its time goes on, and it gets a new token.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the session has ended.
    pub async fn move_session(&mut self, user: UserId, session: &str) -> Result<Token, Refusal> {
        let workspace = Val::text(self.actor().workspace);
        self.renew_session(user, session, |row| {
            // A session that came by one workspace's provider stays in it.
            if row.may_text("via")?.is_some() {
                Err(Refusal::NotFound)
            } else {
                Ok(vec![("workspace_id", workspace)])
            }
        })
        .await
    }
    /// Ends one of the actor's own sessions; without an id, all of them.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_sessions(&mut self, session: Option<&str>) -> Result<u64, Refusal> {
        let user = Val::text(self.actor().user.map(|u| u.to_string()).unwrap_or_default());
        match session {
            Some(id) => {
                self.end(&SESSION, "user_id = $1 and id = $2", &[user, id.into()])
                    .await
            }
            None => self.end(&SESSION, "user_id = $1", &[user]).await,
        }
    }
    /// Ends the actor's own sessions but the one they are in, after something about their
    /// credentials changed.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_other_sessions(&mut self) -> Result<u64, Refusal> {
        let args = [
            Val::text(self.actor().user.map(|u| u.to_string()).unwrap_or_default()),
            Val::text(self.actor().session().unwrap_or_default()),
        ];
        self.end(&SESSION, "user_id = $1 and id <> $2", &args).await
    }
    /// Ends everything by which a person is let into this workspace: sessions, keys, pending links. What they have typed and not
    /// sent goes, too.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_access_of(&mut self, user: UserId) -> Result<u64, Refusal> {
        let mut ended = self.end_sessions_of(user).await?;
        for pass in [&API_KEY, &TICKET] {
            let args = [Val::text(user), Val::text(self.actor().workspace)];
            ended += self
                .end(pass, "user_id = $1 and workspace_id = $2", &args)
                .await?;
        }
        self.drop_drafts_of(user).await?;
        Ok(ended)
    }
    /// Ends a person's sessions in this workspace.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn end_sessions_of(&mut self, user: UserId) -> Result<u64, Refusal> {
        let args = [Val::text(user), Val::text(self.actor().workspace)];
        self.end(&SESSION, "user_id = $1 and workspace_id = $2", &args)
            .await
    }
    /// Ends every session of a person, in whatever workspace: their password was reset.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] but for the doorkeeper.
    pub async fn end_all_sessions_of(&mut self, user: UserId) -> Result<u64, Refusal> {
        if self.actor().rights.role != Role::Doorkeeper {
            return Err(Refusal::Forbidden);
        }
        self.end(&SESSION, "user_id = $1", &[Val::text(user)]).await
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
            "select id, created_at, last_seen_at, address, agent, strength from session where {whose} order by last_seen_at desc limit 100"
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
