//! Pages are told at once what changed: what reaches whom, when it ends, and how much of it there may be.
pub(crate) mod bounds;
pub(crate) mod ends;
pub(crate) mod reach;
pub(crate) mod stream;
