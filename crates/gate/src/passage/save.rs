//! Saving a record: its row, its version and one checksum for both, with a conflict where somebody was faster.
use crate::passage::{
    integrity::{Subject, body_of},
    news,
    record::{Record, RecordKind},
    refusal::{Conflict, LastSave, Refusal},
    write_tx::WriteTx,
};
use async_recursion::async_recursion as boxed;
use interpres_store::{Shape, Val, Write};
use interpres_types::Instant;

/// What saving gave.
#[derive(Clone, Copy, Debug)]
pub struct Saved<I> {
    /// The record's id.
    pub id: I,
    /// Its version now.
    pub version: i64,
}

pub(crate) static VERSION: Shape = Shape {
    table: "record_version",
    columns: &[
        "workspace_id",
        "kind",
        "record_id",
        "version",
        "entry_id",
        "at",
        "actor",
        "body",
        "checksum",
    ],
};

impl WriteTx {
    /// Saves a record: a new one with version 1, or the next version of one that was found in
    /// this transaction. The only writer of records.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when somebody saved it in between.
    #[boxed]
    pub async fn save<R: Record>(&mut self, record: &R) -> Result<Saved<R::Id>, Refusal> {
        let (saved, changed) = self.keep(record).await?;
        if !changed.is_empty() {
            self.read
                .touched
                .saved(R::NAME, record.id().to_string(), changed, saved.version);
        }
        Ok(saved)
    }

    /// As [`WriteTx::save`], without a word in the entry; gives the columns that changed.
    #[boxed]
    pub(crate) async fn keep<R: Record>(
        &mut self,
        record: &R,
    ) -> Result<(Saved<R::Id>, Vec<&'static str>), Refusal> {
        let (kind, workspace) = (RecordKind::of::<R>(), self.read.scope.workspace.clone());
        let key = record.key().and_then(|id| self.read.inner.keys.opened(id));
        let values = record.values(&workspace, key.as_ref())?;
        let (id, before, version) = (
            record.id().to_string(),
            record.version(),
            record.version() + 1,
        );
        let changed = if before == 0 {
            given(&kind, &values)
        } else {
            self.changed::<R>(&id, &values).await?
        };
        if before > 0 && changed.is_empty() {
            return Ok((
                Saved {
                    id: record.id(),
                    version: before,
                },
                changed,
            ));
        }
        self.write_row(
            &kind,
            &id,
            before,
            record.key().map(|key| key.to_string()),
            values,
        )
        .await?;
        Ok((
            Saved {
                id: record.id(),
                version,
            },
            changed,
        ))
    }

    /// Writes a row and its version, with one checksum for both: a new row, or the next version of
    /// the one that stands at `before`.
    #[boxed]
    pub(crate) async fn write_row(
        &mut self,
        kind: &RecordKind,
        id: &str,
        before: i64,
        key: Option<String>,
        values: Vec<Val>,
    ) -> Result<(), Refusal> {
        let workspace = self.read.scope.workspace.clone();
        let keys = self
            .read
            .inner
            .keys
            .workspace(self.read.actor.workspace)
            .await?;
        let body = body_of(kind, key.as_deref(), &values);
        let subject = Subject {
            workspace: &workspace,
            kind: kind.name,
            id,
            version: before + 1,
        };
        let sum = subject.sum(&keys, &body).to_vec();
        let news = news::of_record(&self.read.inner.kinds, kind, id, &values);
        let (sql, args) = if before == 0 {
            insert(
                kind,
                &workspace,
                id,
                subject.version,
                key,
                sum.clone(),
                values,
            )
        } else {
            update(kind, &workspace, id, before, key, sum.clone(), values)
        };
        if self.turn()?.execute(&sql, &args).await? != 1 {
            return Err(self.lost_update(kind, &workspace, id).await?);
        }
        self.add_version(&subject, body, sum).await?;
        self.news.extend(news);
        if kind.sealed {
            self.read
                .inner
                .names_at_work
                .saved(self.read.actor.workspace, id, self.read.now);
        }
        Ok(())
    }

