pub(crate) mod import;
pub(crate) mod partial_import;
