//! Small writes that ride along in shared commits: audit entries of reads and refusals, and
//! marks such as "last seen".
use crate::{StoreError, Val};
use std::borrow::Cow;

/// A table and the columns a batch of rows is inserted into.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// The table.
    pub table: &'static str,
    /// Its columns, in the order of the values.
    pub columns: &'static [&'static str],
}

/// One small write.
#[derive(Clone, Debug)]
pub enum Write {
    /// One row.
    Row(&'static Shape, Vec<Val>),
    /// One statement of its own.
    Statement(Cow<'static, str>, Vec<Val>),
}

/// A statement that writes, with its binds.
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) args: Vec<Val>,
    /// The table that takes rows, and how many.
    rows: Option<(&'static str, u64)>,
}

impl Statement {
    /// Refuses where a trigger in the database let rows disappear.
    pub(crate) fn took(&self, written: u64) -> Result<(), StoreError> {
        match self.rows {
            Some((table, rows)) if rows != written => Err(StoreError::Swallowed(table)),
            _ => Ok(()),
        }
    }
}

/// Turns writes into few statements: rows of one shape go together, in batches of fixed sizes so
/// that few statement texts exist.
pub(crate) fn statements(writes: Vec<Write>) -> Vec<Statement> {
    let mut out = Vec::new();
    let mut shapes: Vec<(&'static Shape, Vec<Vec<Val>>)> = Vec::new();
    for write in writes {
        match write {
            Write::Statement(sql, args) => out.push(Statement {
                sql: sql.into_owned(),
                args,
                rows: None,
            }),
            Write::Row(shape, values) => match shapes.iter_mut().find(|(s, _)| *s == shape) {
                Some((_, rows)) => rows.push(values),
                None => shapes.push((shape, vec![values])),
            },
        }
    }
    for (shape, mut rows) in shapes {
        while !rows.is_empty() {
            let size = [64, 16, 4, 1]
                .into_iter()
                .find(|n| *n <= rows.len())
                .unwrap_or(1);
            let batch: Vec<Val> = rows.drain(..size).flatten().collect();
            out.push(Statement {
                sql: insert(shape, size),
                args: batch,
                rows: Some((shape.table, size as u64)),
            });
        }
    }
    out
}

fn insert(shape: &Shape, rows: usize) -> String {
    let width = shape.columns.len();
    let tuple = |r: usize| {
        format!(
            "({})",
            (1..=width)
                .map(|c| format!("${}", r * width + c))
                .collect::<Vec<_>>()
                .join(",")
        )
    };
    format!(
        "insert into {} ({}) values {}",
        shape.table,
        shape.columns.join(","),
        (0..rows).map(tuple).collect::<Vec<_>>().join(",")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    static SHAPE: Shape = Shape {
        table: "t",
        columns: &["a", "b"],
    };

    #[test]
    fn rows_of_one_shape_share_statements_of_fixed_sizes() {
        let writes = (0..21)
            .map(|n| Write::Row(&SHAPE, vec![n.into(), true.into()]))
            .collect();
        let made = statements(writes);
        let sizes: Vec<usize> = made.iter().map(|made| made.args.len() / 2).collect();
        assert_eq!(sizes, [16, 4, 1]);
        assert_eq!(made[2].sql, "insert into t (a,b) values ($1,$2)");
    }
}
