/// What sort of act an entry speaks of: what a reviewer and an exchange format go by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ActionKind {
    /// Records were looked at one by one.
    Read,
    /// Records were listed or searched for.
    List,
    /// Something new was made.
    Create,
    /// Something was changed.
    Change,
    /// Something was erased.
    Erase,
    /// Data left as a file.
    Export,
    /// Somebody came in, tried to, or went.
    Door,
}

macro_rules! actions {
    ($($name:ident = $text:literal $kind:ident: $doc:literal),+ $(,)?) => {
        /// The closed list of acts that are logged. A query or command names one; there is no
        /// other way to data, so what is not in this list can't happen.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Action { $(#[doc = $doc] $name),+ }
        impl Action {
            /// Every act, by name.
            pub const ALL: &[Self] = &[$(Self::$name),+];
            /// Its name in the log.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
            /// What sort of act it is.
            #[must_use]
            pub const fn kind(self) -> ActionKind {
                match self { $(Self::$name => ActionKind::$kind),+ }
            }
            /// The act with this name; nothing for a name of a later version.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|action| action.name() == name)
            }
        }
        impl std::fmt::Display for Action {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

pub(crate) use actions;
