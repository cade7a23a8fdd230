//! Whoever adds a record under a name that is taken is asked whether another one is meant.
use super::{Pairs, Refused};
use crate::App;
use interpres_accounts::fold;
use interpres_gate::Actor;
use interpres_types::Field;

/// The field by which somebody says that another one of the same name is meant.
pub(crate) const ANOTHER: &str = "another";

/// The characters of a name that a list is searched for.
const MOST_SEARCHED: usize = 80;

/// A record of the list that is searched for the name.
pub(crate) struct Named {
    pub(crate) name: String,
    /// Its name, and what tells it from others of that name.
    pub(crate) words: String,
    /// Whether it is the one that is edited: it may keep its name.
    pub(crate) is_edited: bool,
}

/// Whether a form is asked about its name: one that says that another is meant is not, nor one that is sent once more.
pub(crate) async fn are_asked_about(
    app: &App,
    actor: &Actor,
    typed: &Pairs,
) -> Result<bool, Refused> {
    let is_meant = typed
        .iter()
        .any(|(name, yes)| name == ANOTHER && !yes.is_empty());
    Ok(!is_meant && !app.gate.was_done(actor).await?)
}

/// What a list is searched for to find a name.
pub(crate) fn searched(name: &str) -> Field {
    let q: String = fold(name).chars().take(MOST_SEARCHED).collect();
    q.trim().into()
}

/// The words of the records of this name, letters and accents aside; none where the one that is edited had it before.
pub(crate) fn of_name(name: &str, found: impl Iterator<Item = Named>) -> Vec<String> {
    let key = fold(name);
    let same: Vec<Named> = found.filter(|one| fold(&one.name) == key).collect();
    if same.iter().any(|one| one.is_edited) {
        return Vec::new();
    }
    same.into_iter().map(|one| one.words).collect()
}
