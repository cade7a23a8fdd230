use interpres_gate::{ReadTx, Refusal, Val, record};
use interpres_types::{Line, TeamId};

record! {
    /// A container that scopes data: an office, a clinic, a sensitive department.
    pub struct Team in "team" by TeamId {
        /// Its name.
        name: Line<80>,
        /// The name folded for comparing; unique.
        name_key: String,
    }
}

/// A name folded for comparing and sorting the same on both engines: lower case, single spaces.
#[must_use]
pub fn fold(name: &str) -> String {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The team of this name, however it is capitalised or spaced.
///
/// # Errors
/// A fault of the database.
pub async fn team_named(tx: &mut ReadTx, name: &str) -> Result<Option<Team>, Refusal> {
    Ok(tx.list("where name_key = $1", vec![Val::Text(fold(name))]).await?.pop())
}
