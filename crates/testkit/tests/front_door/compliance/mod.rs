pub(crate) mod hipaa;
pub(crate) mod review;
