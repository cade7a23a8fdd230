pub(crate) mod field_matrix;
pub(crate) mod input;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod prepare;
pub(crate) mod strangers;
pub(crate) mod taken_over;
