//! The keys of records: minted ahead, fetched a list at a time, and in memory for as long as they are used.
use crate::passage::{
    keyring::{KeyRing, held, place},
    refusal::Refusal,
    warnings::Warning,
};
use async_recursion::async_recursion as boxed;
use interpres_store::{Shape, Val, Write, bind_list};
use interpres_types::{Id, Instant, KeyId, WorkspaceId};
use interpres_vault::{Key, SealError, random};
use std::collections::{HashMap, HashSet};

const MINTED_AHEAD: usize = 256;

const KEYS_IN_MEMORY: usize = 50_000;

/// Record keys in memory. They go in two steps, so that one that was fetched for a request stays
/// until the request is done with it.
#[derive(Default)]
pub(crate) struct Opened {
    fresh: HashMap<KeyId, Key>,
    going: HashMap<KeyId, Key>,
    /// Those that were asked for and found destroyed; a destroyed key never comes back.
    destroyed: HashSet<KeyId>,
}

impl Opened {
    fn step(&mut self) {
        self.going = std::mem::take(&mut self.fresh);
    }

    pub(crate) fn get(&self, id: KeyId) -> Option<&Key> {
        self.fresh.get(&id).or_else(|| self.going.get(&id))
    }
}

impl KeyRing {
    /// A fresh record key that is on disk already: keys are minted ahead in batches, so that a
    /// new record costs no second sync. Unused ones harm nobody.
    #[boxed]
    pub(crate) async fn fresh(
        &self,
        workspace: WorkspaceId,
        now: Instant,
    ) -> Result<KeyId, Refusal> {
        let mut ready = self.ready.lock().await;
        let stock = ready.entry(workspace).or_default();
        if stock.is_empty() {
            stock.extend(self.mint(workspace, now).await?);
        }
        let id = stock.pop().ok_or_else(|| Refusal::fault(SealError))?;
        drop(ready);
        // It may have lain in stock for longer than keys stay in memory.
        self.fetch(workspace, std::iter::once(id)).await?;
        Ok(id)
    }

    /// Lets go of the keys in stock, so that the next ones are fresh.
    #[boxed]
    pub(crate) async fn drop_stock(&self, workspace: WorkspaceId) {
        self.ready.lock().await.remove(&workspace);
    }

    /// A key that nobody has a reason to open: opening it raises an alarm.
    #[boxed]
    pub(crate) async fn fresh_poison(
        &self,
        workspace: WorkspaceId,
        now: Instant,
    ) -> Result<KeyId, Refusal> {
        let (name, above, id, own) = (
            workspace.to_string(),
            self.workspace(workspace).await?,
            KeyId::mint(now, &random()),
            Key::generate(),
        );
        let (number, key) = above.current()?;
        let wrapped = key.wrap(&place(&name, "record", &id.to_string()), &own)?;
        let mut turn = self.db.turn().await?;
        let args = [name.into(), Val::text(id), wrapped.into(), (*number).into()];
        turn.execute("insert into record_key (workspace_id, id, wrapped, above, poison) values ($1, $2, $3, $4, 1)", &args).await?;
        self.keep(turn).await?;
        self.remember(vec![(id, own)]);
        Ok(id)
    }

    /// Lets go of a key that was opened to seal with it.
    pub(crate) fn let_go(&self, id: KeyId) {
        let mut records = held(&self.records);
        records.fresh.remove(&id);
        records.going.remove(&id);
    }

    /// A workspace's keys that nobody has a reason to open: whoever goes through everything for a good
    /// reason leaves them out.
    #[boxed]
    pub(crate) async fn poison(&self, workspace: WorkspaceId) -> Result<HashSet<KeyId>, Refusal> {
        let sql = "select id from record_key where workspace_id = $1 and poison = 1 order by id limit 100";
        let rows = self
            .db
            .reader()
            .await?
            .rows(sql, &[Val::text(workspace)])
            .await?;
        Ok(rows
            .iter()
            .filter_map(|row| row.text("id").ok()?.parse().ok())
            .collect())
    }

