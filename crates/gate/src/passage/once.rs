use crate::passage::{actor::Actor, gate::Gate, perform::Command, refusal::Refusal};
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_store::Row;
use interpres_vault::{Key, Place, checksum, sha256};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use zeroize::Zeroizing;

/// For how long an answer can be given again.
pub(crate) const KEPT_DAYS: i64 = 7;

/// The same request twice has one effect: a key that the caller chose or that was made with the form, and a digest
/// of what was asked. The outcome of each command of the request is kept with the act, in the same transaction,
/// and given again. It is sealed by the key, which is kept nowhere, and by one of the workspace's.
#[derive(Clone, Debug)]
pub struct Once {
    key: Key,
    digest: [u8; 32],
    /// How many commands the request has come to: they come in the same order each time.
    commands: Arc<AtomicU32>,
}

impl Once {
    /// From the caller's key and the request's parts.
    #[must_use]
    pub fn new(key: &str, parts: &[&[u8]]) -> Self {
        let key = Key::from_bytes(sha256(key.as_bytes()));
        let digest = checksum(&key, parts);
        Self {
            key,
            digest,
            commands: Arc::default(),
        }
    }
    /// The next command of the request.
    pub(crate) fn next<C: Command>(&self) -> OneCommand {
        let number = self.commands.fetch_add(1, Ordering::Relaxed);
        OneCommand {
            mark: self.mark(number),
            digest: checksum(&self.key, &[&self.digest, C::ACTION.name().as_bytes()]),
            key: self.key.derive("outcome"),
        }
    }
    /// What the command of this number is found by again.
    pub(crate) fn mark(&self, number: u32) -> String {
        STANDARD.encode(checksum(&self.key.derive("mark"), &[&number.to_be_bytes()]))
    }
}

impl Gate {
    /// Whether what this request asks was done before under its key: then its outcome is given again, and nothing needs
    /// to be asked about it. Shows no record, so no entry.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn was_done(&self, actor: &Actor) -> Result<bool, Refusal> {
        let Some(once) = &actor.once else {
            return Ok(false);
        };
        let args = [
            actor.workspace.to_string().into(),
            actor.log_name().into(),
            once.mark(0).into(),
        ];
        let sql = "select key from idempotency where workspace_id = $1 and actor = $2 and key = $3";
        let rows = self.inner.db.reader().await?.rows(sql, &args).await?;
        Ok(!rows.is_empty())
    }
}

/// One command of a request that has one effect.
#[derive(Debug)]
pub(crate) struct OneCommand {
    /// What it is found by again.
    pub(crate) mark: String,
    pub(crate) digest: [u8; 32],
    key: Key,
}

impl OneCommand {
    /// The same under the workspace's key as well: whoever has the data and guesses the caller's key opens nothing, and learns
    /// nothing of what was asked.
    pub(crate) fn under(self, workspace: &Key) -> Self {
        let (workspace, own) = (workspace.derive("idempotency"), self.key);
        let key = Key::from_bytes(checksum(
            &workspace,
            &[b"outcome", &checksum(&own, &[b"outcome"])],
        ));
        let digest = checksum(&workspace, &[b"digest", &self.digest]);
        Self {
            mark: self.mark,
            digest,
            key,
        }
    }
    fn place<'a>(&'a self, workspace: &'a str) -> Place<'a> {
        Place {
            workspace,
            table: "idempotency",
            column: "outcome",
            row: &self.mark,
        }
    }
    /// An outcome as it is kept.
    pub(crate) fn seal(&self, workspace: &str, outcome: &[u8]) -> Result<String, Refusal> {
        Ok(STANDARD.encode(self.key.seal(&self.place(workspace), outcome)?))
    }
    /// The outcome that was kept as JSON, for the same request.
    pub(crate) fn replay(&self, workspace: &str, row: &Row) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        if row.bytes("digest")? != self.digest {
            return Err(Refusal::conflict(
                "This was sent before with something else in it, and that was done. Look at what is there now; another request needs a new form, or a new idempotency key.",
            ));
        }
        let sealed = STANDARD
            .decode(row.text("outcome")?)
            .map_err(Refusal::fault)?;
        Ok(self.key.open(&self.place(workspace), &sealed)?)
    }
}
