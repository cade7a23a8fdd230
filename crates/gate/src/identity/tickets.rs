//! Tickets: what somebody at the door holds while they are on their way in: a sign-in that waits for
//! its second factor, a link to choose a new password, an answer that a browser has to give. Random,
//! kept as hashes, for a short time and for once.
use crate::identity::{pass::TICKET, token::Token};
use crate::passage::{refusal::Refusal, stored_id::parse, write_tx::WriteTx};
use interpres_policy::Role;
use interpres_store::{Kind, Val};
use interpres_types::{UserId, WorkspaceId};
use serde::{Serialize, de::DeserializeOwned};

/// What a ticket stands for.
#[derive(Debug)]
pub struct Ticket<T> {
    /// The workspace it was issued in.
    pub workspace: WorkspaceId,
    /// For whom, where that is known.
    pub user: Option<UserId>,
    /// What goes with it.
    pub body: T,
}

impl WriteTx {
    /// Issues a ticket for so many seconds. What has expired goes.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn issue_ticket(
        &mut self,
        kind: &'static str,
        user: Option<UserId>,
        body: &impl Serialize,
        seconds: i64,
    ) -> Result<Token, Refusal> {
        let (token, now) = (Token::fresh(""), self.now());
        let body = serde_json::to_string(body).map_err(Refusal::fault)?;
        let granted = vec![
            Token::hash(token.expose()).into(),
            kind.into(),
            Val::text(self.actor().workspace),
            user.map_or(Val::Null(Kind::Text), Val::text),
            now.plus_seconds(seconds).micros().into(),
            body.into(),
        ];
        self.turn()?
            .execute(
                "delete from ticket where ends_at <= $1",
                &[now.micros().into()],
            )
            .await?;
        self.issue(&TICKET, granted, vec![("tries", Val::Int(0))])
            .await?;
        Ok(token)
    }

    /// Takes a ticket in: it is gone with this transaction. Nothing for one that never was, has
    /// expired, or was taken in before.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn take_ticket<T: DeserializeOwned>(
        &mut self,
        kind: &'static str,
        token: &str,
    ) -> Result<Option<Ticket<T>>, Refusal> {
        let found = self.ticket(kind, token, "").await?;
        let taken = self
            .end(
                &TICKET,
                "token_hash = $1 and kind = $2",
                &[Token::hash(token).into(), kind.into()],
            )
            .await?;
        // Two may have found it at once; one of them takes it.
        Ok(found.filter(|_| taken > 0))
    }

    /// Ends every ticket of a person: links in their letters, and sign-ins that wait for a second factor.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] but for the doorkeeper.
    pub async fn end_tickets_of(&mut self, user: UserId) -> Result<(), Refusal> {
        if self.actor().rights.role != Role::Doorkeeper {
            return Err(Refusal::Forbidden);
        }
        self.end(&TICKET, "user_id = $1", &[Val::text(user)])
            .await
            .map(drop)
    }

    /// Ends the tickets of a kind that somebody was given before: of a letter's links only the latest counts.
    pub(crate) async fn end_earlier_tickets(
        &mut self,
        kind: &'static str,
        user: UserId,
    ) -> Result<(), Refusal> {
        self.end(
            &TICKET,
            "user_id = $1 and kind = $2",
            &[Val::text(user), kind.into()],
        )
        .await
        .map(drop)
    }

    /// Counts a try with a ticket that may be tried so many times; nothing after that.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn try_ticket<T: DeserializeOwned>(
        &mut self,
        kind: &'static str,
        token: &str,
        most: i64,
    ) -> Result<Option<Ticket<T>>, Refusal> {
        let args = [Token::hash(token).into(), kind.into(), most.into()];
        self.turn()?.execute("update ticket set tries = tries + 1 where token_hash = $1 and kind = $2 and tries <= $3", &args).await?;
        self.ticket(kind, token, &format!(" and tries <= {most}"))
            .await
    }

    async fn ticket<T: DeserializeOwned>(
        &mut self,
        kind: &'static str,
        token: &str,
        more: &str,
    ) -> Result<Option<Ticket<T>>, Refusal> {
        let args = [
            Token::hash(token).into(),
            kind.into(),
            self.now().micros().into(),
        ];
        let sql = format!(
            "select {} from ticket where token_hash = $1 and kind = $2 and ends_at > $3{more}",
            TICKET.columns()
        );
        let rows = self.turn()?.rows(&sql, &args).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        if !self
            .read
            .inner
            .is_issued(&TICKET, row, self.read.now)
            .await?
        {
            return Ok(None);
        }
        let body = serde_json::from_str(row.text("body")?).map_err(Refusal::fault)?;
        Ok(Some(Ticket {
            workspace: parse(row.text("workspace_id")?)?,
            user: row.may_text("user_id")?.map(parse).transpose()?,
            body,
        }))
    }
}
