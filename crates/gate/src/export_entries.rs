//! The log as a file. One entry tells of the export before its first byte leaves; then it
//! streams, however long it is.
use crate::{
    Action, Gate, ListEntries, LogHead, Permission, Query, ReadTx, Refusal, Released, entry::stored, fhir, gate::Inner, log::origin, prove_entry::head,
    tree::Tree,
};
use interpres_audit_log::{EXPORT_FORMAT, Entry, ExportEnd, ExportHeader, ExportLine, Hash};
use interpres_store::Row;
use interpres_types::{Field, Problems, harmless_cell};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::VecDeque, sync::Arc};
use tokio::task::JoinHandle;

crate::words! {
    /// The forms an export can have.
    ExportForm, "must be ndjson, csv or fhir" {
        /// One JSON object a line, with what an outsider needs to check it.
        Ndjson = "ndjson", "NDJSON with proofs";
        /// A table.
        Csv = "csv", "CSV";
        /// One FHIR R4 AuditEvent a line.
        Fhir = "fhir", "FHIR R4 AuditEvent";
    }
}

/// Which entries to take away, and in which form.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ExportEntries {
    /// ndjson (unless said), csv or fhir.
    pub form: Field,
    /// A person's user id.
    pub actor: Field,
    /// An action's name.
    pub action: Field,
    /// A record's id.
    pub record: Field,
    /// How it ended: done, refused, fault.
    pub outcome: Field,
    /// From this day on, in the workspace's zone.
    pub from: Field,
    /// Until this day, in the workspace's zone.
    pub to: Field,
}

/// What will leave: fixed before the first byte does.
#[derive(Debug, Serialize)]
pub struct ExportPlan {
    /// The form.
    pub form: ExportForm,
    /// How many entries.
    pub entries: u64,
    /// Whether they are the whole log.
    pub complete: bool,
    #[serde(skip)]
    head: LogHead,
    #[serde(skip)]
    header: ExportHeader,
    #[serde(skip)]
    filter: crate::Filter,
}

impl Query for ExportEntries {
    const ACTION: Action = Action::AuditExport;
    const PERMISSION: Permission = Permission::ExportAudit;
    type View = ExportPlan;
    async fn answer(self, tx: &mut ReadTx) -> Result<ExportPlan, Refusal> {
        let mut p = Problems::none();
        let form = p.may("form", &self.form).unwrap_or(ExportForm::Ndjson);
        let asked = ListEntries {
            actor: self.actor,
            action: self.action,
            record: self.record,
            outcome: self.outcome,
            from: self.from,
            to: self.to,
            ..ListEntries::default()
        };
        let (mut filter, words, head) = (asked.filter(tx, p)?, asked.in_words(), head(tx).await?);
        filter.and("l.number < ?", i64::try_from(head.size).unwrap_or(i64::MAX));
        let complete = words.is_empty();
        let entries = if complete { head.size } else { count(tx, &filter).await? };
        tx.touched.listed(usize::try_from(entries).unwrap_or(usize::MAX));
        let header = ExportHeader {
            format: EXPORT_FORMAT.to_owned(),
            workspace: tx.actor().workspace().to_string(),
            made_at: tx.now().to_string(),
            checkpoint: head.checkpoint.clone(),
            handovers: head.handovers.clone(),
            complete,
            filter: words,
        };
        Ok(ExportPlan { form, entries, complete, head, header, filter })
    }
}

const FROM: &str = "audit_leaf l join audit_entry e on e.workspace_id = l.workspace_id and e.id = l.entry_id";

async fn count(tx: &mut ReadTx, filter: &crate::Filter) -> Result<u64, Refusal> {
    let rows = tx.raw(&format!("select count(*) as n from {FROM} where l.workspace_id = $1 and {}", filter.sql), &filter.args).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.int("n"))?.unsigned_abs())
}

