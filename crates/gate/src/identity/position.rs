//! The position of a page among all commits, as the page carries it: sealed for its person. In clear it would count what all
//! workspaces do, and could be made up.
use crate::passage::{actor::Actor, gate::Inner, refusal::Refusal, seen::Seen};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_types::INSTALLATION;
use interpres_vault::{Key, Place};

/// The longest text that is looked at.
const LONGEST: usize = 2_048;

/// Seals positions for one person in one workspace.
pub(crate) struct Positions {
    key: Key,
    workspace: String,
    user: String,
}

impl Positions {
    const fn place(&self) -> Place<'_> {
        Place {
            workspace: self.workspace.as_str(),
            table: "session",
            column: "seen",
            row: self.user.as_str(),
        }
    }

    /// What a page carries.
    pub(crate) fn sealed(&self, seen: &Seen) -> Result<String, Refusal> {
        let sealed = self.key.seal(&self.place(), seen.to_string().as_bytes())?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What a page brings back; nothing where it is not this person's, or too long.
    pub(crate) fn opened(&self, text: &str) -> Option<Seen> {
        if text.len() > LONGEST {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let plain = self.key.open(&self.place(), &sealed).ok()?;
        std::str::from_utf8(&plain).ok()?.parse().ok()
    }
}

impl Inner {
    /// Seals this person's positions, alike in every process.
    pub(crate) async fn positions(&self, actor: &Actor) -> Result<Positions, Refusal> {
        let keys = self.keys.workspace(INSTALLATION).await?;
        Ok(Positions {
            key: keys.checksum.derive("positions of pages"),
            workspace: actor.workspace.to_string(),
            user: actor.log_name(),
        })
    }
}
