use std::{fmt, io::ErrorKind};

/// Errors below the gate. Messages name columns and conditions, never values.
#[derive(Debug)]
pub enum StoreError {
    /// A uniqueness violation; the constraint's or columns' name.
    Unique(String),
    /// A constraint violation, such as double booking.
    Broken(String),
    /// The database can't take more now; try again.
    Busy,
    /// The disk is full; nothing was saved.
    Full,
    /// The file does not open with this key: another installation's, or no database.
    Shut,
    /// A statement and its binds or columns don't fit: a defect of ours.
    Shape(String),
    /// Rows written to this table are missing: a trigger or rule in the database drops them.
    Swallowed(&'static str),
    /// An address of a server that can't be used, and why.
    Address(&'static str),
    /// Any other driver error.
    Driver(sqlx::Error),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unique(what) => write!(f, "not unique: {what}"),
            Self::Broken(what) => write!(f, "against the schema: {what}"),
            Self::Busy => f.write_str("the database is busy"),
            Self::Full => f.write_str("the disk is full"),
            Self::Shut => f.write_str("it does not open with this key"),
            Self::Shape(what) => write!(f, "statement does not fit: {what}"),
            Self::Swallowed(table) => write!(
                f,
                "rows of {table} were kept out by something in the database that is not ours"
            ),
            Self::Address(why) => write!(f, "the address of the PostgreSQL server: {why}"),
            Self::Driver(e) => write!(f, "database: {}", without_values(e)),
        }
    }
}
impl std::error::Error for StoreError {}

/// A driver's message without its detail, which on PostgreSQL repeats the row's values.
fn without_values(e: &sqlx::Error) -> String {
    match e {
        sqlx::Error::Database(inner) => {
            format!("{} ({})", inner.message(), inner.code().unwrap_or_default())
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::Encode(_) => {
            "a value could not be read".to_owned()
        }
        other => other.to_string(),
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(e: sqlx::Error) -> Self {
        let sqlx::Error::Database(inner) = &e else {
            return match &e {
                sqlx::Error::PoolTimedOut => Self::Busy,
                sqlx::Error::Io(io)
                    if matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) =>
                {
                    Self::Full
                }
                _ => Self::Driver(e),
            };
        };
        let what = inner
            .constraint()
            .map_or_else(|| inner.message().to_owned(), str::to_owned);
        match (inner.kind(), inner.code().as_deref()) {
            (sqlx::error::ErrorKind::UniqueViolation, _) => Self::Unique(what),
            // 23P01 is PostgreSQL's exclusion violation, 1811 SQLite's raise(abort) in a trigger.
            (_, Some("23P01" | "1811" | "P0001")) => Self::Broken(what),
            (sqlx::error::ErrorKind::CheckViolation, _) => Self::Broken(what),
            // 40001 and 40P01 are PostgreSQL's serialization failure and deadlock, 5 is SQLITE_BUSY.
            (_, Some("40001" | "40P01" | "5" | "517")) => Self::Busy,
            // 53100 is PostgreSQL's disk full; 13 is SQLITE_FULL; 4874 is SQLITE_IOERR_SHMSIZE (no space for the
            // shared-memory file).
            (_, Some("53100" | "13" | "4874")) => Self::Full,
            // SQLITE_NOTADB: pages do not decrypt.
            (_, Some("26")) => Self::Shut,
            _ => Self::Driver(e),
        }
    }
}
