//! Running one statement on either engine. The two modules are one text, written out by a macro.
use crate::{Kind, Row, StoreError, Val, ids};
use sqlx::{AssertSqlSafe, Column, Decode, Executor, Row as _, TypeInfo, ValueRef};
use std::sync::Arc;

macro_rules! driver {
    ($module:ident, $db:ty, $connection:ty, $arguments:ty, $packs:literal) => {
        pub(crate) mod $module {
            use super::*;

            fn bind(args: &[Val]) -> Result<$arguments, StoreError> {
                use sqlx::Arguments;
                let mut out = <$arguments>::default();
                for arg in args {
                    let added = match arg {
                        Val::Null(Kind::Text) => out.add(None::<String>),
                        Val::Null(Kind::Int) => out.add(None::<i64>),
                        Val::Null(Kind::Bool) => out.add(None::<bool>),
                        Val::Null(Kind::Bytes) => out.add(None::<Vec<u8>>),
                        Val::Text(v) => match ids::packed(v).filter(|_| $packs) {
                            Some(id) => out.add(id.to_vec()),
                            // PostgreSQL rejects NUL in text, and we store none, so a search with one matches
                            // nothing.
                            None => out.add(v.replace('\0', "\u{fffd}")),
                        },
                        Val::Int(v) => out.add(*v),
                        Val::Bool(v) => out.add(*v),
                        Val::Bytes(v) => out.add(v.clone()),
                    };
                    added.map_err(|_| StoreError::Shape("a bind was refused".into()))?;
                }
                Ok(out)
            }

            fn statement(sql: &str) -> String {
                if $packs {
                    ids::in_statement(sql).into_owned()
                } else {
                    sql.to_owned()
                }
            }

            fn decode(row: &<$db as sqlx::Database>::Row, i: usize) -> Result<Val, StoreError> {
                let raw = row.try_get_raw(i)?;
                if raw.is_null() {
                    return Ok(Val::Null(Kind::Text));
                }
                let kind = match raw.type_info().name() {
                    "TEXT" | "VARCHAR" | "NAME" => Kind::Text,
                    "INTEGER" | "INT8" | "BIGINT" => Kind::Int,
                    "BOOL" | "BOOLEAN" => Kind::Bool,
                    "BLOB" | "BYTEA" => Kind::Bytes,
                    other => return Err(StoreError::Shape(format!("column {i} has type {other}"))),
                };
                // Sixteen bytes where no bytes are declared are an id.
                if $packs && kind == Kind::Bytes && row.columns()[i].type_info().name() != "BLOB" {
                    let id: Option<[u8; 16]> = <&[u8] as Decode<$db>>::decode(row.try_get_raw(i)?)
                        .ok()
                        .and_then(|bytes| bytes.try_into().ok());
                    if let Some(id) = id {
                        return Ok(Val::Text(ids::unpacked(id)));
                    }
                }
                let read = match kind {
                    // Invalid UTF-8 written outside the application is detected by the checksum, not by a fault here.
                    Kind::Text => <&[u8] as Decode<$db>>::decode(raw)
                        .map(|bytes| Val::Text(String::from_utf8_lossy(bytes).into_owned())),
                    Kind::Int => <i64 as Decode<$db>>::decode(raw).map(Val::Int),
                    Kind::Bool => <bool as Decode<$db>>::decode(raw).map(Val::Bool),
                    Kind::Bytes => <Vec<u8> as Decode<$db>>::decode(raw).map(Val::Bytes),
                };
                read.map_err(|_| StoreError::Shape(format!("column {i} is no {kind:?}")))
            }

            pub(crate) async fn rows(
                connection: &mut $connection,
                sql: &str,
                args: &[Val],
            ) -> Result<Vec<Row>, StoreError> {
                let query = sqlx::query_with(AssertSqlSafe(statement(sql)), bind(args)?);
                let found = connection.fetch_all(query).await?;
                let Some(first) = found.first() else {
                    return Ok(Vec::new());
                };
                let names: Arc<[String]> = first
                    .columns()
                    .iter()
                    .map(|c| c.name().to_owned())
                    .collect();
                let read = |row| {
                    (0..names.len())
                        .map(|i| decode(row, i))
                        .collect::<Result<Vec<Val>, StoreError>>()
                };
                found
                    .iter()
                    .map(|row| {
                        Ok(Row {
                            names: names.clone(),
                            values: read(row)?,
                        })
                    })
                    .collect()
            }

            pub(crate) async fn execute(
                connection: &mut $connection,
                sql: &str,
                args: &[Val],
            ) -> Result<u64, StoreError> {
                let query = sqlx::query_with(AssertSqlSafe(statement(sql)), bind(args)?);
                Ok(connection.execute(query).await?.rows_affected())
            }

            /// Several statements without binds: migrations and control statements.
            pub(crate) async fn script(
                connection: &mut $connection,
                sql: &str,
            ) -> Result<(), StoreError> {
                connection
                    .execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())))
                    .await?;
                Ok(())
            }
        }
    };
}

driver!(
    sqlite,
    sqlx::Sqlite,
    sqlx::SqliteConnection,
    sqlx::sqlite::SqliteArguments,
    true
);
driver!(
    postgres,
    sqlx::Postgres,
    sqlx::PgConnection,
    sqlx::postgres::PgArguments,
    false
);

/// The highest `$n` in a statement. A missing bind would silently become null on SQLite and stop
/// the binding of the rest, so every statement is counted before it runs.
pub(crate) fn highest_bind(sql: &str) -> usize {
    let number = |rest: &str| {
        rest.bytes()
            .take_while(u8::is_ascii_digit)
            .fold(0, |n, b| n * 10 + usize::from(b - b'0'))
    };
    sql.match_indices('$')
        .map(|(at, _)| number(&sql[at + 1..]))
        .max()
        .unwrap_or(0)
}

pub(crate) fn check_binds(sql: &str, args: &[Val]) -> Result<(), StoreError> {
    let (asked, given) = (highest_bind(sql), args.len());
    if asked == given {
        Ok(())
    } else {
        Err(StoreError::Shape(format!(
            "{asked} binds asked, {given} given"
        )))
    }
}
