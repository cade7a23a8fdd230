//! How many entries the logs hold: what never grows less.
use crate::passage::refusal::Refusal;
use interpres_store::{Database, StoreError};

impl crate::passage::gate::Gate {
    /// How many entries the logs hold that have their number: what never grows less.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn numbered(&self) -> Result<i64, Refusal> {
        Ok(numbered(&self.inner.db).await?)
    }
}

/// How many entries the logs of a database hold that have their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn numbered(data: &Database) -> Result<i64, StoreError> {
    if !data.has_table("audit_head").await? {
        return Ok(0);
    }
    let rows = data
        .reader()
        .await?
        .rows(
            "select cast(coalesce(sum(size), 0) as bigint) as n from audit_head",
            &[],
        )
        .await?;
    rows.first().map_or(Ok(0), |row| row.int("n"))
}
