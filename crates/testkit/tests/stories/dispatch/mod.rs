pub(crate) mod offers;
