//! Everything in which the two engines differ, in one place.
use crate::Engine;

/// Engine-specific lines of a migration: `--sqlite:` and `--postgres:` open their lines to one
/// engine; `bytes` columns have a name of their own on each.
pub(crate) fn migration_text(engine: Engine, sql: &str) -> String {
    let (ours, bytes) = match engine {
        Engine::Sqlite => ("--sqlite:", " blob"),
        Engine::Postgres => ("--postgres:", " bytea"),
    };
    let open = |line: &str| line.strip_prefix(ours).unwrap_or(line).to_owned();
    sql.lines()
        .map(open)
        .collect::<Vec<_>>()
        .join("\n")
        .replace(" bytes", bytes)
}

/// SQL for an advisory transaction lock on a name; `None` on the embedded engine, which has a single writer. Two
/// names that collide only wait for each other.
pub(crate) const fn alone(engine: Engine) -> Option<&'static str> {
    match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(
            "select cast(1 as bigint) as held from (select pg_advisory_xact_lock(hashtextextended($1, 0))) as waited",
        ),
    }
}

/// SQL that counts tables of this name.
pub(crate) const fn tables_named(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "select count(*) as n from sqlite_schema where type = 'table' and name = $1"
        }
        Engine::Postgres => {
            "select count(*) as n from pg_class where relkind = 'r' and relnamespace = cast(current_schema() as regnamespace) and cast(relname as text) = $1"
        }
    }
}

/// SQL prefix that asks for a query plan.
pub(crate) const fn explain(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "explain query plan ",
        Engine::Postgres => "explain (costs off) ",
    }
}

/// The bytes of a column of many rows as one value, in the rows' order.
pub(crate) fn joined(engine: Engine, column: &str) -> String {
    match engine {
        Engine::Sqlite => format!("cast(string_agg({column}, x'') as blob)"),
        Engine::Postgres => format!("string_agg({column}, '')"),
    }
}
