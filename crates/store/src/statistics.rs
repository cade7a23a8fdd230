//! Planner statistics. Both engines share a problem, with different cures: a plan made while a table was empty, or
//! for a small tenant, later scans a whole workspace.
use crate::{Database, Engine, StoreError, Turn, Val};

impl Database {
    /// Runs ANALYZE on tables that have grown by a fifth since the last time; returns how many. PostgreSQL caches
    /// plans, and on an empty table any index looks equally good; ANALYZE makes every connection replan. Autovacuum
    /// does the same, but only once a minute, and a minute is a whole import. The embedded engine has fixed
    /// statistics and needs none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn renew_statistics(&self) -> Result<usize, StoreError> {
        if self.engine() == Engine::Sqlite {
            return Ok(0);
        }
        let sql = "select quote_ident(c.relname) as name from pg_class c where c.relkind = 'r' and c.relnamespace = cast(current_schema() as regnamespace)
            and pg_relation_size(c.oid) / cast(current_setting('block_size') as bigint) > c.relpages * 1.2 + 8 order by c.relname";
        let grown = self.reader().await?.rows(sql, &[]).await?;
        for row in &grown {
            let mut turn = self.turn().await?;
            turn.script(&format!("analyze {}", row.text("name")?))
                .await?;
            turn.keep().await?.wait().await?;
        }
        Ok(grown.len())
    }
}

/// Fixed statistics for the embedded engine's planner. Without any, it scans a whole workspace; with measured ones,
/// it replans every small statement. The figures say "a million rows, a tenth in this workspace, and each further
/// column of an index narrows".
pub(crate) async fn fix(turn: &mut Turn) -> Result<(), StoreError> {
    turn.script("analyze sqlite_schema; delete from sqlite_stat1")
        .await?;
    let indexes = turn.rows("select m.tbl_name as tbl, m.name as idx, i.\"unique\" as uniq, (select count(*) from pragma_index_info(m.name)) as width from sqlite_schema m join pragma_index_list(m.tbl_name) i on i.name = m.name where m.type = 'index'", &[]).await?;
    for index in indexes {
        let (table, name) = (index.text("tbl")?.to_owned(), index.text("idx")?.to_owned());
        let stat = fixed_stat(
            usize::try_from(index.int("width")?).unwrap_or(1),
            index.flag("uniq")?,
        );
        turn.execute(
            "insert into sqlite_stat1 (tbl, idx, stat) values ($1, $2, $3)",
            &[table.into(), name.into(), Val::Text(stat)],
        )
        .await?;
    }
    Ok(())
}

fn fixed_stat(width: usize, unique: bool) -> String {
    let narrowing = [100_000, 200, 20, 5, 2];
    let mut parts = vec!["1000000".to_owned()];
    for column in 0..width {
        let last = column + 1 == width;
        parts.push(
            if last && unique {
                1
            } else {
                *narrowing.get(column).unwrap_or(&2)
            }
            .to_string(),
        );
    }
    parts.join(" ")
}
