//! Opening a session, proving it again, and moving it into another workspace: each time under a new token.
use crate::identity::{pass::SESSION, token::Token};
use crate::passage::{
    assurance::{SecurityRules, Strength},
    refusal::Refusal,
    write_tx::WriteTx,
};
use interpres_store::{Kind, Row, StoreError, Val};
use interpres_types::{Instant, ProviderId, SessionId, UserId};

/// A session just opened.
#[derive(Debug)]
pub struct NewSession {
    /// What the browser keeps.
    pub token: Token,
    /// When it ends in any case.
    pub ends_at: Instant,
}

/// The provider that a session came by.
#[derive(Clone, Debug)]
pub struct Via {
    /// Which.
    pub provider: ProviderId,
    /// Its own name for the session (`sid`).
    pub session: Option<String>,
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
            Token::hash(token.expose()).into(),
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
            ("token_hash", Token::hash(token.expose()).into()),
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
}
