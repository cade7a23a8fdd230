use crate::{
    ImportKind, Sheet,
    import::{Cells, ImportState, LineOutcome, NewImport, NewImportLine, StoredProblem},
    sheet::Upload,
};
use interpres_accounts::{InvitePerson, fold};
use interpres_gate::{
    Action, Actor, Command, Gate, Granted, Json, NewRecord, Phi, Refusal, Released, WriteTx,
    async_trait,
};
use interpres_types::{Field, ImportId, Line, Problems, Rule, forbidden_content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const MOST_BYTES: usize = 8 * 1024 * 1024;
const MOST_ROWS: usize = 20_000;
const MOST_COLUMNS: usize = 80;
const ROWS_AT_A_TIME: usize = 200;

/// A stored upload.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Uploaded {
    /// The upload's id.
    pub id: ImportId,
    /// The kind of records it contains.
    pub kind: ImportKind,
    /// Number of rows.
    pub total: i64,
}

/// Reads a file and stores its rows, encrypted, for review. Rows are stored in small commands, so that a large file
/// never blocks others.
///
/// # Errors
/// [`Refusal::Invalid`] when it is no CSV file of ours.
pub async fn upload(
    gate: &Gate,
    actor: &Actor,
    kind: ImportKind,
    file_name: &str,
    bytes: &[u8],
) -> Result<Released<Uploaded>, Refusal> {
    let (header, rows) = read(bytes)?;
    let file_name = file_name
        .parse::<Line<200>>()
        .map_or_else(|_| format!("{kind}.csv"), String::from);
    let sheet = Sheet::new(kind, &file_name, &header);
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let uploaded = gate
        .perform(actor, OpenImport { kind, sheet, total })
        .await?;
    for some in rows.chunks(ROWS_AT_A_TIME) {
        gate.perform(
            actor,
            AddLines {
                import: uploaded.id,
                rows: some.to_vec(),
            },
        )
        .await?;
    }
    Ok(uploaded)
}

/// A row's number in the file and its cells.
type RawRow = (i64, Vec<String>);

