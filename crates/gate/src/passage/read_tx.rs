use crate::passage::{
    actor::Actor,
    entry::Touched,
    filter::Filter,
    gate::Inner,
    integrity::{Subject, is_true},
    page::Page,
    record::{Record, RecordKind},
    refusal::Refusal,
};
use async_recursion::async_recursion as boxed;
use interpres_policy::{Action, Grant, Permission};
use interpres_store::{Reader, Row, Scope, Shared, Turn, Val, bind_list, scoped};
use interpres_types::{Id, Instant, KeyId};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) enum Lane {
    /// A connection, from the first statement on.
    Read(Option<Reader>),
    Write(Turn),
}

/// Proof that the policy said yes to looking, and the only way to look. Whoever holds one sees
/// the rows its scope reaches; the others are not there.
pub struct ReadTx {
    pub(crate) lane: Lane,
    pub(crate) inner: Shared<Inner>,
    pub(crate) actor: Actor,
    pub(crate) grant: Grant,
    pub(crate) scope: Scope,
    pub(crate) now: Instant,
    pub(crate) touched: Touched,
}

impl ReadTx {
    /// Whether the actor may do something else as part of what they are doing, and has proved for it
    /// what it asks for.
    ///
    /// # Errors
    /// As [`Gate::perform`](crate::passage::gate::Gate::perform) for it.
    pub fn also_permits<C: crate::passage::perform::Command>(&self) -> Result<(), Refusal> {
        self.granted::<C>().map(drop)
    }

    /// What the policy grants for another command that is a part of this one.
    pub(crate) fn granted<C: crate::passage::perform::Command>(&self) -> Result<Grant, Refusal> {
        self.actor.permitted(C::ACTION, C::PERMISSION, self.now)
    }

    /// When this transaction happens.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// Who is asking.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// How far the permission reaches.
    #[must_use]
    pub const fn reach(&self) -> interpres_policy::Reach {
        self.grant.reach
    }

    /// From here on reaches no further, and opens no more, than another permission does as well; gives
    /// the grant of before.
    pub(crate) fn narrow(
        &mut self,
        action: Action,
        permission: Permission,
    ) -> Result<Grant, Refusal> {
        let (before, grant) = (
            self.grant,
            self.actor.permitted(action, permission, self.now)?,
        );
        self.go_by(Grant {
            reach: grant.reach.min(before.reach),
            fields: grant.fields.min(before.fields),
        });
        Ok(before)
    }

    /// From here on goes by this grant.
    pub(crate) fn go_by(&mut self, grant: Grant) {
        self.grant = grant;
        self.scope = self.actor.scope(grant, self.inner.facts);
    }

    /// The rows a statement gives, within the scope. The statement speaks of scoped names only.
    ///
    /// # Errors
    /// A fault when the statement does not fit.
    #[boxed]
    pub async fn rows(&mut self, sql: &str, args: Vec<Val>) -> Result<Vec<Row>, Refusal> {
        let (text, args) = scoped(sql, args, &self.scope, &self.inner.names)?;
        self.raw(&text, &args).await
    }

    #[boxed]
    pub(crate) async fn raw(&mut self, sql: &str, args: &[Val]) -> Result<Vec<Row>, Refusal> {
        self.inner.note_plan(sql, args);
        let rows = match &mut self.lane {
            Lane::Read(Some(reader)) => reader.rows(sql, args).await,
            Lane::Read(lane) => {
                lane.insert(self.inner.db.reader().await?)
                    .rows(sql, args)
                    .await
            }
            Lane::Write(turn) => turn.rows(sql, args).await,
        };
        Ok(rows?)
    }

    /// Gives the connection back until the next statement, before something that takes its own:
    /// whoever holds one and waits for another may wait for ever.
    pub(crate) fn rest(&mut self) {
        if let Lane::Read(lane) = &mut self.lane {
            *lane = None;
        }
    }

