//! Everything of a workspace as one encrypted file (EN7): every version of every record with its
//! protected values in clear, and the audit log with what it takes to check it. The lines are
//! described in `docs/workspace-file.md`.
use crate::{
    Action, ExportEntries, ExportPlan, Gate, LogExport, Permission, Query, ReadTx, RecordKind,
    Refusal, Released, column::Class, gate::Inner, integrity::Body,
};
use async_trait::async_trait;
use interpres_policy::grant;
use interpres_store::{Row, Val};
use interpres_types::{Instant, KeyId, WorkspaceId};
use interpres_vault::{Place, SealFile, Secret};
use serde::Serialize;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};
use zeroize::Zeroizing;

/// The format's name, in the file's first line.
pub const WORKSPACE_FORMAT: &str = "interpres workspace 1";
/// Commands take five seconds at most; what is older than this is as it stays.
const SETTLED_SECONDS: i64 = 10;
const AT_A_TIME: i64 = 500;

/// Takes everything of the workspace away as one encrypted file, as it stood ten seconds ago.
#[derive(Clone, Copy, Debug)]
pub struct ExportWorkspace;

/// What will leave: fixed before the first byte does.
#[derive(Serialize)]
pub struct WorkspacePlan {
    /// As of when.
    pub as_of: Instant,
    /// How many versions of records, or how many records where only some are meant.
    pub versions: i64,
    /// What the file says at its end, so that somebody who says it has opened the file to its end.
    #[serde(skip)]
    receipt: String,
    #[serde(skip)]
    workspace: WorkspaceId,
    #[serde(skip)]
    only: Option<Vec<String>>,
    #[serde(skip)]
    log: Option<ExportPlan>,
}

/// What a file says at its end. It begins with letters, so that it is never taken for a card's number.
#[must_use]
pub fn fresh_receipt(random: [u8; 8]) -> String {
    format!("file-{:016x}", u64::from_be_bytes(random))
}

#[async_trait]
impl Query for ExportWorkspace {
    const ACTION: Action = Action::WorkspaceExport;
    const PERMISSION: Permission = Permission::ExportWorkspace;
    type View = WorkspacePlan;
    async fn answer(self, tx: &mut ReadTx) -> Result<WorkspacePlan, Refusal> {
        let receipt = fresh_receipt(interpres_vault::random());
        let log = ExportEntries::default().answer(tx).await?;
        Ok(WorkspacePlan {
            log: Some(log),
            ..tx.plan_export(None, receipt).await?
        })
    }
}

impl ReadTx {
    /// Plans a file of everything, or of some records only, by their ids.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for those who may not take such a file.
    pub async fn plan_export(
        &mut self,
        only: Option<Vec<(&'static str, String)>>,
        receipt: String,
    ) -> Result<WorkspacePlan, Refusal> {
        grant(self.actor.rights.role, Permission::ExportWorkspace).ok_or(Refusal::Forbidden)?;
        let (workspace, as_of) = (
            self.actor.workspace,
            self.now.plus_seconds(-SETTLED_SECONDS),
        );
        let versions = match &only {
            Some(records) => i64::try_from(records.len()).unwrap_or(i64::MAX),
            None => {
                let args = [self.scope.workspace.clone().into(), as_of.micros().into()];
                let rows = self.raw("select count(*) as n from record_version where workspace_id = $1 and at <= $2", &args).await?;
                rows.first().map_or(Ok(0), |row| row.int("n"))?
            }
        };
        self.touched
            .listed(usize::try_from(versions).unwrap_or(usize::MAX));
        for (kind, id) in only.iter().flatten() {
            self.touched.shown(kind, std::iter::once(id.clone()));
        }
        let only = only.map(|records| records.into_iter().map(|(_, id)| id).collect());
        Ok(WorkspacePlan {
            as_of,
            versions,
            receipt,
            workspace,
            only,
            log: None,
        })
    }
}

/// Which part is next.
enum Part {
    Begin,
    Accounts(String),
    Records(String, i64),
    Some(usize),
    Log(Box<LogExport>),
    End,
}

/// A file under way, a piece at a time.
pub struct WorkspaceExport {
    inner: Arc<Inner>,
    plan: WorkspacePlan,
    file: Option<SealFile>,
    header: Vec<u8>,
    part: Part,
    versions: u64,
    entries: u64,
}

impl Gate {
    /// Begins to send what was planned, sealed by a passphrase. Takes a tenth of a second: call it on
    /// a blocking thread.
    ///
    /// # Errors
    /// A fault when the passphrase can't be made into a key.
    pub fn begin_workspace_export(
        &self,
        plan: Released<WorkspacePlan>,
        passphrase: &str,
    ) -> Result<WorkspaceExport, Refusal> {
        let (file, header) = SealFile::begin(&Secret::Passphrase(passphrase))?;
        Ok(WorkspaceExport {
            inner: self.inner.clone(),
            plan: plan.into_inner(),
            file: Some(file),
            header,
            part: Part::Begin,
            versions: 0,
            entries: 0,
        })
    }
}

impl WorkspaceExport {
    /// A name for the file.
    #[must_use]
    pub fn file_name(&self) -> String {
        let stamp: String = self
            .plan
            .as_of
            .to_string()
            .chars()
            .filter(char::is_ascii_digit)
            .take(14)
            .collect();
        format!(
            "{}-{stamp}.sealed",
            if self.plan.only.is_some() {
                "records"
            } else {
                "workspace"
            }
        )
    }

