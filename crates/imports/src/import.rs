use crate::{ImportKind, Mapping, Sheet};
use interpres_gate::{Class, Json, Phi, Sensitive, record, words};
use interpres_types::{ImportId, ImportRowId, Instant, Line, Problem, Rule, UserId};
use serde::{Deserialize, Serialize};

words! {
    /// The state of an upload.
    ImportState, "must be an import's state" {
        /// Uploaded; to be mapped and reviewed.
        Review = "review", "In review";
        /// Import was pressed.
        Running = "running", "Importing";
        /// Every row has its outcome.
        Done = "done", "Done";
    }
}

words! {
    /// The outcome of a row.
    LineOutcome, "must be a row's outcome" {
        /// Not yet touched.
        Waiting = "waiting", "Waiting";
        /// A new record.
        Added = "added", "Added";
        /// An existing record changed.
        Updated = "updated", "Updated";
        /// An existing record, the same already.
        Unchanged = "unchanged", "Unchanged";
        /// Not imported; its problems say why.
        Rejected = "rejected", "Rejected";
    }
}

/// The cells of one row. They may contain anything, so they are protected like a note.
pub struct Cells(pub Vec<String>);

impl std::fmt::Display for Cells {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).unwrap_or_default())
    }
}
impl std::str::FromStr for Cells {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        serde_json::from_str(raw)
            .map(Self)
            .map_err(|_| Rule::new("must be a row of cells"))
    }
}
impl Sensitive for Cells {
    const CLASS: Class = Class::Free;
    fn mask(_: &str) -> String {
        "[]".to_owned()
    }
}

record! {
    /// An uploaded file on its way in.
    pub struct Import from NewImport in "import" by ImportId, sealed {
        /// The kind of records it contains.
        kind: ImportKind,
        /// A neutral name for it. Uploads from before sheets were encrypted keep their own.
        file_name: Line<200>,
        /// Who uploaded it.
        user_id: UserId,
        /// When it was uploaded.
        at: Instant,
        /// Empty. Of uploads from before sheets were sealed, its columns.
        header: Json<Vec<String>>,
        /// Empty. Of uploads from before sheets were sealed, how the columns are to be understood.
        mapping: Json<Mapping>,
        /// Its state.
        state: ImportState,
        /// Number of rows.
        total: i64,
        /// Who pressed Import; the job acts as them.
        started_by: Option<UserId>,
        /// Its name, its columns, and how they are to be understood.
        sheet: Option<Phi<Sheet>>,
    }
}

record! {
    /// One row of a file. Its cells may name clients, so they are sealed.
    pub struct ImportLine from NewImportLine in "import_line" by ImportRowId, sealed {
        /// The file.
        import_id: ImportId,
        /// Whose.
        user_id: UserId,
        /// The row's number in the file; the header is 1.
        number: i64,
        /// Its cells as a JSON list.
        cells: Phi<Cells>,
        /// Its outcome.
        outcome: LineOutcome,
        /// The record it became.
        record_id: Option<String>,
        /// Its problems.
        problems: Json<Vec<StoredProblem>>,
    }
}

/// A problem as stored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoredProblem {
    /// The field.
    pub field: String,
    /// The rule, never the value.
    pub rule: String,
}

impl From<&Problem> for StoredProblem {
    fn from(p: &Problem) -> Self {
        Self {
            field: p.field.to_string(),
            rule: p.rule.to_string(),
        }
    }
}
