//! Ids as they stand in rows.
use interpres_store::StoreError;

pub(crate) fn parse<T: std::str::FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse()
        .map_err(|_| StoreError::Shape("a stored id has not the form of one".into()))
}
