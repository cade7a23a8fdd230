//! The keys, for whoever asks with `?`.
use crate::shared::filters;
use crate::{
    door::Signed,
    shared::{Answer, Frame, page},
};
use askama::Template;

#[derive(Template)]
#[template(path = "shortcuts.html")]
struct ShortcutsPage {
    frame: Frame,
    keys: &'static [Shortcut],
}

/// What some keys do.
struct Shortcut {
    keys: &'static [&'static str],
    what: &'static str,
}

const fn by(keys: &'static [&'static str], what: &'static str) -> Shortcut {
    Shortcut { keys, what }
}

const KEYS: &[Shortcut] = &[
    by(&["Ctrl", "K"], "Search or jump to"),
    by(&["/"], "Search this list"),
    by(&["N"], "New appointment"),
    by(&["J"], "Next row"),
    by(&["K"], "Previous row"),
    by(&["Enter"], "Open the row beside the list"),
    by(&["Shift", "Enter"], "Open its page"),
    by(&["X"], "Select the row"),
    by(&["Space"], "Select the row"),
    by(&["Shift", "X"], "Select all rows from the last one to this"),
    by(&["E"], "Edit"),
    by(&["A"], "Approve the voucher and go to the next"),
    by(&["Esc"], "Close"),
    by(&["?"], "This list"),
];

pub(super) async fn shortcuts(Signed(actor): Signed) -> Answer {
    page(&ShortcutsPage {
        frame: Frame::of(&actor, ""),
        keys: KEYS,
    })
}
