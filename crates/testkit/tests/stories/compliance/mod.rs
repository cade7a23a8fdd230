pub(crate) mod disclosures;
pub(crate) mod erase;
pub(crate) mod hours;
pub(crate) mod retention;
pub(crate) mod review;
