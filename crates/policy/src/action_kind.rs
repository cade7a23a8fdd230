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

impl ActionKind {
    /// Every one, in the order they are offered.
    pub const ALL: &[Self] = &[
        Self::Read,
        Self::List,
        Self::Create,
        Self::Change,
        Self::Erase,
        Self::Export,
        Self::Door,
    ];
    /// The word in addresses and in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::List => "list",
            Self::Create => "create",
            Self::Change => "change",
            Self::Erase => "erase",
            Self::Export => "export",
            Self::Door => "door",
        }
    }
    /// What it is called where people choose one.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Read => "Viewed a record",
            Self::List => "Listed or searched",
            Self::Create => "Created",
            Self::Change => "Changed",
            Self::Erase => "Erased",
            Self::Export => "Exported",
            Self::Door => "Signed in or out",
        }
    }
    /// The kind with this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

/// What an act asks beside a permission, or is spared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// A second factor that was proved within the last minutes (AU6); a password from whoever has none.
    Proof,
    /// The same, and a password alone is not enough.
    Factor,
    /// It is possible before somebody has proved all that their workspace asks of them.
    Door,
    /// What leaves is only what the same person brought in, which asks for no proof.
    OwnFile,
}

/// A way by which people come to an act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// A page, or a form on one.
    Page,
    /// An operation of the API.
    Api,
}

macro_rules! actions {
    ($($name:ident = $text:literal $kind:ident [$($permission:ident)+] $(+ $mark:ident)* $(, no $way:ident $why:literal)*: $doc:literal),+ $(,)?) => {
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
            /// What was done, in words.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $doc),+ }
            }
            /// What sort of act it is.
            #[must_use]
            pub const fn kind(self) -> ActionKind {
                match self { $(Self::$name => ActionKind::$kind),+ }
            }
            /// What the policy is asked: by most commands and queries of this act the first of them, by some another.
            #[must_use]
            pub const fn permissions(self) -> &'static [Permission] {
                match self { $(Self::$name => &[$(Permission::$permission),+]),+ }
            }
            /// What it asks beside a permission, or is spared.
            #[must_use]
            pub const fn marks(self) -> &'static [Mark] {
                match self { $(Self::$name => &[$(Mark::$mark),*]),+ }
            }
            /// By which ways people don't come to it, with the reasons.
            #[must_use]
            pub const fn missing(self) -> &'static [(Way, &'static str)] {
                match self { $(Self::$name => &[$((Way::$way, $why)),*]),+ }
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
