//! Bringing what an earlier version kept into the form of this one.
pub(crate) mod assignment;
pub(crate) mod client;
