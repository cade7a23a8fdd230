//! What somebody has typed so far of something that is done in steps, so that each step is a page of its own address. It is
//! sealed for them, opens to nobody else, and is dropped when it is finished, when their access ends, or after half a day.
use crate::passage::{
    actor::Actor,
    gate::Gate,
    news::KEPT_MINUTES,
    once::KEPT_DAYS,
    perform::{Command, Granted},
    read_tx::ReadTx,
    refusal::Refusal,
    write_tx::WriteTx,
};
use async_trait::async_trait;
use interpres_policy::{Action, Permission};
use interpres_store::{Val, Write};
use interpres_types::{Rule, UserId};
use interpres_vault::{Key, Place};
use serde::Deserialize;
use std::{fmt, str::FromStr};

/// A draft waits no longer than a session lasts at most.
const LONGEST_WAIT_MINUTES: i64 = 12 * 60;
/// So many each person has at once; the oldest goes.
const EACH: i64 = 12;
const LARGEST: usize = 64 * 1024;

/// The name of a draft: one to 64 letters, digits, `-` and `_`. It says nothing of what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DraftId(String);

impl FromStr for DraftId {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let fits = (1..=64).contains(&raw.len())
            && raw
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        fits.then(|| Self(raw.to_owned()))
            .ok_or(Rule::new("must be the name of a draft"))
    }
}
impl TryFrom<String> for DraftId {
    type Error = Rule;
    fn try_from(raw: String) -> Result<Self, Rule> {
        raw.parse()
    }
}
impl fmt::Display for DraftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Does what a draft was for, and drops it in the same act: of two who finish one draft, the second is refused.
#[derive(Debug)]
pub struct FinishDraft<C> {
    /// Which.
    pub draft: DraftId,
    /// What it was for.
    pub command: C,
}

#[async_trait]
impl<C: Command> Command for FinishDraft<C> {
    const ACTION: Action = C::ACTION;
    const PERMISSION: Permission = C::PERMISSION;
    type Outcome = C::Outcome;
    async fn prepare(&mut self, tx: &mut ReadTx) -> Result<(), Refusal> {
        self.command.prepare(tx).await
    }
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<C::Outcome, Refusal> {
        if tx.drop_draft(&self.draft).await? == 0 {
            return Err(Refusal::conflict(
                "This was booked already, or it has waited for more than half a day. Look at the list before you go on.",
            ));
        }
        tx.then(self.command).await
    }
}

/// The sealed place of a draft: nobody else's row has the same.
fn sealed_as<R>(actor: &Actor, id: &DraftId, work: impl FnOnce(&Place<'_>) -> R) -> R {
    let (workspace, row) = (
        actor.workspace().to_string(),
        format!("{} {id}", actor.log_name()),
    );
    work(&Place {
        workspace: &workspace,
        table: "draft",
        column: "body",
        row: &row,
    })
}

fn found_by(actor: &Actor, id: &DraftId) -> Vec<Val> {
    vec![
        Val::text(actor.workspace()),
        actor.log_name().into(),
        Val::text(id),
    ]
}

impl WriteTx {
    /// Keeps what the actor has typed, under an id of theirs.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when it is more than any form holds; a fault of the database or the key store.
    pub async fn keep_draft(&mut self, id: &DraftId, text: &str) -> Result<(), Refusal> {
        if text.len() > LARGEST {
            return Err(Refusal::invalid("form", "is larger than can be kept"));
        }
        let key = self.read.draft_key().await?;
        let sealed = sealed_as(self.actor(), id, |place| key.seal(place, text.as_bytes()))?;
        let (now, mut args) = (self.now(), found_by(self.actor(), id));
        let whose = args.clone();
        args.extend([now.micros().into(), Val::Bytes(sealed)]);
        let turn = self.turn()?;
        let sql = "insert into draft (workspace_id, user_id, id, saved_at, body) values ($1, $2, $3, $4, $5)
            on conflict (workspace_id, user_id, id) do update set saved_at = excluded.saved_at, body = excluded.body";
        turn.execute(sql, &args).await?;
        // Of those that were saved in the same moment, this one stays.
        let sql = format!(
            "delete from draft where workspace_id = $1 and user_id = $2 and id <> $3 and id not in
             (select id from draft where workspace_id = $1 and user_id = $2 and id <> $3 order by saved_at desc, id limit {})",
            EACH - 1
        );
        turn.execute(&sql, &whose).await?;
        Ok(())
    }
    /// Drops a draft of the actor's; gives how many there were.
    async fn drop_draft(&mut self, id: &DraftId) -> Result<u64, Refusal> {
        let args = found_by(self.actor(), id);
        Ok(self
            .turn()?
            .execute(
                "delete from draft where workspace_id = $1 and user_id = $2 and id = $3",
                &args,
            )
            .await?)
    }
    /// Drops what a person has typed in this workspace.
    pub(crate) async fn drop_drafts_of(&mut self, user: UserId) -> Result<(), Refusal> {
        let args = [Val::text(self.actor().workspace()), Val::text(user)];
        self.turn()?
            .execute(
                "delete from draft where workspace_id = $1 and user_id = $2",
                &args,
            )
            .await?;
        Ok(())
    }
}

impl Gate {
    /// Drops, in all workspaces, the drafts that have waited for too long, the outcomes of requests that are no longer told again,
    /// and news that are older than ten minutes.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn drop_what_is_over(&self) -> Result<(), Refusal> {
        let before = |minutes: i64| vec![self.now().plus_minutes(-minutes).micros().into()];
        let mut statements = vec![
            Write::Statement(
                "delete from draft where saved_at < $1".into(),
                before(LONGEST_WAIT_MINUTES),
            ),
            Write::Statement(
                "delete from idempotency where at < $1".into(),
                before(KEPT_DAYS * 24 * 60),
            ),
        ];
        let old = self.now().plus_minutes(-KEPT_MINUTES).micros();
        statements.extend(self.inner.db.drop_news(old));
        Ok(self.inner.db.note(statements).wait().await?)
    }
}

impl ReadTx {
    /// What the actor has typed under this id; nothing where nothing waits.
    ///
    /// # Errors
    /// A fault of the database or the key store.
    pub async fn draft(&mut self, id: &DraftId) -> Result<Option<String>, Refusal> {
        let mut args = found_by(&self.actor, id);
        args.push(self.now.plus_minutes(-LONGEST_WAIT_MINUTES).micros().into());
        let rows = self.raw("select body from draft where workspace_id = $1 and user_id = $2 and id = $3 and saved_at >= $4", &args).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let key = self.draft_key().await?;
        let sealed = row.bytes("body")?;
        let Ok(plain) = sealed_as(&self.actor, id, |place| key.open(place, sealed)) else {
            return Ok(None);
        };
        String::from_utf8(plain.to_vec())
            .map(Some)
            .map_err(Refusal::fault)
    }
    /// The workspace's, so that its drafts end with it.
    async fn draft_key(&self) -> Result<Key, Refusal> {
        Ok(self
            .inner
            .keys
            .workspace(self.actor.workspace())
            .await?
            .checksum
            .derive("drafts"))
    }
}