    /// The records of a kind for which the rest of the statement holds; `rest` begins after
    /// `from <name>`. Their keys are fetched along.
    ///
    /// # Errors
    /// A fault when the statement does not fit.
    #[boxed]
    pub async fn list<R: Record>(&mut self, rest: &str, args: Vec<Val>) -> Result<Vec<R>, Refusal> {
        self.list_as(R::NAME, rest, args).await
    }

    /// A page of the records that pass a filter, the latest first.
    ///
    /// # Errors
    /// A fault when the filter does not fit.
    #[boxed]
    pub async fn latest<R: Record>(
        &mut self,
        filter: Filter,
        limit: usize,
    ) -> Result<Page<R>, Refusal> {
        let Filter { sql, args } = filter.page("id desc", limit);
        Ok(Page::cut(
            self.list(&sql, args).await?,
            limit,
            |record: &R| record.id().to_string(),
        ))
    }

    /// As [`ReadTx::list`], under another scoped name of the same table: for rules that must see
    /// beyond the actor's own rows.
    ///
    /// # Errors
    /// A fault when the statement does not fit.
    #[boxed]
    pub async fn list_as<R: Record>(
        &mut self,
        name: &str,
        rest: &str,
        args: Vec<Val>,
    ) -> Result<Vec<R>, Refusal> {
        let sql = format!("select {} from {name} {rest}", R::SELECT);
        let rows = self.rows(&sql, args).await?;
        self.decode(&rows).await
    }

    /// Records that stand beside what is shown or changed and are told with it: the entry speaks of that alone.
    ///
    /// # Errors
    /// A fault when the statement does not fit.
    #[boxed]
    pub async fn beside<R: Record>(
        &mut self,
        name: &str,
        rest: &str,
        args: Vec<Val>,
    ) -> Result<Vec<R>, Refusal> {
        let sql = format!("select {} from {name} {rest}", R::SELECT);
        let rows = self.rows(&sql, args).await?;
        self.believe(&rows).await
    }

    async fn decode<R: Record>(&mut self, rows: &[Row]) -> Result<Vec<R>, Refusal> {
        let records: Vec<R> = self.believe(rows).await?;
        self.touched.listed(records.len());
        if matches!(self.lane, Lane::Read(_)) {
            self.touched.shown(
                R::NAME,
                records.iter().map(|record| record.id().to_string()),
            );
        }
        Ok(records)
    }

    /// The records of rows that are what was saved, with their keys open.
    async fn believe<R: Record>(&mut self, rows: &[Row]) -> Result<Vec<R>, Refusal> {
        let records = self
            .decode_each(rows)
            .await?
            .into_iter()
            .flatten()
            .collect();
        Ok(records)
    }

