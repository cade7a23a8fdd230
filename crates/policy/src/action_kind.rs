/// The kind of an action, for reviewers and exchange formats.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ActionKind {
    /// Records were viewed one by one.
    Read,
    /// Records were listed or searched for.
    List,
    /// Something was created.
    Create,
    /// Something was changed.
    Change,
    /// Something was erased.
    Erase,
    /// Data left as a file.
    Export,
    /// Someone signed in, tried to, or signed out.
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
    /// Label in choices.
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

/// What an action requires beyond a permission, or is exempt from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// Step-up: a second factor in the last ten minutes (AU6), or the password if the person has none.
    Proof,
    /// Step-up with a second factor; a password alone is not enough.
    Factor,
    /// Allowed before the person meets all of the workspace's sign-in requirements.
    Door,
    /// The export contains only the person's own upload, so it needs no step-up.
    OwnFile,
}

/// A way to reach an action.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// A page, or a form on one.
    Page,
    /// An operation of the API.
    Api,
}

macro_rules! actions {
    ($($name:ident = $text:literal $kind:ident [$($permission:ident)+] $(+ $mark:ident)* $(, no $way:ident $why:literal)*: $doc:literal),+ $(,)?) => {
        /// The closed list of logged actions. Every query and command names one, and there is no other way to reach
        /// data: an action not listed here cannot happen.
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
            /// What was done, as a sentence.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $doc),+ }
            }
            /// The action's kind.
            #[must_use]
            pub const fn kind(self) -> ActionKind {
                match self { $(Self::$name => ActionKind::$kind),+ }
            }
            /// Permissions: the first one is that of most commands and queries of this action; the others are for the
            /// rest.
            #[must_use]
            pub const fn permissions(self) -> &'static [Permission] {
                match self { $(Self::$name => &[$(Permission::$permission),+]),+ }
            }
            /// What it requires beyond a permission, or is exempt from.
            #[must_use]
            pub const fn marks(self) -> &'static [Mark] {
                match self { $(Self::$name => &[$(Mark::$mark),*]),+ }
            }
            /// The ways by which it cannot be reached, with reasons.
            #[must_use]
            pub const fn missing(self) -> &'static [(Way, &'static str)] {
                match self { $(Self::$name => &[$((Way::$way, $why)),*]),+ }
            }
            /// The action with this name; `None` for a name of a later version.
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
