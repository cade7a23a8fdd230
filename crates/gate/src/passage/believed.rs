//! Rows that say who somebody is and what they may: believed only as they were saved last. They are read with
//! what shows it at each admission, and again inside each command.
use crate::passage::{
    gate::Inner,
    integrity::{Subject, is_true},
    refusal::Refusal,
};
use async_recursion::async_recursion as boxed;
use interpres_store::Row;
use interpres_types::{Instant, WorkspaceId};
use std::fmt::Write;

/// A table that a statement joins: the kind of its rows, and the name it goes by there.
#[derive(Clone, Copy)]
pub(crate) struct JoinedTable {
    pub(crate) kind: &'static str,
    alias: &'static str,
}

pub(crate) const MEMBER: JoinedTable = JoinedTable {
    kind: "member",
    alias: "m",
};
pub(crate) const SERVICE: JoinedTable = JoinedTable {
    kind: "service",
    alias: "m",
};
pub(crate) const WORKSPACE: JoinedTable = JoinedTable {
    kind: "workspace",
    alias: "w",
};
pub(crate) const ROLE: JoinedTable = JoinedTable {
    kind: "role",
    alias: "r",
};
pub(crate) const AGREEMENT: JoinedTable = JoinedTable {
    kind: "agreement",
    alias: "a",
};
pub(crate) const FACTOR: JoinedTable = JoinedTable {
    kind: "factor",
    alias: "f",
};

impl Inner {
    /// What a statement selects of joined rows: every column as `alias_column`, whether a later version is there, and whether
    /// one is gone that the log tells of.
    pub(crate) fn columns_of(&self, parts: &[JoinedTable]) -> Result<String, Refusal> {
        let mut out = String::new();
        for JoinedTable { kind, alias } in parts {
            let kind = self
                .kind(kind)
                .ok_or_else(|| Refusal::fault("no such kind of record"))?;
            let head = ["workspace_id", "id", "version", "checksum"]
                .into_iter()
                .chain(kind.sealed.then_some("key_id"));
            for column in head.chain(kind.columns.iter().map(|spec| spec.name)) {
                let _ = write!(out, "{alias}.{column} as {alias}_{column}, ");
            }
            let _ = write!(
                out,
                "exists (select 1 from record_version v where v.workspace_id = {alias}.workspace_id and v.record_id = {alias}.id and v.version = {alias}.version + 1) as {alias}_old,
                 exists (select 1 from integrity_incident i where i.workspace_id = {alias}.workspace_id and i.kind = '{}' and i.record_id = {alias}.id and i.found = 'lost' and i.restored_at is null) as {alias}_lost, ",
                kind.name
            );
        }
        out.truncate(out.len().saturating_sub(2));
        Ok(out)
    }

    /// A joined row, where there is one and it is what was saved last; another is told of.
    #[boxed]
    pub(crate) async fn believed(
        &self,
        joined: &Row,
        part: JoinedTable,
        now: Instant,
    ) -> Result<Option<Row>, Refusal> {
        let row = joined.part(&format!("{}_", part.alias));
        let Some(name) = row.may_text("workspace_id")? else {
            return Ok(None);
        };
        let kind = self
            .kind(part.kind)
            .ok_or_else(|| Refusal::fault("no such kind of record"))?;
        let Ok(workspace) = name.parse::<WorkspaceId>() else {
            return Ok(None);
        };
        let keys = self.keys.workspace(workspace).await?;
        let lost = row.flag("lost")?;
        // A value that is not of its column's kind was not saved by us either.
        let stands = is_true(&kind, &row, name, &keys).unwrap_or(false) && !row.flag("old")?;
        // Of what was lost those in charge know already.
        if stands {
            return Ok(Some(row).filter(|_| !lost));
        }
        let subject = Subject {
            workspace: name,
            kind: kind.name,
            id: row.text("id")?,
            version: row.int("version").unwrap_or(0),
        };
        tracing::error!(
            kind = kind.name,
            id = subject.id,
            "a record that lets somebody in was changed outside Interpres; it lets nobody in"
        );
        drop(self.db.note(vec![subject.incident("row", now)]));
        Ok(None)
    }
}
