use crate::{
    ImportKind,
    import::{Import, ImportState},
    sheet::Upload,
};
use interpres_gate::{Action, Query, ReadTx, Refusal, async_trait};
use interpres_types::{ImportId, Instant};
use schemars::JsonSchema;
use serde::Serialize;

/// The latest uploads; at most 50.
#[derive(Clone, Debug)]
pub struct ListImports;

/// An upload.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportCard {
    /// Import id.
    pub id: ImportId,
    /// The kind of records it contains.
    pub kind: ImportKind,
    /// The file's name.
    pub file_name: String,
    /// When it was uploaded.
    pub at: Instant,
    /// Its state.
    pub state: ImportState,
    /// Number of rows.
    pub total: i64,
}

#[async_trait]
impl Query for ListImports {
    const ACTION: Action = Action::ImportsList;
    type View = Vec<ImportCard>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<ImportCard>, Refusal> {
        let found: Vec<Import> = tx.list("order by id desc limit 50", vec![]).await?;
        found
            .into_iter()
            .map(|import| card(Upload::open(tx, import)?))
            .collect()
    }
}

fn card(Upload { import: i, sheet }: Upload) -> Result<ImportCard, Refusal> {
    Ok(ImportCard {
        id: i.id,
        kind: i.kind,
        file_name: sheet.file_name,
        at: i.at,
        state: i.state,
        total: i.total,
    })
}