    /// Makes keys in stock. Another process may have rotated the workspace's key since we read it:
    /// then nothing is wrapped by the old one, which may be gone soon.
    async fn mint(&self, workspace: WorkspaceId, now: Instant) -> Result<Vec<KeyId>, Refusal> {
        static SHAPE: Shape = Shape {
            table: "record_key",
            columns: &["workspace_id", "id", "wrapped", "above"],
        };
        let name = workspace.to_string();
        for _ in 0..3 {
            let above = self.workspace(workspace).await?;
            let (number, key) = above.current()?;
            let (mut ids, mut writes, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..MINTED_AHEAD {
                let (id, own) = (KeyId::mint(now, &random()), Key::generate());
                let row = id.to_string();
                let wrapped = key.wrap(&place(&name, "record", &row), &own)?;
                writes.push(Write::Row(
                    &SHAPE,
                    vec![
                        name.clone().into(),
                        row.into(),
                        wrapped.into(),
                        (*number).into(),
                    ],
                ));
                fresh.push((id, own));
                ids.push(id);
            }
            let mut turn = self.db.turn().await?;
            turn.alone(&name).await?;
            let args = [
                name.clone().into(),
                (*number).into(),
                i64::try_from(MINTED_AHEAD).unwrap_or(i64::MAX).into(),
            ];
            let ours = turn.execute("update workspace_key set seals = seals + $3 where workspace_id = $1 and number = $2", &args).await?;
            if ours == 0 {
                turn.undo().await?;
                self.forget(workspace);
                continue;
            }
            turn.write(writes).await?;
            self.keep(turn).await?;
            self.remember(fresh);
            return Ok(ids);
        }
        Err(Refusal::TooSoon(1))
    }

    fn remember(&self, keys: Vec<(KeyId, Key)>) {
        let mut records = held(&self.records);
        if records.fresh.len() + keys.len() > KEYS_IN_MEMORY {
            records.step();
        }
        records.fresh.extend(keys);
    }

    /// Fetches the keys of a list in one query, so that revealing needs no waiting.
    pub(crate) async fn fetch(
        &self,
        workspace: WorkspaceId,
        wanted: impl Iterator<Item = KeyId>,
    ) -> Result<(), Refusal> {
        let missing: HashSet<KeyId> = {
            let records = held(&self.records);
            wanted
                .filter(|id| !records.fresh.contains_key(id))
                .collect()
        };
        let missing: Vec<KeyId> = missing.into_iter().collect();
        for some in missing.chunks(256) {
            self.fetch_some(workspace, some).await?;
        }
        Ok(())
    }

    async fn fetch_some(&self, workspace: WorkspaceId, ids: &[KeyId]) -> Result<(), Refusal> {
        let name = workspace.to_string();
        let mut args: Vec<Val> = vec![name.clone().into()];
        let list = bind_list(&mut args, ids.iter().map(Val::text).collect());
        let sql = format!(
            "select id, wrapped, above, poison from record_key where workspace_id = $1 and id in ({list})"
        );
        let rows = self.db.reader().await?.rows(&sql, &args).await?;
        let mut above = self.workspace(workspace).await?;
        let mut opened = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, number) = (row.text("id")?, row.int("above")?);
            if row.int("poison")? == 1 {
                self.warnings.add(workspace, Warning::Decoy);
            }
            if above.numbered(number).is_none() {
                // Another process has rotated the workspace's key since we read it.
                self.forget(workspace);
                above = self.workspace(workspace).await?;
            }
            // One that was changed past us is as good as gone: whoever asks for it finds it closed, and tells of it.
            let key = above.numbered(number).and_then(|wrapping| {
                wrapping
                    .unwrap(&place(&name, "record", id), row.bytes("wrapped").ok()?)
                    .ok()
            });
            match key.zip(id.parse().ok()) {
                Some((key, id)) => opened.push((id, key)),
                None => {
                    tracing::error!(%workspace, key = id, "a record's key in the key store was changed outside Interpres")
                }
            }
        }
        let found: HashSet<KeyId> = opened.iter().map(|(id, _)| *id).collect();
        self.remember(opened);
        let destroyed = self
            .destroyed(
                workspace,
                ids.iter().copied().filter(|id| !found.contains(id)),
            )
            .await?;
        held(&self.records).destroyed.extend(destroyed);
        Ok(())
    }

    /// One step towards letting go of every opened record key: another process may have destroyed
    /// some of them. After the second they are gone.
    pub(crate) fn forget_opened(&self) {
        held(&self.records).step();
    }

    /// Whether a record's key that was fetched was found destroyed, which is not the same as missing.
    pub(crate) fn was_destroyed(&self, id: KeyId) -> bool {
        held(&self.records).destroyed.contains(&id)
    }

    /// A record's key, when it was fetched and has not been destroyed.
    pub(crate) fn opened(&self, id: KeyId) -> Option<Key> {
        held(&self.records).get(id).cloned()
    }
}