    /// The next sealed piece; nothing after the last.
    ///
    /// # Errors
    /// A fault of a database. A file that is cut off does not open to its end.
    pub async fn next_piece(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        let mut plain = Zeroizing::new(Vec::new());
        let ended = matches!(self.part, Part::End);
        match std::mem::replace(&mut self.part, Part::End) {
            Part::Begin => self.begin(&mut plain).await?,
            Part::Accounts(after) => self.accounts(after, &mut plain).await?,
            Part::Records(record, version) => self.records(record, version, &mut plain).await?,
            Part::Some(done) => self.some(done, &mut plain).await?,
            Part::Log(log) => self.log(log, &mut plain).await?,
            Part::End => {}
        }
        let Some(mut file) = self.file.take() else {
            return Ok(None);
        };
        let mut out = std::mem::take(&mut self.header);
        if ended {
            line(
                &json!({ "end": { "versions": self.versions, "log_lines": self.entries, "receipt": self.plan.receipt } }),
                &mut plain,
            )?;
            out.extend(file.add(&plain)?);
            out.extend(file.end()?);
        } else {
            out.extend(file.add(&plain)?);
            self.file = Some(file);
        }
        Ok(Some(out))
    }

    async fn begin(&mut self, out: &mut Zeroizing<Vec<u8>>) -> Result<(), Refusal> {
        line(
            &json!({ "format": WORKSPACE_FORMAT, "workspace": self.plan.workspace.to_string(), "as_of": self.plan.as_of.to_string(), "whole": self.plan.only.is_none() }),
            out,
        )?;
        self.part = if self.plan.only.is_some() {
            Part::Some(0)
        } else {
            Part::Accounts(String::new())
        };
        Ok(())
    }

    async fn accounts(
        &mut self,
        after: String,
        out: &mut Zeroizing<Vec<u8>>,
    ) -> Result<(), Refusal> {
        let sql = "select a.id, a.email, a.name from user_account_row a join member_row m on m.user_id = a.id where m.workspace_id = $1 and a.id > $2 order by a.id limit 500";
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(sql, &[self.plan.workspace.to_string().into(), after.into()])
            .await?;
        for row in &rows {
            line(
                &json!({ "account": { "id": row.text("id")?, "email": row.text("email")?, "name": row.text("name")? } }),
                out,
            )?;
        }
        self.part = match rows.last() {
            Some(last) if rows.len() as i64 == AT_A_TIME => {
                Part::Accounts(last.text("id")?.to_owned())
            }
            _ => Part::Records(String::new(), 0),
        };
        Ok(())
    }

    async fn records(
        &mut self,
        record: String,
        version: i64,
        out: &mut Zeroizing<Vec<u8>>,
    ) -> Result<(), Refusal> {
        let sql = "select kind, record_id, version, at, actor, body from record_version
            where workspace_id = $1 and (record_id, version) > ($2, $3) and at <= $4 order by record_id, version limit 500";
        let args = [
            self.plan.workspace.to_string().into(),
            record.into(),
            version.into(),
            self.plan.as_of.micros().into(),
        ];
        self.inner.note_plan(sql, &args);
        let rows = self.inner.db.reader().await?.rows(sql, &args).await?;
        self.write(&rows, out).await?;
        match rows.last() {
            Some(last) if rows.len() as i64 == AT_A_TIME => {
                self.part = Part::Records(last.text("record_id")?.to_owned(), last.int("version")?)
            }
            _ => self.begin_log(),
        }
        Ok(())
    }

