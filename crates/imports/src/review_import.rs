use crate::{
    check::judge,
    columns::ImportKind,
    import::{ImportLine, ImportState, LineOutcome, StoredProblem},
    known::{here, known},
    sheet::Upload,
    wanted::{cells, matched_values, understood},
};
use interpres_accounts::fold;
use interpres_gate::{Action, Query, ReadTx, Refusal, Val, async_trait};
use interpres_types::{Field, ImportId, Language, harmless_cell};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The review of an upload: its columns, what did not match, and every row with its reasons.
/// Nothing is changed by looking.
#[derive(Debug)]
pub struct ReviewImport {
    /// The import.
    pub id: ImportId,
    /// The page of rows begins after this row number.
    pub after: Field,
    /// `bad` shows only rows that would not be imported.
    pub only: Field,
}

/// An upload under review, running or done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReviewView {
    /// Import id.
    pub id: ImportId,
    /// The kind of records it contains.
    pub kind: ImportKind,
    /// The file's name.
    pub file_name: String,
    /// Its state.
    pub state: ImportState,
    /// Number of rows.
    pub total: i64,
    /// Rows that would be, or were, imported.
    pub good: i64,
    /// Rows that would not be, or were not.
    pub bad: i64,
    /// Number of rows with each outcome.
    pub outcomes: BTreeMap<String, i64>,
    /// The file's columns.
    pub columns: Vec<ColumnMap>,
    /// The fields a column can be mapped to.
    pub fields: Vec<String>,
    /// Fields that several columns could map to. Nothing is imported until each is mapped to one column or left out.
    pub clashes: Vec<Clash>,
    /// Values that did not match.
    pub unknown: Vec<UnknownValue>,
    /// A page of rows.
    pub items: Vec<LineView>,
    /// The next page begins after this row number.
    pub next: Option<i64>,
}

/// A column of the file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ColumnMap {
    /// Its name in the file.
    pub column: String,
    /// The field it is understood as; empty when it is left out.
    pub field: String,
}

/// A field that several columns could be.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Clash {
    /// The field.
    pub field: String,
    /// The columns.
    pub columns: Vec<String>,
}

/// A value that matches nothing we know.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UnknownValue {
    /// The field.
    pub field: String,
    /// The value as in the file.
    pub value: String,
    /// In how many rows.
    pub rows: i64,
    /// Why it does not match.
    pub why: String,
    /// The closest known value.
    pub suggestion: Option<String>,
    /// The name under which the mapping takes an answer.
    pub key: String,
}

/// A row.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LineView {
    /// Its number in the file; the header is 1.
    pub number: i64,
    /// Its cells.
    pub cells: Vec<String>,
    /// Its outcome.
    pub outcome: LineOutcome,
    /// Its problems: field and rule.
    pub problems: Vec<String>,
    /// The record it became.
    pub record: Option<String>,
}

const PAGE: usize = 50;

/// Every line of an import, in order, with decrypted cells and problems: validated now while under review, as stored
/// afterwards.
pub(crate) async fn judged(
    tx: &mut ReadTx,
    upload: &Upload,
) -> Result<Vec<(ImportLine, Vec<String>, Vec<StoredProblem>)>, Refusal> {
    let known = known(tx).await?;
    let lines: Vec<ImportLine> = tx
        .list(
            "where import_id = $1 order by number limit 20000",
            vec![Val::text(upload.import.id)],
        )
        .await?;
    let reviewed = upload.import.state == ImportState::Review;
    let opened = lines
        .into_iter()
        .map(|line| cells(tx, &line).map(|cells| (line, cells)))
        .collect::<Result<Vec<_>, Refusal>>()?;
    let here = if reviewed {
        here(tx, upload, opened.iter().map(|(_, cells)| cells.as_slice())).await?
    } else {
        HashSet::new()
    };
    let mut seen = HashMap::new();
    let mut judged = |(line, cells): (ImportLine, Vec<String>)| {
        let problems = if reviewed {
            judge(upload, &line, &cells, (&known, &here), &mut seen)
        } else {
            line.problems.0.clone()
        };
        (line, cells, problems)
    };
    Ok(opened.into_iter().map(&mut judged).collect())
}

