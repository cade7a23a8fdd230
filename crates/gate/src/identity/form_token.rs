//! What every form of a page carries beside what is typed.
use crate::passage::actor::Actor;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::fmt;

/// The token of a form: the session's own, against requests from other sites, and a key that is new each time it is
/// printed, so that every form has one and sending it twice has one effect.
pub struct FormTokens(String);

impl fmt::Display for FormTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{}",
            self.0,
            URL_SAFE_NO_PAD.encode(interpres_vault::random::<16>())
        )
    }
}

impl FormTokens {
    /// The token of an earlier session's form, for this session: it is still the same form.
    #[must_use]
    pub fn renewed(&self, token: &str) -> String {
        token
            .split_once('.')
            .map_or_else(|| self.to_string(), |(_, key)| format!("{}.{key}", self.0))
    }
}

impl Actor {
    /// The tokens for the forms of a page of this session.
    #[must_use]
    pub fn form_tokens(&self) -> FormTokens {
        FormTokens(self.csrf.clone())
    }
    /// The key of a form of this session's own pages; nothing where the token is another's, or has none.
    #[must_use]
    pub fn form_key<'t>(&self, token: &'t str) -> Option<&'t str> {
        let (session, key) = token.split_once('.')?;
        (!session.is_empty() && session == self.csrf && !key.is_empty()).then_some(key)
    }
}
