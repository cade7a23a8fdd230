//! What the register says of an act, asked one question at a time.
use crate::{Action, ActionKind, Mark, Permission, Way};

impl Action {
    /// What the policy is asked, unless a command of this act says another of its permissions.
    #[must_use]
    pub const fn permission(self) -> Permission {
        self.permissions()[0]
    }

    /// Whether the register names this permission for it: what else is asked of the policy does not compile.
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

    /// Whether it is among the acts of people and their programs, not only of the gate's own hands and of people at the door.
    #[must_use]
    pub fn is_for_people(self) -> bool {
        self.permissions().iter().any(|asked| asked.is_for_people())
    }

    /// Why people don't come to it by this way; nothing where they do.
    #[must_use]
    pub fn why_not_by(self, way: Way) -> Option<&'static str> {
        let mut missing = self.missing().iter();
        missing.find(|(w, _)| *w == way).map(|(_, why)| *why)
    }

    /// Whether it needs a second factor that was proved within the last minutes (AU6). What leaves as a file always does.
    #[must_use]
    pub fn needs_proof(self) -> bool {
        self.is(Mark::Proof)
            || self.needs_factor()
            || self.kind() == ActionKind::Export && !self.is_ones_own_file()
    }

    /// Whether what leaves is only what the same person brought in.
    #[must_use]
    pub fn is_ones_own_file(self) -> bool {
        self.is(Mark::OwnFile)
    }

    /// Whether a second factor must be there to be proved; a password alone is not enough for it.
    #[must_use]
    pub fn needs_factor(self) -> bool {
        self.is(Mark::Factor)
    }

    /// Whether it is possible before somebody has proved all that their workspace asks of them.
    #[must_use]
    pub fn at_the_door(self) -> bool {
        self.is(Mark::Door)
    }

    fn is(self, mark: Mark) -> bool {
        self.marks().contains(&mark)
    }
}
