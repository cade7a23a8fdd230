pub(crate) mod book;
pub(crate) mod clients;
pub(crate) mod on_hold;
pub(crate) mod overview;
pub(crate) mod search;
pub(crate) mod states;
