pub(crate) mod offers;
pub(crate) mod sequences;
