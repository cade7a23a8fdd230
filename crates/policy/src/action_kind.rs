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
