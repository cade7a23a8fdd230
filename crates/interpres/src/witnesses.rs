//! Sending checkpoints to outside witnesses, so that the log can't be rewritten unseen.
use crate::outward;
use interpres_gate::{Gate, LogHead, Refusal, audit_log::VerifierKey};
use interpres_types::WorkspaceId;
use std::{fmt, str::FromStr, time::Duration};

/// A witness: where it is and the key it signs with.
#[derive(Clone, Debug)]
pub struct WitnessAt {
    url: String,
    key: VerifierKey,
}

impl FromStr for WitnessAt {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (url, key) = text
            .split_once('=')
            .ok_or("must be ADDRESS=KEY, the key as the witness prints it")?;
        outward::address(url)?;
        let key = VerifierKey::parse(key)
            .map_err(|_| "the key can't be read; copy it as the witness prints it".to_owned())?;
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            key,
        })
    }
}

/// Why a witness did not sign.
enum Silent {
    Unreachable(reqwest::Error),
    Answered(u16),
    Ours(Refusal),
}
impl fmt::Display for Silent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(e) => write!(f, "it can't be reached: {e}"),
            Self::Answered(status) => write!(f, "it answered {status}"),
            Self::Ours(refusal) => refusal.fmt(f),
        }
    }
}
impl From<reqwest::Error> for Silent {
    fn from(e: reqwest::Error) -> Self {
        Self::Unreachable(e)
    }
}
impl From<Refusal> for Silent {
    fn from(refusal: Refusal) -> Self {
        Self::Ours(refusal)
    }
}

const EVERY: Duration = Duration::from_secs(10);

/// The witnesses of this installation.
pub struct Witnesses {
    client: reqwest::Client,
    all: Vec<WitnessAt>,
}

impl Witnesses {
    /// These.
    ///
    /// # Errors
    /// When the machine's certificates can't be used.
    pub fn new(all: Vec<WitnessAt>) -> Result<Self, String> {
        Ok(Self {
            client: outward::client().map_err(|e| e.to_string())?,
            all,
        })
    }

    /// Shows every log to every witness, again and again.
    pub async fn show_forever(self, gate: Gate) {
        loop {
            if let Err(refusal) = self.show(&gate).await {
                tracing::warn!(
                    reason = refusal.logged("showing logs").word(),
                    "the logs could not be shown to the witnesses; trying again"
                );
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Shows every log that has grown to every witness, once. A witness that does not sign is told
    /// of in the process's log and asked again next time.
    ///
    /// # Errors
    /// A fault of ours.
    pub async fn show(&self, gate: &Gate) -> Result<(), Refusal> {
        for workspace in gate.all_with_logs().await? {
            let Some(head) = gate.log_head(workspace).await? else {
                continue;
            };
            for witness in &self.all {
                if let Err(silent) = ask(gate, &self.client, witness, workspace, &head).await {
                    tracing::warn!(witness = witness.key.name(), %workspace, why = %silent, "a witness has not signed");
                }
            }
        }
        Ok(())
    }
}

async fn ask(
    gate: &Gate,
    client: &reqwest::Client,
    witness: &WitnessAt,
    workspace: WorkspaceId,
    head: &LogHead,
) -> Result<(), Silent> {
    let mut old = gate.witnessed_size(workspace, &witness.key).await?;
    if old == head.size {
        return Ok(());
    }
    // A witness that knows another size than we remember says which; one more try is enough.
    for _ in 0..2 {
        let body = gate.witness_request(workspace, old, head).await?;
        let answer = client
            .post(format!("{}/add-checkpoint", witness.url))
            .body(body)
            .send()
            .await?;
        let (status, text) = (answer.status().as_u16(), answer.text().await?);
        match (status, text.trim().parse::<u64>()) {
            (200, _) => {
                return Ok(gate
                    .keep_cosignature(workspace, &witness.key, head, &text)
                    .await?);
            }
            (409, Ok(size)) if size <= head.size && size != old => old = size,
            _ => return Err(Silent::Answered(status)),
        }
    }
    Err(Silent::Answered(409))
}
