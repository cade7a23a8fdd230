pub(crate) mod add_interpreters;
