//! The versions of a record, latest first.
use crate::ledger::{
    change::{Change, changes},
    parts::{of_part, part_versions},
    record_names::name_ids,
    versions::{VersionNumber, saved, within_reach},
};
use crate::passage::{integrity::Body, page::Page, read_tx::ReadTx, refusal::Refusal, view::Query};
use async_trait::async_trait;
use interpres_policy::Action;
use interpres_store::Row;
use interpres_types::{Field, Instant, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The versions of a record, latest first (AL6).
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ShowHistory {
    /// The record's kind, one of those that have a history: appointment, customer, interpreter,
    /// voucher and so on.
    pub kind: Field,
    /// Its id.
    pub id: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

impl ShowHistory {
    /// The latest versions of a record of this kind.
    pub fn of(kind: &str, id: impl fmt::Display) -> Self {
        Self {
            kind: kind.into(),
            id: id.to_string().into(),
            ..Self::default()
        }
    }
}

/// One version of a record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordVersion {
    /// Its number, from 1 without gaps.
    pub version: i64,
    /// When it was saved.
    pub at: Instant,
    /// By whom.
    pub actor: String,
    /// The person's name.
    pub actor_name: Option<String>,
    /// What it changed.
    pub changes: Vec<Change>,
}

#[async_trait]
impl Query for ShowHistory {
    const ACTION: Action = Action::HistoryShow;
    type View = Page<RecordVersion>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<RecordVersion>, Refusal> {
        let mut p = Problems::none();
        let (cursor, limit) = (
            p.may::<VersionNumber>("cursor", &self.cursor),
            p.page_limit(&self.limit),
        );
        let record = within_reach(tx, &self.kind, &self.id, p).await?;
        let mut filter = record.versions(tx);
        if let Some(before) = cursor {
            filter.and("v.version < ?", before.0);
        }
        // One more than asked for tells whether there is a next page, and what the last of this one changed.
        let saved = saved(tx, &record, filter, limit + 1).await?;
        let shown = &saved[..saved.len().min(limit)];
        let number = |row: Option<&(Row, Body)>| row.map_or(Ok(0), |(row, _)| row.int("version"));
        let (last, first) = (number(shown.first())?, number(shown.last())?);
        let parts = part_versions(tx, &record, first, last).await?;
        let mut out = Vec::with_capacity(saved.len());
        for (i, (row, body)) in saved.iter().enumerate() {
            let before = saved.get(i + 1).map(|(_, body)| body);
            let version = row.int("version")?;
            let mut changes = if i < limit {
                changes(tx, &record, before, body)?
            } else {
                Vec::new()
            };
            for part in parts.iter().filter(|part| part.beside == version) {
                changes.extend(of_part(tx, part, body)?);
            }
            out.push(RecordVersion {
                version,
                at: Instant::from_micros(row.int("at")?),
                actor: row.text("actor")?.to_owned(),
                actor_name: row.may_text("name")?.map(str::to_owned),
                changes,
            });
        }
        name_ids(
            tx,
            out.iter_mut().flat_map(|v| v.changes.iter_mut()).collect(),
        )
        .await?;
        Ok(Page::cut(out, limit, |v| v.version.to_string()))
    }
}
