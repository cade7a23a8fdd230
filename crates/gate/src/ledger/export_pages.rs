//! Pages of an exported log: fetched and written out.
use crate::ledger::{
    export_entries::{ExportForm, ExportPlan},
    fhir,
    log::origin,
    tree::Tree,
};
use crate::passage::{entry, filter::Filter, gate::Inner, refusal::Refusal};
use interpres_audit_log::{Entry, ExportEnd, ExportLine, Hash};
use interpres_store::{Row, Shared};
use interpres_types::harmless_cell;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The numbered entries of a workspace.
pub(crate) const FROM: &str =
    "audit_leaf l join audit_entry e on e.workspace_id = l.workspace_id and e.id = l.entry_id";
/// Entries in a page.
pub(crate) const AT_A_TIME: u64 = 500;
const MOST_BY_INDEX: u64 = 10_000;
const COLUMNS: [&str; 13] = [
    "number", "at", "actor", "name", "role", "action", "outcome", "reason", "records", "listed",
    "address", "agent", "session",
];

/// Where the pages of an export come from.
pub(crate) struct Pages {
    inner: Shared<Inner>,
    pub(crate) plan: ExportPlan,
    tree: Mutex<Tree>,
}

/// A page as it leaves.
pub(crate) struct Written {
    pub(crate) lines: Vec<u8>,
    pub(crate) entries: u64,
    /// The number of the last entry.
    pub(crate) last: Option<u64>,
}

/// An entry of a page.
struct ExportedEntry<'a> {
    number: u64,
    hash: &'a Hash,
    leaf: &'a str,
    name: &'a str,
}

impl ExportedEntry<'_> {
    fn entry(&self) -> Result<Entry, Refusal> {
        entry::parsed(self.leaf.as_bytes())
    }
}

impl Pages {
    pub(crate) fn of(inner: &Shared<Inner>, plan: ExportPlan) -> Self {
        let tree = Tree::of(inner, &plan.header.workspace, plan.head.size);
        Self {
            inner: inner.clone(),
            plan,
            tree: Mutex::new(tree),
        }
    }

    /// What stands before the first entry.
    pub(crate) fn first_line(&self) -> Result<Vec<u8>, Refusal> {
        match self.plan.form {
            ExportForm::Ndjson => json_lines([&self.plan.header]),
            ExportForm::Csv => csv_rows([Ok(COLUMNS)]),
            ExportForm::Fhir => Ok(Vec::new()),
        }
    }

    /// What stands after the last of so many entries.
    pub(crate) fn last_line(&self, entries: u64) -> Result<Vec<u8>, Refusal> {
        match self.plan.form {
            ExportForm::Ndjson => json_lines([ExportEnd { entries }]),
            ExportForm::Csv | ExportForm::Fhir => Ok(Vec::new()),
        }
    }

    /// The page that begins with this number.
    pub(crate) async fn write(self: Arc<Self>, from: u64) -> Result<Written, Refusal> {
        let row = self.fetch(from).await?;
        let page = lines(&row)?;
        let lines =
            match self.plan.form {
                ExportForm::Ndjson => {
                    let mut proofs = Vec::with_capacity(page.len());
                    for line in &page {
                        proofs.push(if self.plan.complete {
                            Vec::new()
                        } else {
                            self.tree.lock().await.inclusion(line.number).await?
                        });
                    }
                    json_lines(page.iter().zip(&proofs).map(|(line, proof)| {
                        ExportLine::new(line.number, line.hash, line.leaf, proof)
                    }))
                }
                ExportForm::Csv => csv_rows(page.iter().map(table_row)),
                ExportForm::Fhir => {
                    let entries = page
                        .iter()
                        .map(ExportedEntry::entry)
                        .collect::<Result<Vec<_>, _>>()?;
                    json_lines(entries.iter().map(|entry| {
                        fhir::audit_event(
                            entry,
                            &origin(&self.plan.header.workspace),
                            &self.inner.kinds,
                        )
                    }))
                }
            };
        Ok(Written {
            lines: lines?,
            entries: page.len() as u64,
            last: page.last().map(|line| line.number),
        })
    }

