//! One numbered list of migrations, forward only, each safe to run twice.
use crate::{Database, Engine, StoreError, Val, dialect};

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number; steps run in this order.
    pub number: i64,
    /// What it is for.
    pub name: &'static str,
    /// Its statements; see [`crate::SCHEMA`] for how engines differ.
    pub sql: &'static str,
}

macro_rules! steps {
    ($($number:literal $name:literal),+ $(,)?) => {
        &[$(Migration { number: $number, name: $name, sql: include_str!(concat!("../migrations/", $name, ".sql")) }),+]
    };
}

/// The schema of the data, in order. Lines that start with `--sqlite:` or `--postgres:` are for
/// that engine only.
pub const SCHEMA: &[Migration] = steps![1 "0001_gate", 2 "0002_directory", 3 "0003_scheduling", 4 "0004_billing"];

const HISTORY: &str = "create table if not exists migration (number bigint primary key, name text not null)";

impl Database {
    /// Brings the schema up to date. Several processes may start at once: one runs the steps, the
    /// others wait and find them done.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn migrate(&self, steps: &[Migration]) -> Result<(), StoreError> {
        let mut turn = self.turn().await?;
        turn.alone("migration").await?;
        turn.execute(HISTORY, &[]).await?;
        let done: Vec<i64> = turn.rows("select number from migration", &[]).await?.iter().filter_map(|row| row.int("number").ok()).collect();
        let mut new = false;
        for step in steps.iter().filter(|step| !done.contains(&step.number)) {
            turn.script(&dialect::migration_text(self.engine(), step.sql)).await?;
            turn.execute("insert into migration (number, name) values ($1, $2)", &[step.number.into(), step.name.into()]).await?;
            new = true;
        }
        if new && self.engine() == Engine::Sqlite {
            fix_statistics(&mut turn).await?;
        }
        turn.keep().await?.wait().await
    }
}

/// Fixed statistics for the embedded engine's planner: without any it walks a whole workspace,
/// and with measured ones it plans each small statement anew. The figures say "a million rows, a
/// tenth in this workspace, and each further column of an index narrows".
async fn fix_statistics(turn: &mut crate::Turn) -> Result<(), StoreError> {
    turn.script("analyze sqlite_schema; delete from sqlite_stat1").await?;
    let indexes = turn.rows("select m.tbl_name as tbl, m.name as idx, i.\"unique\" as uniq, (select count(*) from pragma_index_info(m.name)) as width from sqlite_schema m join pragma_index_list(m.tbl_name) i on i.name = m.name where m.type = 'index'", &[]).await?;
    for index in indexes {
        let (table, name) = (index.text("tbl")?.to_owned(), index.text("idx")?.to_owned());
        let stat = fixed_stat(usize::try_from(index.int("width")?).unwrap_or(1), index.flag("uniq")?);
        turn.execute("insert into sqlite_stat1 (tbl, idx, stat) values ($1, $2, $3)", &[table.into(), name.into(), Val::Text(stat)]).await?;
    }
    Ok(())
}

fn fixed_stat(width: usize, unique: bool) -> String {
    let narrowing = [100_000, 200, 20, 5, 2];
    let mut parts = vec!["1000000".to_owned()];
    for column in 0..width {
        let last = column + 1 == width;
        parts.push(if last && unique { 1 } else { *narrowing.get(column).unwrap_or(&2) }.to_string());
    }
    parts.join(" ")
}
