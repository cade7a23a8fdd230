//! The door: signing in and out, proving who one is, terms, invitations.
mod enter;
mod invitation;
mod kept;
mod password;
mod proof;
mod provider;
mod routes;
mod terms;
mod unsigned;

pub(crate) use kept::ask_first;
pub(crate) use provider::redirect_uri;
pub(crate) use routes::routes;
pub(crate) use unsigned::{Unsigned, may_try};
