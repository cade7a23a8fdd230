//! The log as a file. One entry tells of the export before its first byte leaves; then it
//! streams, however long it is.
use crate::ledger::{
    export_pages::{AT_A_TIME, FROM, Pages, Written},
    list_entries::ListEntries,
    log::LogHead,
    prove_entry::head,
};
use crate::passage::{
    gate::Gate,
    read_tx::ReadTx,
    refusal::Refusal,
    view::{Query, Released},
};
use async_trait::async_trait;
use interpres_audit_log::{EXPORT_FORMAT, ExportHeader};
use interpres_policy::Action;
use interpres_types::{Field, Problems};
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
    /// What sort of act: read, list, create, change, erase, export, door.
    pub kind: Field,
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
    pub(crate) head: LogHead,
    #[serde(skip)]
    pub(crate) header: ExportHeader,
    #[serde(skip)]
    pub(crate) filter: crate::passage::filter::Filter,
}

#[async_trait]
impl Query for ExportEntries {
    const ACTION: Action = Action::AuditExport;
    type View = ExportPlan;
    async fn answer(self, tx: &mut ReadTx) -> Result<ExportPlan, Refusal> {
        let mut p = Problems::none();
        let form = p.may("form", &self.form).unwrap_or(ExportForm::Ndjson);
        let asked = ListEntries {
            actor: self.actor,
            action: self.action,
            kind: self.kind,
            record: self.record,
            outcome: self.outcome,
            from: self.from,
            to: self.to,
            ..ListEntries::default()
        };
        let (mut filter, words, head) = (asked.filter(tx, p)?, asked.in_words(), head(tx).await?);
        filter.and("l.number < ?", i64::try_from(head.size).unwrap_or(i64::MAX));
        let complete = words.is_empty();
        let entries = if complete {
            head.size
        } else {
            count(tx, &filter).await?
        };
        tx.touched
            .listed(usize::try_from(entries).unwrap_or(usize::MAX));
        let header = ExportHeader {
            format: EXPORT_FORMAT.to_owned(),
            workspace: tx.actor().workspace().to_string(),
            made_at: tx.now().to_string(),
            checkpoint: head.checkpoint.clone(),
            handovers: head.handovers.clone(),
            complete,
            filter: words,
        };
        Ok(ExportPlan {
            form,
            entries,
            complete,
            head,
            header,
            filter,
        })
    }
}

async fn count(tx: &mut ReadTx, filter: &crate::passage::filter::Filter) -> Result<u64, Refusal> {
    let rows = tx
        .raw(
            &format!(
                "select count(*) as n from {FROM} where l.workspace_id = $1 and {}",
                filter.sql
            ),
            &filter.args,
        )
        .await?;
    Ok(rows
        .first()
        .map_or(Ok(0), |row| row.int("n"))?
        .unsigned_abs())
}

/// An export under way: a piece at a time, never the whole in memory, and no connection held
/// between the pieces: whoever downloads slowly is in nobody's way.
pub struct LogExport {
    pages: Arc<Pages>,
    begun: bool,
    /// The pages after the one that was sent, on their way while that one leaves.
    ahead: VecDeque<JoinHandle<Result<Written, Refusal>>>,
    /// Where the page after those begins; nothing after the last.
    next: Option<u64>,
    sent: u64,
}

impl Drop for LogExport {
    fn drop(&mut self) {
        self.ahead.iter().for_each(JoinHandle::abort);
    }
}

/// Pages on their way at once. Of a part of the log nobody knows where a page ends before it is there.
const AHEAD: usize = 4;

impl Gate {
    /// Begins to send what was planned. The plan was released, so its entry is in the log.
    #[must_use]
    pub fn begin_export(&self, plan: Released<ExportPlan>) -> LogExport {
        let pages = Arc::new(Pages::of(&self.inner, plan.into_inner()));
        LogExport {
            pages,
            begun: false,
            ahead: VecDeque::new(),
            next: Some(0),
            sent: 0,
        }
    }
}

impl LogExport {
    /// The form.
    #[must_use]
    pub fn form(&self) -> ExportForm {
        self.pages.plan.form
    }
    /// A name for the file: what it is and when it was made.
    #[must_use]
    pub fn file_name(&self) -> String {
        let stamp: String = self
            .pages
            .plan
            .header
            .made_at
            .chars()
            .filter(char::is_ascii_digit)
            .take(14)
            .collect();
        format!(
            "audit-{stamp}.{}",
            if self.form() == ExportForm::Csv {
                "csv"
            } else {
                "ndjson"
            }
        )
    }
    /// The next piece; nothing after the last.
    ///
    /// # Errors
    /// A fault of the database. A file that ends without its last line shows that it was cut off.
    pub async fn next_piece(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        if !self.begun {
            self.begun = true;
            self.begin_pages();
            return self.pages.first_line().map(Some);
        }
        let Some(page) = self.ahead.pop_front() else {
            return Ok(None);
        };
        let mut page = page.await.map_err(Refusal::fault)??;
        if !self.pages.plan.complete {
            self.next = page
                .last
                .filter(|_| page.entries == AT_A_TIME)
                .map(|number| number + 1);
        }
        self.begin_pages();
        self.sent += page.entries;
        if self.ahead.is_empty() {
            page.lines.extend(self.pages.last_line(self.sent)?);
        }
        Ok(Some(page.lines))
    }

    /// Has the next pages written. The whole log has a line for every number, so where each begins is known.
    fn begin_pages(&mut self) {
        let (complete, size) = (self.pages.plan.complete, self.pages.plan.head.size);
        while self.ahead.len() < if complete { AHEAD } else { 1 } {
            let Some(from) = self.next.take() else { return };
            self.ahead
                .push_back(tokio::spawn(self.pages.clone().write(from)));
            self.next = Some(from + AT_A_TIME).filter(|next| complete && *next < size);
        }
    }
}