    fn begin_log(&mut self) {
        if let Some(plan) = self.plan.log.take() {
            self.part = Part::Log(Box::new(
                Gate {
                    inner: self.inner.clone(),
                }
                .begin_export(Released::of(plan)),
            ));
        }
    }

    async fn log(
        &mut self,
        mut log: Box<LogExport>,
        out: &mut Zeroizing<Vec<u8>>,
    ) -> Result<(), Refusal> {
        let Some(piece) = log.next_piece().await? else {
            return Ok(());
        };
        for text in piece.split(|b| *b == b'\n').filter(|text| !text.is_empty()) {
            out.extend_from_slice(b"{\"log\":");
            out.extend_from_slice(text);
            out.extend_from_slice(b"}\n");
            self.entries += 1;
        }
        self.part = Part::Log(log);
        Ok(())
    }

    async fn some(&mut self, done: usize, out: &mut Zeroizing<Vec<u8>>) -> Result<(), Refusal> {
        let ids: Vec<String> = self
            .plan
            .only
            .iter()
            .flatten()
            .skip(done)
            .take(64)
            .cloned()
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        self.part = Part::Some(done + ids.len());
        let mut args: Vec<Val> = vec![
            self.plan.workspace.to_string().into(),
            self.plan.as_of.micros().into(),
        ];
        let list = interpres_store::bind_list(&mut args, ids.into_iter().map(Val::from).collect());
        let sql = format!(
            "select kind, record_id, version, at, actor, body from record_version where workspace_id = $1 and at <= $2 and record_id in ({list}) order by record_id, version"
        );
        let rows = self.inner.db.reader().await?.rows(&sql, &args).await?;
        self.write(&rows, out).await
    }

    async fn write(&mut self, rows: &[Row], out: &mut Zeroizing<Vec<u8>>) -> Result<(), Refusal> {
        let bodies = rows
            .iter()
            .map(|row| serde_json::from_str(row.text("body")?).map_err(Refusal::fault))
            .collect::<Result<Vec<Body>, Refusal>>()?;
        let poison = self.inner.keys.poison(self.plan.workspace).await?;
        let keys: BTreeSet<KeyId> = bodies
            .iter()
            .filter_map(key_of)
            .filter(|key| !poison.contains(key))
            .collect();
        self.inner
            .keys
            .fetch(self.plan.workspace, keys.into_iter())
            .await?;
        for (row, body) in rows.iter().zip(bodies) {
            if key_of(&body).is_some_and(|key| poison.contains(&key)) {
                continue;
            }
            let Some(kind) = self.inner.kind(row.text("kind")?) else {
                continue;
            };
            let (id, at) = (row.text("record_id")?, Instant::from_micros(row.int("at")?));
            let body = self.in_clear(&kind, id, body)?;
            line(
                &json!({ "kind": kind.name, "id": id, "version": row.int("version")?, "at": at.to_string(), "actor": row.text("actor")?, "body": body }),
                out,
            )?;
            self.versions += 1;
        }
        Ok(())
    }

    /// A version's body with its sealed values opened, or said to be erased.
    fn in_clear(&self, kind: &RecordKind, id: &str, mut body: Body) -> Result<Body, Refusal> {
        let key = key_of(&body).and_then(|key| self.inner.keys.opened(key));
        body.remove("key_id");
        let workspace = self.plan.workspace.to_string();
        for spec in kind
            .columns
            .iter()
            .filter(|spec| spec.class != Class::Plain)
        {
            let Some(value) = body.get_mut(spec.name) else {
                continue;
            };
            let sealed = sealed_bytes(value)
                .ok_or_else(|| Refusal::fault("a version's body does not fit its record"))?;
            *value = match &key {
                Some(key) if !sealed.is_empty() => {
                    let place = Place {
                        workspace: &workspace,
                        table: kind.name,
                        column: spec.name,
                        row: id,
                    };
                    let plain = key.open_column(&place, &sealed)?;
                    json!({ "plain": std::str::from_utf8(&plain).map_err(Refusal::fault)? })
                }
                _ => json!({ "erased": true }),
            };
        }
        Ok(body)
    }
}

fn key_of(body: &Body) -> Option<KeyId> {
    body.get("key_id")?.as_str()?.parse().ok()
}

fn sealed_bytes(value: &Value) -> Option<Vec<u8>> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.decode(value.get("sealed")?.as_str()?).ok()
}

fn line(value: &Value, out: &mut Zeroizing<Vec<u8>>) -> Result<(), Refusal> {
    serde_json::to_writer(&mut **out, value).map_err(Refusal::fault)?;
    out.push(b'\n');
    Ok(())
}
