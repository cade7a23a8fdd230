//! The keys, for whoever asks with `?`.
use crate::shared::filters;
use crate::{
    door::Signed,
    shared::{Answer, Frame, page},
};
use askama::Template;
use say::Says;

#[derive(Template)]
#[template(path = "shortcuts.html")]
struct ShortcutsPage {
    frame: Frame,
    keys: &'static [Shortcut],
}

/// What some keys do.
struct Shortcut {
    keys: &'static [&'static str],
    says: Says,
}

impl Shortcut {
    fn what(&self) -> &'static str {
        (self.says)()
    }
}

const fn by(keys: &'static [&'static str], says: Says) -> Shortcut {
    Shortcut { keys, says }
}

const KEYS: &[Shortcut] = &[
    by(&["Ctrl", "K"], say::search_or_jump_to),
    by(&["/"], say::key_search_list),
    by(&["N"], say::new_appointment),
    by(&["J"], say::key_next_row),
    by(&["K"], say::key_previous_row),
    by(&["Enter"], say::key_open_beside),
    by(&["Shift", "Enter"], say::key_open_page),
    by(&["X"], say::key_select),
    by(&["Space"], say::key_select),
    by(&["Shift", "X"], say::key_select_range),
    by(&["E"], say::key_edit),
    by(&["A"], say::key_approve),
    by(&["Esc"], say::key_close),
    by(&["?"], say::key_this_list),
];

pub(super) async fn shortcuts(Signed(actor): Signed) -> Answer {
    page(&ShortcutsPage {
        frame: Frame::of(&actor, ""),
        keys: KEYS,
    })
}
