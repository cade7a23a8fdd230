//! Letters: what leaves by mail. A letter is a notice, so it can't hold PHI; it commits with the act
//! that it tells of, and is sent afterwards, again and again until it is taken. A link in it is made
//! only when it is sent, so that none waits anywhere.
use crate::identity::pass::LETTER;
use crate::passage::{
    gate::Gate,
    notice::Notice,
    perform::{Command, Granted},
    refusal::Refusal,
    stored_id::parse,
    write_tx::WriteTx,
};
use async_trait::async_trait;
use interpres_policy::Action;
use interpres_store::{Kind, StoreError, Val};
use interpres_types::{Email, INSTALLATION, NoticeId, PageLanguage, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};

/// A ticket that is issued when the letter is sent. A person has one of each kind at a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Link {
    kind: String,
    user: Option<UserId>,
    body: String,
    seconds: i64,
}

/// A letter to one address.
#[derive(Debug)]
pub struct Letter {
    to: Email,
    notice: Notice,
    link: Option<Link>,
}

/// Kinds of tickets that letters carry.
pub const LINK_KINDS: [&str; 5] = [
    "address-new",
    "address-old",
    "invitation",
    "recovery",
    "reset",
];

impl Letter {
    /// A letter that says what a notice says and leads where it leads. The notice's kind is its subject.
    #[must_use]
    pub const fn new(to: Email, notice: Notice) -> Self {
        Self {
            to,
            notice,
            link: None,
        }
    }

    /// With a ticket at the end of its address.
    #[must_use]
    pub fn with_ticket(
        mut self,
        kind: &'static str,
        user: Option<UserId>,
        body: &str,
        seconds: i64,
    ) -> Self {
        self.link = Some(Link {
            kind: kind.to_owned(),
            user,
            body: body.to_owned(),
            seconds,
        });
        self
    }
}

/// A letter that is ready to go.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadyLetter {
    /// Its id.
    pub id: NoticeId,
    /// To whom.
    pub to: Email,
    /// Its subject.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// Where it leads: a path of ours, with its ticket.
    pub path: String,
    /// The language that whoever it goes to has chosen.
    pub language: Option<PageLanguage>,
}

impl WriteTx {
    /// Puts a letter into the outbox, with the commit.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn post(&mut self, letter: Letter) -> Result<(), Refusal> {
        let now = self.now().micros();
        let link = letter
            .link
            .map(|link| serde_json::to_string(&link))
            .transpose()
            .map_err(Refusal::fault)?;
        let granted = vec![
            Val::text(self.actor().workspace()),
            Val::text(self.mint::<NoticeId>()),
            Val::text(letter.to),
            letter.notice.kind.into(),
            letter.notice.text.into(),
            letter.notice.path.into(),
            link.map_or(Val::Null(Kind::Text), Val::Text),
            now.into(),
        ];
        self.issue(
            &LETTER,
            granted,
            vec![("next_at", now.into()), ("tries", Val::Int(0))],
        )
        .await
    }
}

const AT_ONCE: usize = 20;
const MOST_TRIES: i64 = 12;

/// The language that whoever has a letter's address has chosen, in the letter's workspace before others.
const CHOSEN: &str = "(select m.language from user_account_row u join member_row m on m.user_id = u.id
      where u.workspace_id = $3 and u.email = letter.address and m.language is not null and m.ended_at is null
      order by case when m.workspace_id = $1 then 0 else 1 end, m.id limit 1) as language";

/// Gives out letters that are due. Whoever takes them has five minutes, twice as long at each try.
pub struct TakeLetters;

#[async_trait]
impl Command for TakeLetters {
    const ACTION: Action = Action::LettersSend;
    type Outcome = Vec<ReadyLetter>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Vec<ReadyLetter>, Refusal> {
        tx.alone("letters").await?;
        let (now, workspace) = (tx.now(), Val::text(tx.actor().workspace()));
        let sql = format!(
            "select {}, tries, {CHOSEN} from letter where workspace_id = $1 and next_at is not null and next_at <= $2 order by next_at limit {AT_ONCE}",
            LETTER.columns()
        );
        let rows = tx
            .turn()?
            .rows(
                &sql,
                &[
                    workspace.clone(),
                    now.micros().into(),
                    Val::text(INSTALLATION),
                ],
            )
            .await?;
        let mut ready = Vec::new();
        for row in rows {
            let (id, tries) = (row.text("id")?.to_owned(), row.int("tries")?);
            if !tx.read.inner.is_issued(&LETTER, &row, now).await? {
                let sql = "update letter set next_at = null, trouble = 'It was put here past Interpres.' where workspace_id = $1 and id = $2";
                tx.turn()?
                    .execute(sql, &[workspace.clone(), id.into()])
                    .await?;
                continue;
            }
            let mut path = row.text("path")?.to_owned();
            if let Some(link) = row.may_text("ticket")? {
                let link: Link = serde_json::from_str(link).map_err(Refusal::fault)?;
                let kind = LINK_KINDS
                    .iter()
                    .find(|kind| **kind == link.kind)
                    .ok_or_else(|| Refusal::fault("a letter with a ticket of no kind"))?;
                if let Some(user) = link.user {
                    tx.end_earlier_tickets(kind, user).await?;
                }
                let token = tx
                    .issue_ticket(kind, link.user, &link.body, link.seconds)
                    .await?;
                path = format!("{path}/{}", token.expose());
            }
            let next = if tries + 1 >= MOST_TRIES {
                Val::Null(Kind::Int)
            } else {
                now.plus_seconds(300 << tries).micros().into()
            };
            tx.turn()?
                .execute("update letter set tries = tries + 1, next_at = $3 where workspace_id = $1 and id = $2", &[workspace.clone(), id.clone().into(), next])
                .await?;
            ready.push(ReadyLetter {
                id: parse(&id)?,
                to: parse(row.text("address")?)?,
                subject: row.text("subject")?.to_owned(),
                text: row.text("text")?.to_owned(),
                path,
                language: row.may_text("language")?.and_then(|tag| tag.parse().ok()),
            });
        }
        Ok(ready)
    }
}

/// Notes which letters were taken by the mail server and which were not.
pub struct NoteLetters {
    /// Each with what went wrong, if something did.
    pub outcomes: Vec<(NoticeId, Option<String>)>,
}

#[async_trait]
impl Command for NoteLetters {
    const ACTION: Action = Action::LettersSend;
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<usize, Refusal> {
        let (now, workspace) = (tx.now(), Val::text(tx.actor().workspace()));
        let mut sent = 0;
        for (id, trouble) in self.outcomes {
            let (sql, value) = match trouble {
                Some(trouble) => (
                    "update letter set trouble = $3 where workspace_id = $1 and id = $2",
                    Val::Text(trouble.chars().take(200).collect()),
                ),
                None => {
                    sent += 1;
                    (
                        "update letter set sent_at = $3, next_at = null, trouble = null where workspace_id = $1 and id = $2",
                        now.micros().into(),
                    )
                }
            };
            tx.turn()?
                .execute(sql, &[workspace.clone(), Val::text(id), value])
                .await?;
        }
        Ok(sent)
    }
}

impl Gate {
    /// The workspaces in which letters are due.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn with_letters(&self) -> Result<Vec<WorkspaceId>, Refusal> {
        let sql = "select distinct workspace_id from letter where next_at is not null and next_at <= $1 limit 100";
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(sql, &[self.now().micros().into()])
            .await?;
        rows.iter()
            .map(|row| parse(row.text("workspace_id")?))
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }
}
