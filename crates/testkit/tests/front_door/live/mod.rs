//! Live updates: what is sent to whom, when a stream ends, and how many there may be.
pub(crate) mod bounds;
pub(crate) mod ends;
pub(crate) mod reach;
pub(crate) mod stream;
