pub(crate) mod at_once;