fn read(bytes: &[u8]) -> Result<(Vec<String>, Vec<RawRow>), Refusal> {
    let no = |rule: &'static str| Refusal::invalid("file", rule);
    if bytes.len() > MOST_BYTES {
        return Err(no("must be at most 8 MB; split it"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| {
        no("must be a CSV file in UTF-8; in your spreadsheet choose “CSV UTF-8” when saving")
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.matches(';').count() > first.matches(',').count() {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let header: Vec<String> = reader
        .headers()
        .map_err(|_| no("must be a CSV file"))?
        .iter()
        .map(|h| h.trim().to_owned())
        .collect();
    if header.iter().all(String::is_empty) || header.len() > MOST_COLUMNS {
        return Err(no("must begin with a row of column names, at most 80"));
    }
    let mut rows = Vec::new();
    // Rows are numbered as a spreadsheet numbers them: the header is 1, and a line break inside
    // quotation marks does not count.
    for (record, number) in reader.records().zip(2..) {
        let record =
            record.map_err(|_| no("can't be read as CSV; is a quotation mark left open?"))?;
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push((number, record.iter().map(str::to_owned).collect()));
        }
        if rows.len() > MOST_ROWS {
            return Err(no("must have at most 20,000 rows; split it"));
        }
    }
    if rows.is_empty() {
        Err(no("has column names and no rows"))
    } else {
        Ok((header, rows))
    }
}

struct OpenImport {
    kind: ImportKind,
    sheet: Sheet,
    total: i64,
}

#[async_trait]
impl Command for OpenImport {
    const ACTION: Action = Action::ImportUpload;
    type Outcome = Uploaded;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Uploaded, Refusal> {
        let user_id = tx.actor().user().ok_or(Refusal::Forbidden)?;
        if self.kind == ImportKind::People && !tx.actor().may(InvitePerson::PERMISSION) {
            return Err(Refusal::Forbidden);
        }
        let import = NewImport {
            kind: self.kind,
            file_name: self.kind.file_name()?,
            user_id,
            at: tx.now(),
            header: Json::default(),
            mapping: Json::default(),
            state: ImportState::Review,
            total: self.total,
        }
        .blank(tx.mint(), None);
        let id = Upload {
            import,
            sheet: self.sheet,
        }
        .keep(tx)
        .await?;
        Ok(Uploaded {
            id,
            kind: self.kind,
            total: self.total,
        })
    }
}

struct AddLines {
    import: ImportId,
    rows: Vec<RawRow>,
}

#[async_trait]
impl Command for AddLines {
    const ACTION: Action = Action::ImportAddRows;
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<usize, Refusal> {
        let Upload { import, sheet } = Upload::find(tx, self.import).await?;
        let count = self.rows.len();
        for (number, cells) in self.rows {
            let (cells, problems) = without_forbidden(&sheet, cells);
            let key = tx.new_key().await?;
            let line = NewImportLine {
                import_id: import.id,
                user_id: import.user_id,
                number,
                cells: Phi::new(Cells(cells)),
                outcome: LineOutcome::Waiting,
                problems: Json(problems),
            }
            .blank(tx.mint(), key);
            tx.save(&line).await?;
        }
        Ok(count)
    }
}

/// Removes forbidden content from a row before it is stored; the row is marked, keeps its other cells, and is not
/// imported. The column's name tells the kind of its numbers.
fn without_forbidden(sheet: &Sheet, cells: Vec<String>) -> (Vec<String>, Vec<StoredProblem>) {
    let mut problems = Vec::new();
    let mut clean = |(at, cell): (usize, String)| match forbidden_content(&format!(
        "{}: {cell}",
        sheet.header.get(at).map_or("", String::as_str)
    )) {
        Some(rule) => {
            problems.push(StoredProblem {
                field: sheet.told(at),
                rule: rule.to_string(),
            });
            String::new()
        }
        None => cell,
    };
    let cells = cells.into_iter().enumerate().map(&mut clean).collect();
    (cells, problems)
}

/// Columns of the mapping screen, as it sends them.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MapInput {
    /// Column → field; an empty field leaves the column out.
    pub columns: BTreeMap<String, Field>,
    /// `field|value as in the file` → the value meant.
    pub values: BTreeMap<String, Field>,
}

/// Maps the columns and values of an upload.
#[derive(Debug)]
pub struct MapValues {
    /// Which upload.
    pub import: ImportId,
    /// The mapping; whatever it omits stays as it is.
    pub input: MapInput,
}

#[async_trait]
impl Command for MapValues {
    const ACTION: Action = Action::ImportMap;
    type Outcome = Uploaded;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Uploaded, Refusal> {
        let mut upload = Upload::find(tx, self.import).await?;
        let (kind, total, sheet) = (upload.import.kind, upload.import.total, &mut upload.sheet);
        if upload.import.state != ImportState::Review {
            return Err(Refusal::conflict(
                "This import has begun; its mapping can no longer be changed.",
            ));
        }
        let mut p = Problems::none();
        map_columns(kind, sheet, self.input.columns, &mut p);
        for (key, value) in self.input.values {
            let Some((field, from)) = key
                .split_once('|')
                .filter(|(f, _)| kind.matched().contains(f))
            else {
                p.add("values", "must be named field|value");
                continue;
            };
            if let Some(value) = p.may::<Line<160>>("values", &value) {
                sheet
                    .mapping
                    .values
                    .insert(format!("{field}|{}", fold(from)), value.into());
            }
        }
        if !p.is_empty() {
            return Err(p.into());
        }
        Ok(Uploaded {
            id: upload.keep(tx).await?,
            kind,
            total,
        })
    }
}

/// Maps columns to fields. A newly mapped field is taken from its previous column; two columns mapped to the same
/// field are a problem. Mapping any column of a clash acknowledges the clash.
fn map_columns(
    kind: ImportKind,
    sheet: &mut Sheet,
    said: BTreeMap<String, Field>,
    p: &mut Problems,
) {
    let mut wanted = BTreeSet::new();
    for (column, field) in said {
        let field = field.raw().trim().to_owned();
        if !sheet.header.contains(&column)
            || !(field.is_empty() || kind.fields().iter().any(|(f, _)| *f == field))
        {
            p.add(
                "columns",
                "must map columns of the file to fields of its kind",
            );
            continue;
        }
        sheet
            .clashes
            .retain(|_, columns| !columns.contains(&column));
        sheet.mapping.columns.remove(&column);
        if field.is_empty() {
            continue;
        }
        if !wanted.insert(field.clone()) {
            p.add(
                "columns",
                Rule::from(format!(
                    "must map one column to {field}, and two are: leave one of them out"
                )),
            );
        }
        sheet.mapping.columns.retain(|_, f| *f != field);
        sheet.mapping.columns.insert(column, field);
    }
}
