//! Files from elsewhere: upload, mapping, review, then import row by row. Nothing is written to
//! directory or calendar before Import is pressed, and importing again changes nothing.
mod check;
mod columns;
mod import;
mod known;
mod list_imports;
mod review_import;
mod run_import;
mod sheet;
mod upload_file;
mod wanted;

pub use columns::ImportKind;
pub use import::{
    Cells, Import, ImportLine, ImportState, LineOutcome, NewImport, NewImportLine, StoredProblem,
};
pub use list_imports::{ImportCard, ListImports};
pub use review_import::{
    Clash, ColumnMap, LineView, RejectedFile, RejectedLines, ReviewImport, ReviewView, UnknownValue,
};
pub use run_import::{ImportProgress, StartImport};
pub use sheet::{Mapping, Sheet};
pub use upload_file::{MapInput, MapValues, Uploaded, upload};

use interpres_gate::{JobKind, RecordKind, Scoped};

/// The room's jobs.
pub const JOBS: &[JobKind] = &[JobKind::of::<run_import::RunsImport>()];

/// Sealed, and open as long as the record is there.
const SEALED: &str = "*, cast(0 as bigint) as visible_from, cast(null as bigint) as visible_until, cast(1 as bigint) as covered, cast(null as text) as tie";

/// The room's scoped names: an upload belongs to the person who made it; admins see all.
pub const TABLES: &[Scoped] = &[
    Scoped {
        name: "import",
        table: "import_row",
        columns: SEALED,
        all: "",
        team: " and user_id = {user}",
        own: " and user_id = {user}",
    },
    Scoped {
        name: "import_line",
        table: "import_line_row",
        columns: SEALED,
        all: "",
        team: " and user_id = {user}",
        own: " and user_id = {user}",
    },
];

/// The room's record kinds.
pub const RECORDS: &[RecordKind] = &[RecordKind::of::<Import>(), RecordKind::of::<ImportLine>()];
