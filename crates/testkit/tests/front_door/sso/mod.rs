pub(crate) mod directory;
pub(crate) mod identity_provider;
pub(crate) mod provider;
pub(crate) mod who_is_who;
