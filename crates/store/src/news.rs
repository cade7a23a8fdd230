//! The news of commands, for live updates. On PostgreSQL each command inserts a row in its own transaction, and every process
//! reads the rows of transactions that its last snapshot did not include: none is missed, however late it commits.
//! Rows are deleted by the clock of who wrote them, so the clocks of processes must agree within some minutes. The embedded engine has one process, which keeps them in memory.
use crate::{Database, Engine, Row, StoreError, Val, Write, notes::Shape};
use async_recursion::async_recursion as boxed;

static SHAPE: Shape = Shape {
    table: "news",
    columns: &["at", "workspace_id", "body"],
};

/// A look at what was committed.
#[derive(Debug)]
pub struct Look {
    /// What had been committed, as the server writes it: the oldest transaction under way, the next one, those under way.
    pub seen: String,
    /// The rows since the look before: `tx`, `workspace_id` and `body`.
    pub rows: Vec<Row>,
}

/// What was committed by now, in a statement that reads something else as well.
const SEEN: &str = "cast(pg_current_snapshot() as text)";

/// Rows of numbers that this server has yet to give are from a restored dump.
const SINCE: &str = "select cast(pg_current_snapshot() as text) as seen, cast(cast(n.tx as text) as bigint) as tx, n.workspace_id as workspace_id, n.body as body
    from (select cast(cast($1 as text) as pg_snapshot) as last) as l left join news n on n.tx >= pg_snapshot_xmin(l.last)
      and n.tx < pg_snapshot_xmax(pg_current_snapshot()) and not pg_visible_in_snapshot(n.tx, l.last)";

impl Database {
    /// SQL for what was committed when a statement runs; empty on the embedded engine.
    #[must_use]
    pub const fn seen(&self) -> &'static str {
        match self.engine() {
            Engine::Sqlite => "''",
            Engine::Postgres => SEEN,
        }
    }

    /// What a command writes of its news; nothing on the embedded engine.
    #[must_use]
    pub fn news(&self, at: i64, workspace: &str, body: String) -> Option<Write> {
        let row = || Write::Row(&SHAPE, vec![at.into(), workspace.into(), body.into()]);
        (self.engine() == Engine::Postgres).then(row)
    }

    /// Looks at what was committed since a look before, or begins to look; nothing on the embedded engine.
    ///
    /// # Errors
    /// See [`StoreError`].
    #[boxed]
    pub async fn news_since(&self, seen: Option<&str>) -> Result<Option<Look>, StoreError> {
        if self.engine() == Engine::Sqlite {
            return Ok(None);
        }
        let mut reader = self.reader().await?;
        let rows = match seen {
            Some(seen) => reader.rows(SINCE, &[seen.into()]).await?,
            None => reader.rows(&format!("select {SEEN} as seen"), &[]).await?,
        };
        let first = rows.first();
        let seen = first.map_or(Ok(""), |row| row.text("seen"))?.to_owned();
        let is_news = |row: &Row| matches!(row.get("body"), Ok(Val::Text(_)));
        Ok(Some(Look {
            seen,
            rows: rows.into_iter().filter(is_news).collect(),
        }))
    }

    /// What drops the news from before a moment; nothing on the embedded engine.
    #[must_use]
    pub fn drop_news(&self, before: i64) -> Option<Write> {
        (self.engine() == Engine::Postgres)
            .then(|| Write::Statement("delete from news where at < $1".into(), vec![before.into()]))
    }
}
