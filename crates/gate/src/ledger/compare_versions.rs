//! Two versions of a record, and what differs.
use crate::ledger::{
    change::{Change, changes},
    parts::{between, part_versions},
    record_names::name_ids,
    versions::{VersionNumber, saved, within_reach},
};
use crate::passage::{read_tx::ReadTx, refusal::Refusal, view::Query};
use async_trait::async_trait;
use interpres_policy::Action;
use interpres_store::Row;
use interpres_types::{Field, Instant, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What differs between two versions of a record (AL6).
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CompareVersions {
    /// The record's kind.
    pub kind: Field,
    /// Its id.
    pub id: Field,
    /// The number of the one version.
    pub from_version: Field,
    /// The number of the other.
    pub to_version: Field,
}

/// Two versions of a record, and what differs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Comparison {
    /// The number of the one version.
    pub from: i64,
    /// When it was saved.
    pub from_at: Instant,
    /// The number of the other.
    pub to: i64,
    /// When it was saved.
    pub to_at: Instant,
    /// What differs: before is the one, after the other.
    pub changes: Vec<Change>,
}

#[async_trait]
impl Query for CompareVersions {
    const ACTION: Action = Action::HistoryShow;
    type View = Comparison;
    async fn answer(self, tx: &mut ReadTx) -> Result<Comparison, Refusal> {
        let mut p = Problems::none();
        let from = p.need::<VersionNumber>("from_version", &self.from_version);
        let to = p.need::<VersionNumber>("to_version", &self.to_version);
        let record = within_reach(tx, &self.kind, &self.id, p).await?;
        let one = async |tx: &mut ReadTx, field, number: Option<VersionNumber>| {
            let mut filter = record.versions(tx);
            filter.and("v.version = ?", number.map_or(0, |number| number.0));
            let saved = saved(tx, &record, filter, 1).await?.pop();
            saved
                .ok_or_else(|| Refusal::invalid(field, "must be the number of an existing version"))
        };
        let ((from, before), (to, after)) = (
            one(tx, "from_version", from).await?,
            one(tx, "to_version", to).await?,
        );
        let (at, number) = (
            |row: &Row| row.int("at").map(Instant::from_micros),
            |row: &Row| row.int("version"),
        );
        let (one, other) = (number(&from)?, number(&to)?);
        let parts = part_versions(tx, &record, one.min(other) + 1, one.max(other)).await?;
        let mut changes = changes(tx, &record, Some(&before), &after)?;
        changes.extend(between(tx, &parts, one > other, &after)?);
        name_ids(tx, changes.iter_mut().collect()).await?;
        Ok(Comparison {
            from: number(&from)?,
            from_at: at(&from)?,
            to: number(&to)?,
            to_at: at(&to)?,
            changes,
        })
    }
}
