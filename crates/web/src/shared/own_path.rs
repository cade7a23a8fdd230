//! Where a page leads on to when the address or a form says where: a path of ours, never elsewhere.
use serde::Deserialize;
use std::fmt;

/// A path of ours with what is asked behind it. Whatever reads as anything else is the first page, so that no answer
/// leads elsewhere, whatever a browser makes of it (WHATWG URL strips tabs and line ends, and takes `\` for `/`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(from = "String")]
pub(crate) struct OwnPath(String);

impl OwnPath {
    pub(crate) fn is_first_page(&self) -> bool {
        self.0 == "/"
    }
}

impl Default for OwnPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl From<String> for OwnPath {
    fn from(said: String) -> Self {
        if is_own(&said) {
            Self(said)
        } else {
            Self::default()
        }
    }
}

impl AsRef<str> for OwnPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OwnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Visible ASCII without backslash; a path of segments that are none of "", "." and "..", and hold no scheme's colon.
fn is_own(said: &str) -> bool {
    let Some(path) = said
        .split(['?', '#'])
        .next()
        .and_then(|path| path.strip_prefix('/'))
    else {
        return false;
    };
    let plain = said.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let whole = path.is_empty()
        || path
            .split('/')
            .all(|segment| !matches!(segment, "" | "." | "..") && !segment.contains(':'));
    plain && whole
}
