//! What somebody has typed so far of something that is done in steps, so that each step is a page of its own address. It is
//! sealed for them, opens to nobody else, and is let go after half a day.
use crate::{Actor, ReadTx, Refusal, WriteTx};
use interpres_store::Val;
use interpres_vault::Place;

/// A draft waits no longer than a session lasts at most.
const LONGEST_WAIT_MINUTES: i64 = 12 * 60;
/// So many each person has at once; the oldest goes.
const EACH: i64 = 12;
const LARGEST: usize = 64 * 1024;

/// The sealed place of a draft: nobody else's row has the same.
fn sealed_as<R>(actor: &Actor, id: &str, work: impl FnOnce(&Place<'_>) -> R) -> R {
    let (workspace, row) = (actor.workspace().to_string(), format!("{} {id}", actor.log_name()));
    work(&Place { workspace: &workspace, table: "draft", column: "body", row: &row })
}

fn found_by(actor: &Actor, id: &str) -> Vec<Val> {
    vec![Val::text(actor.workspace()), actor.log_name().into(), id.into()]
}

impl WriteTx {
    /// Keeps what the actor has typed, under an id of theirs.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when it is more than any form holds; a fault of the database or the key store.
    pub async fn keep_draft(&mut self, id: &str, text: &str) -> Result<(), Refusal> {
        if text.len() > LARGEST || id.len() > 100 {
            return Err(Refusal::invalid("form", "is larger than can be kept"));
        }
        let key = self.read.inner.form_key().await?;
        let sealed = sealed_as(self.actor(), id, |place| key.seal(place, text.as_bytes()))?;
        let (now, mut args) = (self.now(), found_by(self.actor(), id));
        let whose = args.clone();
        args.extend([now.micros().into(), Val::Bytes(sealed)]);
        let turn = self.turn()?;
        turn.execute("delete from draft where saved_at < $1", &[now.plus_minutes(-LONGEST_WAIT_MINUTES).micros().into()]).await?;
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
    /// Lets a draft of the actor's go.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn drop_draft(&mut self, id: &str) -> Result<(), Refusal> {
        let args = found_by(self.actor(), id);
        self.turn()?.execute("delete from draft where workspace_id = $1 and user_id = $2 and id = $3", &args).await?;
        Ok(())
    }
}

impl ReadTx {
    /// What the actor has typed under this id; nothing where nothing waits.
    ///
    /// # Errors
    /// A fault of the database or the key store.
    pub async fn draft(&mut self, id: &str) -> Result<Option<String>, Refusal> {
        let mut args = found_by(&self.actor, id);
        args.push(self.now.plus_minutes(-LONGEST_WAIT_MINUTES).micros().into());
        let rows = self.raw("select body from draft where workspace_id = $1 and user_id = $2 and id = $3 and saved_at >= $4", &args).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let key = self.inner.form_key().await?;
        let plain = sealed_as(&self.actor, id, |place| key.open(place, row.bytes("body")?).map_err(Refusal::fault))?;
        String::from_utf8(plain.to_vec()).map(Some).map_err(Refusal::fault)
    }
}
