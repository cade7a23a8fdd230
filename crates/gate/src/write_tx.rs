use crate::{Class, Notice, Phi, ReadTx, Record, Refusal, Sensitive, read_tx::Lane, refusal::Conflict};
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_store::{Shape, Turn, Val, Write};
use interpres_types::{EntryId, Id, KeyId, NoticeId, UserId};
use interpres_vault::{checksum, random};
use std::ops::{Deref, DerefMut};

/// Proof that the policy said yes to changing, and the only way to change. Everything that was
/// saved, its versions, its notices and its entry in the log commit together or not at all.
pub struct WriteTx {
    pub(crate) read: ReadTx,
    pub(crate) entry: EntryId,
}

impl Deref for WriteTx {
    type Target = ReadTx;
    fn deref(&self) -> &ReadTx {
        &self.read
    }
}
impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut ReadTx {
        &mut self.read
    }
}

/// What saving gave.
#[derive(Clone, Copy, Debug)]
pub struct Saved<I> {
    /// The record's id.
    pub id: I,
    /// Its version now.
    pub version: i64,
}

static VERSION: Shape =
    Shape { table: "record_version", columns: &["workspace_id", "kind", "record_id", "version", "entry_id", "at", "actor", "body", "checksum"] };
static NOTICE: Shape = Shape { table: "notice_row", columns: &["workspace_id", "id", "version", "user_id", "at", "kind", "text", "path"] };

impl WriteTx {
    pub(crate) fn turn(&mut self) -> Result<&mut Turn, Refusal> {
        match &mut self.read.lane {
            Lane::Write(turn) => Ok(turn),
            Lane::Read(_) => Err(Refusal::fault("a write without a turn")),
        }
    }

    /// A new id.
    #[must_use]
    pub fn mint<I: Id>(&self) -> I {
        I::mint(self.read.now, &random())
    }
    /// Random bytes for tokens.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        random()
    }
    /// The id of a fresh key for a new sealed record.
    ///
    /// # Errors
    /// When the key store can't be used.
    pub async fn new_key(&mut self) -> Result<Option<KeyId>, Refusal> {
        let (workspace, now) = (self.read.actor.workspace, self.read.now);
        self.read.inner.keys.fresh(workspace, now).await.map(Some)
    }

    /// Waits until no other command acts on this name. For rules that look beyond one record.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn alone(&mut self, name: impl std::fmt::Display) -> Result<(), Refusal> {
        let name = format!("{}/{name}", self.read.scope.workspace);
        Ok(self.turn()?.alone(&name).await?)
    }

    /// Saves a record: a new one with version 1, or the next version of one that was found in
    /// this transaction. The only writer of records.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when somebody saved it in between.
    pub async fn save<R: Record>(&mut self, record: &R) -> Result<Saved<R::Id>, Refusal> {
        let workspace = self.read.scope.workspace.clone();
        let key = record.key().and_then(|id| self.read.inner.keys.opened(id));
        let values = record.values(&workspace, key.as_ref())?;
        let (id, before, version) = (record.id().to_string(), record.version(), record.version() + 1);
        let changed = if before == 0 { R::COLUMNS.iter().map(|c| c.name).collect() } else { self.changed::<R>(&id, &values).await? };
        if before > 0 && changed.is_empty() {
            return Ok(Saved { id: record.id(), version: before });
        }
        let body = body::<R>(record.key(), &values);
        let (sql, args) = if before == 0 { insert::<R>(&workspace, &id, record.key(), values) } else { update::<R>(&workspace, &id, before, values) };
        if self.turn()?.execute(&sql, &args).await? != 1 {
            return Err(self.lost_update::<R>(&workspace, &id).await?);
        }
        self.add_version::<R>(&workspace, &id, version, body).await?;
        self.read.touched.changed(R::NAME, id, changed);
        Ok(Saved { id: record.id(), version })
    }

    /// Which columns differ from what is stored. The caller found the record through the scope,
    /// so its row is read by key.
    async fn changed<R: Record>(&mut self, id: &str, values: &[Val]) -> Result<Vec<&'static str>, Refusal> {
        let names: Vec<&str> = R::COLUMNS.iter().map(|c| c.name).collect();
        let sql = format!("select {} from {}_row where workspace_id = $1 and id = $2", names.join(", "), R::NAME);
        let args = [self.read.scope.workspace.clone().into(), Val::from(id)];
        let rows = self.turn()?.rows(&sql, &args).await?;
        let Some(row) = rows.first() else { return Ok(names_of::<R>()) };
        let same = |a: &Val, b: &Val| {
            a == b || (a.is_null() && b.is_null()) || matches!((a, b), (Val::Bool(x), Val::Int(y)) | (Val::Int(y), Val::Bool(x)) if i64::from(*x) == *y)
        };
        let differs = |(spec, value): (&crate::ColumnSpec, &Val)| row.get(spec.name).map_or(Some(spec.name), |old| (!same(old, value)).then_some(spec.name));
        Ok(R::COLUMNS.iter().zip(values).filter_map(differs).collect())
    }

    async fn lost_update<R: Record>(&mut self, workspace: &str, id: &str) -> Result<Refusal, Refusal> {
        let sql = format!("select version from {}_row where workspace_id = $1 and id = $2", R::NAME);
        let rows = self.turn()?.rows(&sql, &[workspace.into(), id.into()]).await?;
        let version = rows.first().map(|row| row.int("version")).transpose()?;
        let message = "Somebody else changed this in the meantime. Look at it again before you save.".to_owned();
        Ok(Refusal::Conflict(Conflict { message, version, allowed: Vec::new() }))
    }

    async fn add_version<R: Record>(&mut self, workspace: &str, id: &str, version: i64, body: String) -> Result<(), Refusal> {
        let keys = self.read.inner.keys.workspace(self.read.actor.workspace).await?;
        let sum = checksum(&keys.checksum, &[workspace.as_bytes(), R::NAME.as_bytes(), id.as_bytes(), &version.to_be_bytes(), body.as_bytes()]);
        let values = vec![
            workspace.into(),
            R::NAME.into(),
            id.into(),
            version.into(),
            Val::text(self.entry),
            self.read.now.micros().into(),
            self.read.actor.log_name().into(),
            body.into(),
            sum.to_vec().into(),
        ];
        Ok(self.turn()?.write(vec![Write::Row(&VERSION, values)]).await?)
    }

    /// A protected value for a record that had one before: the same plain text keeps its
    /// ciphertext, so that saving it again changes nothing.
    ///
    /// # Errors
    /// When the old value does not open.
    pub fn renew<T: Sensitive>(&self, old: Option<Phi<T>>, new: Option<Phi<T>>) -> Result<Option<Phi<T>>, Refusal> {
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (old, new),
            (_, new) => return Ok(new),
        };
        let plain = old.as_sealed().map(|sealed| self.read.open(sealed)).transpose()?.flatten();
        let same = plain.is_some() && plain == new.as_fresh().map(ToString::to_string);
        Ok(Some(if same { old } else { new }))
    }

    /// Puts a notice into somebody's bell, with the commit.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn notify(&mut self, user: UserId, notice: Notice) -> Result<(), Refusal> {
        let id: NoticeId = self.mint();
        let values = vec![
            self.read.scope.workspace.clone().into(),
            Val::text(id),
            1.into(),
            Val::text(user),
            self.read.now.micros().into(),
            notice.kind.into(),
            notice.text.into(),
            notice.path.into(),
        ];
        Ok(self.turn()?.write(vec![Write::Row(&NOTICE, values)]).await?)
    }

    /// Refuses when the caller's version of a record is not the one stored.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] with the version now.
    pub fn expect_version<R: Record>(&self, record: &R, expected: Option<i64>) -> Result<(), Refusal> {
        match expected {
            Some(version) if version != record.version() => {
                let message = "Somebody else changed this in the meantime. Look at it again before you save.".to_owned();
                Err(Refusal::Conflict(Conflict { message, version: Some(record.version()), allowed: Vec::new() }))
            }
            _ => Ok(()),
        }
    }
}

