//! The registry's answers about an action, one question each.
use crate::{Action, ActionKind, Mark, Permission, Way};

impl Action {
    /// The default permission; a command of this action may name another of the listed ones.
    #[must_use]
    pub const fn permission(self) -> Permission {
        self.permissions()[0]
    }

    /// Whether the registry lists this permission for the action. Using any other does not compile.
    #[must_use]
    pub const fn asks(self, permission: Permission) -> bool {
        let mut rest = self.permissions();
        while let [first, others @ ..] = rest {
            if *first as u8 == permission as u8 {
                return true;
            }
            rest = others;
        }
        false
    }

    /// Whether people and their programs perform it, rather than only the gate's workers or someone signing in.
    #[must_use]
    pub fn is_for_people(self) -> bool {
        self.permissions().iter().any(|asked| asked.is_for_people())
    }

    /// The reason it cannot be reached this way; `None` if it can.
    #[must_use]
    pub fn why_not_by(self, way: Way) -> Option<&'static str> {
        let mut missing = self.missing().iter();
        missing.find(|(w, _)| *w == way).map(|(_, why)| *why)
    }

    /// Whether it requires step-up: a second factor in the last ten minutes (AU6). Exports always do.
    #[must_use]
    pub fn needs_proof(self) -> bool {
        self.is(Mark::Proof)
            || self.needs_factor()
            || self.kind() == ActionKind::Export && !self.is_ones_own_file()
    }

    /// Whether the export contains only the person's own upload.
    #[must_use]
    pub fn is_ones_own_file(self) -> bool {
        self.is(Mark::OwnFile)
    }

    /// Whether it requires an enrolled second factor; a password alone is not enough.
    #[must_use]
    pub fn needs_factor(self) -> bool {
        self.is(Mark::Factor)
    }

    /// Whether it is allowed before the person meets all of the workspace's sign-in requirements.
    #[must_use]
    pub fn at_the_door(self) -> bool {
        self.is(Mark::Door)
    }

    fn is(self, mark: Mark) -> bool {
        self.marks().contains(&mark)
    }
}
