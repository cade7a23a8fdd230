pub(crate) mod disclosures;
pub(crate) mod erase;
pub(crate) mod find_patterns;
pub(crate) mod hours;
pub(crate) mod look_through_log;
pub(crate) mod retention;
pub(crate) mod sign_off_findings;