    /// A page in one row: a million small ones would cost more on their way than what stands in them.
    async fn fetch(&self, from: u64) -> Result<Row, Refusal> {
        let mut filter = Filter::begin(&self.plan.filter.sql, self.plan.filter.args.clone());
        if self.plan.entries > MOST_BY_INDEX {
            // An index on the person or the act would find all of them for every page and sort
            // them by number; walking the numbers finds each once.
            for column in ["e.actor", "e.action", "e.trouble"] {
                filter.sql = filter.sql.replace(
                    &format!("{column} = "),
                    &format!("coalesce({column}, {column}) = "),
                );
            }
        }
        filter.and("l.number >= ?", i64::try_from(from).unwrap_or(i64::MAX));
        let most = filter.bind(i64::try_from(AT_A_TIME).unwrap_or(i64::MAX));
        // Only the table for people shows names.
        let (name, members) = match self.plan.form {
            ExportForm::Csv => (
                "coalesce(m.name, '')",
                " left join member_row m on m.workspace_id = e.workspace_id and m.user_id = e.actor",
            ),
            ExportForm::Ndjson | ExportForm::Fhir => ("''", ""),
        };
        let sql = format!(
            "select string_agg(number || ' ' || octet_length(leaf) || ' ' || octet_length(name), ',') as sizes,
                {} as hashes, {} as leaves, string_agg(name, '') as names
             from (select l.number, l.hash, e.leaf, {name} as name from {FROM}{members} where l.workspace_id = $1 and {} order by l.number limit {most}) page",
            self.inner.db.joined("hash"),
            self.inner.db.joined("leaf"),
            filter.sql
        );
        self.inner.note_plan(&sql, &filter.args);
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(&sql, &filter.args)
            .await?;
        rows.into_iter().next().ok_or_else(misfit)
    }
}

fn misfit() -> Refusal {
    Refusal::fault("the rows of a log can't be told apart")
}

/// The entries of a page.
fn lines(row: &Row) -> Result<Vec<ExportedEntry<'_>>, Refusal> {
    let Some(sizes) = row.may_text("sizes")? else {
        return Ok(Vec::new());
    };
    let (mut hashes, mut leaves, mut names) = (
        row.bytes("hashes")?,
        row.bytes("leaves")?,
        row.text("names")?,
    );
    let mut line = |entry: &str| {
        let mut sizes = entry.split(' ');
        let number = sizes.next()?.parse().ok()?;
        let (hash, leaf, name);
        (hash, hashes) = hashes.split_first_chunk()?;
        (leaf, leaves) = leaves.split_at_checked(sizes.next()?.parse().ok()?)?;
        (name, names) = names.split_at_checked(sizes.next()?.parse().ok()?)?;
        Some(ExportedEntry {
            number,
            hash,
            leaf: std::str::from_utf8(leaf).ok()?,
            name,
        })
    };
    sizes
        .split(',')
        .map(|entry| line(entry).ok_or_else(misfit))
        .collect()
}

fn json_lines<T: Serialize>(values: impl IntoIterator<Item = T>) -> Result<Vec<u8>, Refusal> {
    let mut out = Vec::new();
    for value in values {
        serde_json::to_writer(&mut out, &value).map_err(Refusal::fault)?;
        out.push(b'\n');
    }
    Ok(out)
}

fn csv_rows<R: IntoIterator<Item: AsRef<[u8]>>>(
    rows: impl IntoIterator<Item = Result<R, Refusal>>,
) -> Result<Vec<u8>, Refusal> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row?).map_err(Refusal::fault)?;
    }
    writer.into_inner().map_err(Refusal::fault)
}

fn table_row(line: &ExportedEntry<'_>) -> Result<[String; 13], Refusal> {
    let entry = line.entry()?;
    let records: Vec<String> = entry
        .records
        .iter()
        .map(|r| {
            format!(
                "{} {}{}{}",
                r.kind,
                r.id,
                told(" saw ", &r.revealed),
                told(" changed ", &r.changed)
            )
        })
        .collect();
    let cells = [
        line.number.to_string(),
        entry.at,
        entry.actor,
        line.name.to_owned(),
        entry.role,
        entry.action,
        entry.outcome.word().to_owned(),
        entry.reason.unwrap_or_default(),
        records.join("; "),
        entry.listed.map(|n| n.to_string()).unwrap_or_default(),
        entry.address.unwrap_or_default(),
        entry.agent.unwrap_or_default(),
        entry.session.unwrap_or_default(),
    ];
    Ok(cells.map(harmless_cell))
}

fn told(word: &str, fields: &[String]) -> String {
    if fields.is_empty() {
        String::new()
    } else {
        format!("{word}{}", fields.join(", "))
    }
}
