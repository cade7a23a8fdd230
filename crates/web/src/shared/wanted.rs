//! What a page that can't be answered wants first.
use interpres_gate::Ask;

/// What a page that can't be answered wants first.
#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    SignIn,
    Asked(Ask),
    /// That a form is sent once more, because its page is from an earlier session.
    Renewal,
}