/// An export under way: a piece at a time, never the whole in memory, and no connection held
/// between the pieces: whoever downloads slowly is in nobody's way.
pub struct LogExport {
    inner: Arc<Inner>,
    plan: ExportPlan,
    begun: bool,
    /// The pages after the one that was sent, on their way while that one is written out.
    pages: VecDeque<JoinHandle<Result<Vec<Row>, Refusal>>>,
    /// Where the page after those begins; nothing after the last.
    next: Option<u64>,
    tree: Tree,
    sent: u64,
}

impl Drop for LogExport {
    fn drop(&mut self) {
        self.pages.iter().for_each(JoinHandle::abort);
    }
}

const AT_A_TIME: i64 = 2_000;
/// Pages on their way at once. Of a part of the log nobody knows where a page ends before it is there.
const AHEAD: usize = 2;
const MOST_BY_INDEX: u64 = 10_000;
const COLUMNS: [&str; 13] = ["number", "at", "actor", "name", "role", "action", "outcome", "reason", "records", "listed", "address", "agent", "session"];

impl Gate {
    /// Begins to send what was planned. The plan was released, so its entry is in the log.
    #[must_use]
    pub fn begin_export(&self, plan: Released<ExportPlan>) -> LogExport {
        let plan = plan.into_inner();
        let tree = Tree::of(&self.inner, &plan.header.workspace, plan.head.size);
        LogExport { inner: self.inner.clone(), tree, plan, begun: false, pages: VecDeque::new(), next: Some(0), sent: 0 }
    }
}

impl LogExport {
    /// The form.
    #[must_use]
    pub const fn form(&self) -> ExportForm {
        self.plan.form
    }
    /// A name for the file: what it is and when it was made.
    #[must_use]
    pub fn file_name(&self) -> String {
        let stamp: String = self.plan.header.made_at.chars().filter(char::is_ascii_digit).take(14).collect();
        format!("audit-{stamp}.{}", if self.plan.form == ExportForm::Csv { "csv" } else { "ndjson" })
    }
    /// The next piece; nothing after the last.
    ///
    /// # Errors
    /// A fault of the database. A file that ends without its last line shows that it was cut off.
    pub async fn next_piece(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        if !self.begun {
            self.begun = true;
            self.fetch_ahead();
            return self.first().map(Some);
        }
        let Some(page) = self.pages.pop_front() else { return Ok(None) };
        let rows = page.await.map_err(Refusal::fault)??;
        if !self.plan.complete {
            let last = rows.last().filter(|_| rows.len() as i64 == AT_A_TIME);
            self.next = last.map(|row| row.int("number")).transpose()?.map(|number| number.unsigned_abs() + 1);
        }
        self.fetch_ahead();
        let mut out = Vec::with_capacity(rows.len() * 512);
        for row in &rows {
            self.write(row, &mut out).await?;
        }
        self.sent += rows.len() as u64;
        if self.pages.is_empty() && self.plan.form == ExportForm::Ndjson {
            line(&ExportEnd { entries: self.sent }, &mut out)?;
        }
        Ok(Some(out))
    }

    fn first(&self) -> Result<Vec<u8>, Refusal> {
        let mut out = Vec::new();
        match self.plan.form {
            ExportForm::Ndjson => line(&self.plan.header, &mut out)?,
            ExportForm::Csv => csv_row(COLUMNS, &mut out)?,
            ExportForm::Fhir => {}
        }
        Ok(out)
    }

    /// Has the next pages fetched. The whole log has a line for every number, so where each begins is known.
    fn fetch_ahead(&mut self) {
        let ahead = if self.plan.complete { AHEAD } else { 1 };
        while self.pages.len() < ahead {
            let Some(from) = self.next.take() else { return };
            self.pages.push_back(self.fetch(from));
            let next = from + AT_A_TIME.unsigned_abs();
            self.next = Some(next).filter(|next| self.plan.complete && *next < self.plan.head.size);
        }
    }