    /// A record for each row, and nothing for a bad one: it is left out and told of, and the others stand.
    #[boxed]
    pub(crate) async fn decode_each<R: Record>(
        &mut self,
        rows: &[Row],
    ) -> Result<Vec<Option<R>>, Refusal> {
        let (kind, workspace) = (RecordKind::of::<R>(), self.scope.workspace.clone());
        let keys = self.inner.keys.workspace(self.actor.workspace).await?;
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            if !is_true(&kind, row, &workspace, &keys).unwrap_or(false) {
                self.found_changed(&kind, row);
                records.push(None);
                continue;
            }
            let record = self.as_shown::<R>(row).and_then(|row| R::load(&row, &workspace)).inspect_err(|e| {
                tracing::error!(kind = kind.name, error = %e, "a record can't be read, although it is what was saved");
            });
            records.push(record.ok());
        }
        if R::SEALED {
            let keys: Vec<KeyId> = records.iter().flatten().filter_map(Record::key).collect();
            self.inner
                .keys
                .fetch(self.actor.workspace, keys.into_iter())
                .await?;
            records
                .iter()
                .flatten()
                .for_each(|record| self.miss_key(record));
        }
        Ok(records)
    }

    /// A row that is not what was saved is never shown: it is told of, and soon out of sight.
    fn found_changed(&self, kind: &RecordKind, row: &Row) {
        let (id, version) = (
            row.text("id").unwrap_or("-"),
            row.int("version").unwrap_or(0),
        );
        tracing::error!(
            kind = kind.name,
            id,
            "a record does not have its checksum: it was changed outside Interpres"
        );
        drop(self.inner.db.note(vec![
                Subject {
                    workspace: &self.scope.workspace,
                    kind: kind.name,
                    id,
                    version,
                }
                .incident("row", self.now),
            ]));
    }

    /// A record whose key does not open is shown without what it seals, and told of.
    fn miss_key<R: Record>(&self, record: &R) {
        if record.key().is_some_and(|key| {
            self.inner.keys.opened(key).is_none() && !self.inner.keys.was_destroyed(key)
        }) {
            let id = record.id().to_string();
            let subject = Subject {
                workspace: &self.scope.workspace,
                kind: R::NAME,
                id: &id,
                version: record.version(),
            };
            drop(self.inner.db.note(vec![subject.key_incident(self.now)]));
        }
    }

    /// The record with this id. Finding is authorising: outside the scope it is not there.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    #[boxed]
    pub async fn find<R: Record>(&mut self, id: R::Id) -> Result<R, Refusal> {
        self.may_find(id).await?.ok_or(Refusal::NotFound)
    }

    /// The record with this id, if it is there.
    ///
    /// # Errors
    /// A fault when the row does not fit.
    #[boxed]
    pub async fn may_find<R: Record>(&mut self, id: R::Id) -> Result<Option<R>, Refusal> {
        let sql = format!("select {} from {} where id = $1", R::SELECT, R::NAME);
        let rows = self.rows(&sql, vec![Val::text(id)]).await?;
        let found = self.decode(&rows).await?.pop();
        if found.is_none() && !rows.is_empty() {
            return Err(Refusal::fault(
                "a record does not have its checksum: it was changed outside Interpres and is taken out of sight",
            ));
        }
        match &found {
            Some(_) => self.touched.seen(R::NAME, id.to_string()),
            None => self.touched.missed(R::NAME, id.to_string()),
        }
        Ok(found)
    }

    /// How many rows a condition holds for; `rest` begins after `from <name>`.
    ///
    /// # Errors
    /// A fault when the statement does not fit.
    #[boxed]
    pub async fn count<R: Record>(&mut self, rest: &str, args: Vec<Val>) -> Result<i64, Refusal> {
        let rows = self
            .rows(
                &format!("select count(*) as n from {} {rest}", R::NAME),
                args,
            )
            .await?;
        Ok(rows.first().map_or(Ok(0), |row| row.int("n"))?)
    }

    /// Notes that a record was shown, where it was read without [`ReadTx::find`].
    pub fn saw(&mut self, kind: &'static str, id: impl Id) {
        self.touched.seen(kind, id.to_string());
    }

    /// Names of people by user id, as far as they are members of the workspace, in one query.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn names_of(
        &mut self,
        users: impl Iterator<Item = String>,
    ) -> Result<BTreeMap<String, String>, Refusal> {
        let mut out = BTreeMap::new();
        let users: Vec<String> = users.collect::<BTreeSet<_>>().into_iter().collect();
        for some in users.chunks(64) {
            let mut args: Vec<Val> = vec![self.scope.workspace.clone().into()];
            let list = bind_list(&mut args, some.iter().map(|id| id.clone().into()).collect());
            let sql = format!(
                "select user_id, name from member_row where workspace_id = $1 and user_id in ({list})"
            );
            for row in self.raw(&sql, &args).await? {
                out.insert(
                    row.text("user_id")?.to_owned(),
                    row.text("name")?.to_owned(),
                );
            }
        }
        Ok(out)
    }
}