#[async_trait]
impl Query for ReviewImport {
    const ACTION: Action = Action::ImportReview;
    type View = ReviewView;
    async fn answer(self, tx: &mut ReadTx) -> Result<ReviewView, Refusal> {
        let upload = Upload::find(tx, self.id).await?;
        let lines = judged(tx, &upload).await?;
        let unknown = if upload.import.state == ImportState::Review {
            unknown(tx, &upload, &lines).await?
        } else {
            Vec::new()
        };
        let after = self.after.raw().trim().parse::<i64>().unwrap_or(0);
        let only_bad = self.only.raw().trim() == "bad";
        let bad = lines.iter().filter(|(_, _, p)| !p.is_empty()).count() as i64;
        let mut outcomes = BTreeMap::new();
        for (line, ..) in &lines {
            *outcomes.entry(line.outcome.word().to_owned()).or_insert(0) += 1;
        }
        let mut shown: Vec<LineView> = lines
            .into_iter()
            .filter(|(l, _, p)| l.number > after && (!only_bad || !p.is_empty()))
            .take(PAGE + 1)
            .map(view)
            .collect();
        let next = (shown.len() > PAGE).then(|| shown[PAGE - 1].number);
        shown.truncate(PAGE);
        let columns = upload
            .sheet
            .header
            .iter()
            .map(|h| ColumnMap {
                column: h.clone(),
                field: upload
                    .sheet
                    .mapping
                    .columns
                    .get(h)
                    .cloned()
                    .unwrap_or_default(),
            })
            .collect();
        Ok(ReviewView {
            id: upload.import.id,
            kind: upload.import.kind,
            file_name: upload.sheet.file_name,
            state: upload.import.state,
            total: upload.import.total,
            good: upload.import.total - bad,
            bad,
            outcomes,
            columns,
            fields: upload
                .import
                .kind
                .fields()
                .iter()
                .map(|(f, _)| (*f).to_owned())
                .collect(),
            clashes: upload
                .sheet
                .clashes
                .into_iter()
                .map(|(field, columns)| Clash { field, columns })
                .collect(),
            unknown,
            items: shown,
            next,
        })
    }
}

fn view((line, cells, problems): (ImportLine, Vec<String>, Vec<StoredProblem>)) -> LineView {
    LineView {
        number: line.number,
        cells,
        outcome: line.outcome,
        problems: problems
            .iter()
            .map(|p| format!("{} {}", p.field, p.rule))
            .collect(),
        record: line.record_id,
    }
}

/// The values that match nothing, each once, with how many rows have it.
async fn unknown(
    tx: &mut ReadTx,
    upload: &Upload,
    lines: &[(ImportLine, Vec<String>, Vec<StoredProblem>)],
) -> Result<Vec<UnknownValue>, Refusal> {
    let known = known(tx).await?;
    let mut found: BTreeMap<(String, String), (i64, String, &'static str)> = BTreeMap::new();
    for (_, cells, _) in lines
        .iter()
        .filter(|(_, cells, _)| cells.len() == upload.sheet.header.len())
    {
        for field in upload.import.kind.matched() {
            for value in matched_values(upload, cells, field) {
                if let Some(why) = known.stranger(field, &understood(upload, field, &value)) {
                    found
                        .entry(((*field).to_owned(), fold(&value)))
                        .or_insert((0, value, why))
                        .0 += 1;
                }
            }
        }
    }
    let entry =
        |((field, folded), (rows, value, why)): ((String, String), (i64, String, &'static str))| {
            let suggestion = if field.starts_with("language") {
                Language::hint(&value).0.map(|l| l.to_string())
            } else {
                None
            };
            UnknownValue {
                key: format!("{field}|{folded}"),
                field,
                value,
                rows,
                why: why.to_owned(),
                suggestion,
            }
        };
    Ok(found.into_iter().map(entry).collect())
}

/// The rows that were not imported, as a file to mend and import again.
#[derive(Debug)]
pub struct RejectedLines(pub ImportId);

/// A CSV file.
#[derive(Debug, Serialize)]
pub struct RejectedFile {
    /// Its name.
    pub name: String,
    /// Its text. Cells that a spreadsheet would run are quoted with an apostrophe.
    pub csv: String,
}

#[async_trait]
impl Query for RejectedLines {
    const ACTION: Action = Action::ImportRejected;
    type View = RejectedFile;
    async fn answer(self, tx: &mut ReadTx) -> Result<RejectedFile, Refusal> {
        let upload = Upload::find(tx, self.0).await?;
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = upload
            .sheet
            .header
            .iter()
            .map(String::as_str)
            .chain(["Row", "Problems"]);
        writer.write_record(header).map_err(Refusal::fault)?;
        for (line, mut cells, problems) in judged(tx, &upload)
            .await?
            .into_iter()
            .filter(|(_, _, p)| !p.is_empty())
        {
            cells.resize(upload.sheet.header.len(), String::new());
            let reasons: Vec<String> = problems
                .iter()
                .map(|p| format!("{} {}", p.field, p.rule))
                .collect();
            let record = cells
                .into_iter()
                .map(harmless_cell)
                .chain([line.number.to_string(), reasons.join("; ")]);
            writer.write_record(record).map_err(Refusal::fault)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|_| Refusal::fault("a CSV file could not be finished"))?;
        Ok(RejectedFile {
            name: format!("{}-rejected.csv", upload.import.kind.word()),
            csv: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }
}