    fn fetch(&self, from: u64) -> JoinHandle<Result<Vec<Row>, Refusal>> {
        let mut filter = crate::Filter { sql: self.plan.filter.sql.clone(), args: self.plan.filter.args.clone() };
        if self.plan.entries > MOST_BY_INDEX {
            // An index on the person or the act would find all of them for every page and sort
            // them by number; walking the numbers finds each once.
            for column in ["e.actor", "e.action", "e.trouble"] {
                filter.sql = filter.sql.replace(&format!("{column} = "), &format!("coalesce({column}, {column}) = "));
            }
        }
        filter.and("l.number >= ?", i64::try_from(from).unwrap_or(i64::MAX));
        let most = filter.bind(AT_A_TIME);
        // Only the table for people shows names.
        let (name, members) = match self.plan.form {
            ExportForm::Csv => (", m.name", " left join member_row m on m.workspace_id = e.workspace_id and m.user_id = e.actor"),
            ExportForm::Ndjson | ExportForm::Fhir => ("", ""),
        };
        let sql =
            format!("select l.number, l.hash, e.leaf{name} from {FROM}{members} where l.workspace_id = $1 and {} order by l.number limit {most}", filter.sql);
        self.inner.note_plan(&sql, &filter.args);
        let inner = self.inner.clone();
        tokio::spawn(async move { Ok(inner.db.reader().await?.rows(&sql, &filter.args).await?) })
    }

    async fn write(&mut self, row: &Row, out: &mut Vec<u8>) -> Result<(), Refusal> {
        let (number, leaf) = (row.int("number")?.unsigned_abs(), row.bytes("leaf")?);
        let text = std::str::from_utf8(leaf).map_err(Refusal::fault)?;
        match self.plan.form {
            ExportForm::Ndjson => {
                let hash: Hash = row.bytes("hash")?.try_into().map_err(|_| Refusal::fault("a stored hash has not its length"))?;
                let proof = if self.plan.complete { Vec::new() } else { self.tree.inclusion(number).await? };
                line(&ExportLine::new(number, &hash, text, &proof), out)
            }
            ExportForm::Csv => {
                let entry = stored(row)?;
                table_row(number, &entry, row.may_text("name")?.unwrap_or_default(), out)
            }
            ExportForm::Fhir => {
                let entry = stored(row)?;
                line(&fhir::audit_event(&entry, &origin(&self.plan.header.workspace)), out)
            }
        }
    }
}

fn line(value: &impl Serialize, out: &mut Vec<u8>) -> Result<(), Refusal> {
    serde_json::to_writer(&mut *out, value).map_err(Refusal::fault)?;
    out.push(b'\n');
    Ok(())
}

fn table_row(number: u64, entry: &Entry, name: &str, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let records: Vec<String> =
        entry.records.iter().map(|r| format!("{} {}{}{}", r.kind, r.id, told(" saw ", &r.revealed), told(" changed ", &r.changed))).collect();
    let listed = entry.listed.map(|n| n.to_string()).unwrap_or_default();
    let may = |text: &Option<String>| text.clone().unwrap_or_default();
    let cells = [
        number.to_string(),
        entry.at.clone(),
        entry.actor.clone(),
        name.to_owned(),
        entry.role.clone(),
        entry.action.clone(),
        entry.outcome.word().to_owned(),
        may(&entry.reason),
        records.join("; "),
        listed,
        may(&entry.address),
        may(&entry.agent),
        may(&entry.session),
    ];
    csv_row(cells.into_iter().map(harmless_cell), out)
}

fn csv_row(cells: impl IntoIterator<Item = impl AsRef<[u8]>>, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(cells).map_err(Refusal::fault)?;
    writer.flush().map_err(Refusal::fault)
}

fn told(word: &str, fields: &[String]) -> String {
    if fields.is_empty() { String::new() } else { format!("{word}{}", fields.join(", ")) }
}