fn names_of<R: Record>() -> Vec<&'static str> {
    R::COLUMNS.iter().map(|c| c.name).collect()
}

fn insert<R: Record>(workspace: &str, id: &str, key: Option<KeyId>, values: Vec<Val>) -> (String, Vec<Val>) {
    let mut columns = vec!["workspace_id", "id", "version"];
    let mut args: Vec<Val> = vec![workspace.into(), id.into(), 1.into()];
    if R::SEALED {
        columns.push("key_id");
        args.push(key.map(Val::text).unwrap_or(Val::Null(interpres_store::Kind::Text)));
    }
    columns.extend(names_of::<R>());
    args.extend(values);
    let binds: Vec<String> = (1..=args.len()).map(|n| format!("${n}")).collect();
    (format!("insert into {}_row ({}) values ({})", R::NAME, columns.join(", "), binds.join(", ")), args)
}

fn update<R: Record>(workspace: &str, id: &str, before: i64, values: Vec<Val>) -> (String, Vec<Val>) {
    let sets: Vec<String> = R::COLUMNS.iter().enumerate().map(|(i, c)| format!("{} = ${}", c.name, i + 4)).collect();
    let mut args: Vec<Val> = vec![workspace.into(), id.into(), before.into()];
    args.extend(values);
    (format!("update {}_row set version = version + 1, {} where workspace_id = $1 and id = $2 and version = $3", R::NAME, sets.join(", ")), args)
}

/// A version's body: every column by name, sealed ones as they are sealed.
fn body<R: Record>(key: Option<KeyId>, values: &[Val]) -> String {
    let mut map = serde_json::Map::new();
    if let Some(key) = key {
        map.insert("key_id".to_owned(), key.to_string().into());
    }
    for (spec, value) in R::COLUMNS.iter().zip(values) {
        let json = match value {
            Val::Null(_) => serde_json::Value::Null,
            Val::Text(text) => text.clone().into(),
            Val::Int(n) => (*n).into(),
            Val::Bool(b) => (*b).into(),
            Val::Bytes(bytes) => serde_json::json!({ if spec.class == Class::Plain { "bytes" } else { "sealed" }: STANDARD.encode(bytes) }),
        };
        map.insert(spec.name.to_owned(), json);
    }
    serde_json::Value::Object(map).to_string()
}
