//! A workspace's sealed file under way, a piece at a time.
use crate::keeping::export_workspace::{WORKSPACE_FORMAT, WorkspacePlan};
use crate::ledger::export_entries::LogExport;
use crate::passage::{
    gate::{Gate, Inner},
    refusal::Refusal,
    view::Released,
};
use interpres_store::{Shared, Val};
use interpres_vault::{SealFile, Secret};
use serde_json::{Value, json};
use zeroize::Zeroizing;

const AT_A_TIME: i64 = 500;

/// Which stage of the export is next.
enum ExportStage {
    Begin,
    Accounts(String),
    Records(String, i64),
    Some(usize),
    Log(Box<LogExport>),
    End,
}

/// A file under way, a piece at a time.
pub struct WorkspaceExport {
    pub(crate) inner: Shared<Inner>,
    pub(crate) plan: WorkspacePlan,
    pub(crate) file: Option<SealFile>,
    header: Vec<u8>,
    part: ExportStage,
    pub(crate) versions: u64,
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
            part: ExportStage::Begin,
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
        let ended = matches!(self.part, ExportStage::End);
        match std::mem::replace(&mut self.part, ExportStage::End) {
            ExportStage::Begin => self.begin(&mut plain).await?,
            ExportStage::Accounts(after) => self.accounts(after, &mut plain).await?,
            ExportStage::Records(record, version) => {
                self.records(record, version, &mut plain).await?
            }
            ExportStage::Some(done) => self.some(done, &mut plain).await?,
            ExportStage::Log(log) => self.log(log, &mut plain).await?,
            ExportStage::End => {}
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
            ExportStage::Some(0)
        } else {
            ExportStage::Accounts(String::new())
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
                ExportStage::Accounts(last.text("id")?.to_owned())
            }
            _ => ExportStage::Records(String::new(), 0),
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
                self.part =
                    ExportStage::Records(last.text("record_id")?.to_owned(), last.int("version")?)
            }
            _ => self.begin_log(),
        }
        Ok(())
    }

    fn begin_log(&mut self) {
        if let Some(plan) = self.plan.log.take() {
            self.part = ExportStage::Log(Box::new(
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
        self.part = ExportStage::Log(log);
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
        self.part = ExportStage::Some(done + ids.len());
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
}

pub(crate) fn line(value: &Value, out: &mut Zeroizing<Vec<u8>>) -> Result<(), Refusal> {
    serde_json::to_writer(&mut **out, value).map_err(Refusal::fault)?;
    out.push(b'\n');
    Ok(())
}