    /// Which columns differ from what is stored. The caller found the record through the scope,
    /// so its row is read by key.
    async fn changed<R: Record>(
        &mut self,
        id: &str,
        values: &[Val],
    ) -> Result<Vec<&'static str>, Refusal> {
        let names: Vec<&str> = R::COLUMNS.iter().map(|c| c.name).collect();
        let sql = format!(
            "select {} from {}_row where workspace_id = $1 and id = $2",
            names.join(", "),
            R::NAME
        );
        let args = [self.read.scope.workspace.clone().into(), Val::from(id)];
        let rows = self.turn()?.rows(&sql, &args).await?;
        let Some(row) = rows.first() else {
            return Ok(names_of(&RecordKind::of::<R>()));
        };
        let same = |a: &Val, b: &Val| {
            a == b
                || (a.is_null() && b.is_null())
                || matches!((a, b), (Val::Bool(x), Val::Int(y)) | (Val::Int(y), Val::Bool(x)) if i64::from(*x) == *y)
        };
        let differs = |(spec, value): (&crate::passage::record::ColumnSpec, &Val)| {
            row.get(spec.name).map_or(Some(spec.name), |old| {
                (!same(old, value)).then_some(spec.name)
            })
        };
        Ok(R::COLUMNS.iter().zip(values).filter_map(differs).collect())
    }

    async fn lost_update(
        &mut self,
        kind: &RecordKind,
        workspace: &str,
        id: &str,
    ) -> Result<Refusal, Refusal> {
        let sql = format!(
            "select version from {}_row where workspace_id = $1 and id = $2",
            kind.name
        );
        let rows = self
            .turn()?
            .rows(&sql, &[workspace.into(), id.into()])
            .await?;
        let version = rows.first().map(|row| row.int("version")).transpose()?;
        Ok(Refusal::late(kind.name, id.to_owned(), version))
    }

    /// A conflict with who saved the record last.
    #[boxed]
    pub(crate) async fn who_saved(&mut self, mut conflict: Conflict) -> Result<Conflict, Refusal> {
        let (Some(record), Some(version)) = (conflict.record.take(), conflict.version) else {
            return Ok(conflict);
        };
        let sql = "select actor, at from record_version where workspace_id = $1 and kind = $2 and record_id = $3 and version = $4";
        let args = [
            self.read.scope.workspace.clone().into(),
            record.kind.into(),
            record.id.into(),
            version.into(),
        ];
        let rows = self.turn()?.rows(sql, &args).await?;
        let Some(row) = rows.first() else {
            return Ok(conflict);
        };
        let (actor, at) = (
            row.text("actor")?.to_owned(),
            Instant::from_micros(row.int("at")?),
        );
        let by = self
            .read
            .names_of(std::iter::once(actor.clone()))
            .await?
            .remove(&actor)
            .unwrap_or_else(|| "a program".to_owned());
        conflict.saved = Some(Box::new(LastSave { by, at }));
        Ok(conflict)
    }

    async fn add_version(
        &mut self,
        of: &Subject<'_>,
        body: String,
        sum: Vec<u8>,
    ) -> Result<(), Refusal> {
        let values = vec![
            of.workspace.into(),
            of.kind.into(),
            of.id.into(),
            of.version.into(),
            Val::text(self.entry),
            self.read.now.micros().into(),
            self.read.actor.log_name().into(),
            body.into(),
            sum.into(),
        ];
        Ok(self
            .turn()?
            .write(vec![Write::Row(&VERSION, values)])
            .await?)
    }

    /// Refuses when the caller's version of a record is not the one stored.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] with the version now.
    pub fn expect_version<R: Record>(
        &self,
        record: &R,
        expected: Option<i64>,
    ) -> Result<(), Refusal> {
        match expected {
            Some(version) if version != record.version() => Err(Refusal::late(
                R::NAME,
                record.id().to_string(),
                Some(record.version()),
            )),
            _ => Ok(()),
        }
    }
}

/// The columns that a new record was given; those that are empty say nothing.
fn given(kind: &RecordKind, values: &[Val]) -> Vec<&'static str> {
    kind.columns
        .iter()
        .zip(values)
        .filter(|(_, value)| !value.is_null())
        .map(|(spec, _)| spec.name)
        .collect()
}

fn names_of(kind: &RecordKind) -> Vec<&'static str> {
    kind.columns.iter().map(|c| c.name).collect()
}

pub(crate) fn insert(
    kind: &RecordKind,
    workspace: &str,
    id: &str,
    version: i64,
    key: Option<String>,
    sum: Vec<u8>,
    values: Vec<Val>,
) -> (String, Vec<Val>) {
    let mut columns = vec!["workspace_id", "id", "version", "checksum"];
    let mut args: Vec<Val> = vec![workspace.into(), id.into(), version.into(), sum.into()];
    if kind.sealed {
        columns.push("key_id");
        args.push(key.map_or(Val::Null(interpres_store::Kind::Text), Val::Text));
    }
    columns.extend(names_of(kind));
    args.extend(values);
    let binds: Vec<String> = (1..=args.len()).map(|n| format!("${n}")).collect();
    (
        format!(
            "insert into {}_row ({}) values ({})",
            kind.name,
            columns.join(", "),
            binds.join(", ")
        ),
        args,
    )
}

pub(crate) fn update(
    kind: &RecordKind,
    workspace: &str,
    id: &str,
    before: i64,
    key: Option<String>,
    sum: Vec<u8>,
    values: Vec<Val>,
) -> (String, Vec<Val>) {
    let mut args: Vec<Val> = vec![workspace.into(), id.into(), before.into(), sum.into()];
    let mut columns = names_of(kind);
    if kind.sealed {
        columns.insert(0, "key_id");
        args.push(key.map_or(Val::Null(interpres_store::Kind::Text), Val::Text));
    }
    args.extend(values);
    let sets: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(i, column)| format!("{column} = ${}", i + 5))
        .collect();
    let sql = format!(
        "update {}_row set version = version + 1, checksum = $4, {} where workspace_id = $1 and id = $2 and version = $3",
        kind.name,
        sets.join(", ")
    );
    (sql, args)
}
