//! Search over everything, and the list of shortcuts.
mod everything;
mod shortcuts;

use crate::routes::Routes;

pub(crate) fn routes(all: Routes) -> Routes {
    all.form("/find", everything::find)
        .page("/shortcuts", shortcuts::shortcuts)
}
