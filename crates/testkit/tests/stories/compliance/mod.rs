pub(crate) mod agreements_at_once;
pub(crate) mod disclosures;
pub(crate) mod erase;
pub(crate) mod purge_at_once;
pub(crate) mod retention;
pub(crate) mod review;
