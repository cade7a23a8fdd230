//! A credential in clear, and the hash by which it is kept.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_audit_log::leaf_hash;

/// Characters at a token's end by which a mistyped or cut one is known.
const CHECK: usize = 6;

/// A credential in clear: told once, to its holder, and never kept or printed.
pub struct Token(String);

impl Token {
    /// A token that says by its prefix what it is, and by its end that it is whole: what scans texts
    /// for secrets can tell one without asking.
    pub(crate) fn fresh(prefix: &str) -> Self {
        let body = format!(
            "{prefix}{}",
            URL_SAFE_NO_PAD.encode(interpres_vault::random::<32>())
        );
        Self(if prefix.is_empty() {
            body
        } else {
            format!("{body}{}", Self::check(&body))
        })
    }

    fn check(body: &str) -> String {
        URL_SAFE_NO_PAD.encode(leaf_hash(body.as_bytes()))[..CHECK].to_owned()
    }

    /// Whether a text can be a token of this prefix at all.
    pub(crate) fn fits(prefix: &str, text: &str) -> bool {
        let split = text
            .len()
            .checked_sub(CHECK)
            .filter(|_| text.is_ascii() && text.starts_with(prefix));
        split.is_some_and(|split| Self::check(&text[..split]) == text[split..])
    }

    /// A random one that nothing here knows.
    #[must_use]
    pub fn random() -> Self {
        Self::fresh("")
    }

    /// The text to hand over.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(text: &str) -> Vec<u8> {
        leaf_hash(text.as_bytes()).to_vec()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}
