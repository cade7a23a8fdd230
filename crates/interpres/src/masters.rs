//! Where the master key is kept: a file in the data folder, the environment, or a key service that
//! never gives it away.
use crate::{OpenError, outward};
use interpres_vault::{Answer, HeldMaster, Key, Master, MasterError, MasterKey, Place};
use serde::Deserialize;
use serde_json::json;
use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Where the master key is.
#[derive(Clone, Debug, Default)]
pub enum MasterAt {
    /// In the data folder's `master.key`.
    #[default]
    File,
    /// In `INTERPRES_MASTER_KEY`; while it is rotated, the one before in `INTERPRES_MASTER_KEY_BEFORE`.
    Environment,
    /// In a Vault or OpenBao transit engine.
    Transit(Transit),
}

/// A transit engine's key, and how to be let in.
#[derive(Clone, Debug)]
pub struct Transit {
    /// The engine's address, such as `https://vault.internal:8200/v1/transit`.
    pub url: String,
    /// The key's name in it.
    pub key: String,
    /// A file that holds the token, read anew for every request so that an agent may renew it.
    pub token_file: PathBuf,
}

/// The master key of a folder, opened.
#[derive(Clone)]
pub enum OpenMaster {
    /// In this process's memory, from the folder's file.
    File(Arc<HeldMaster>),
    /// In this process's memory, from the environment.
    Environment(Arc<HeldMaster>),
    /// Somewhere else.
    Transit(Arc<TransitMaster>),
}

impl OpenMaster {
    /// Finds the master key. One in a file is made only where nothing has begun that it could belong to.
    ///
    /// # Errors
    /// When it is not where it should be.
    pub fn find(at: &MasterAt, folder: &Path, begun: bool) -> Result<Self, OpenError> {
        match at {
            MasterAt::File => Ok(Self::File(Arc::new(from_file(folder, begun)?))),
            MasterAt::Environment => {
                let read = |name: &'static str| {
                    env::var(name)
                        .ok()
                        .map(|text| MasterKey::parse(&text).ok_or(OpenError::Environment(name)))
                        .transpose()
                };
                let current = read("INTERPRES_MASTER_KEY")?
                    .ok_or(OpenError::Environment("INTERPRES_MASTER_KEY"))?;
                Ok(Self::Environment(Arc::new(HeldMaster::new(
                    current,
                    read("INTERPRES_MASTER_KEY_BEFORE")?,
                ))))
            }
            MasterAt::Transit(transit) => Ok(Self::Transit(Arc::new(TransitMaster::new(
                transit.clone(),
            )?))),
        }
    }
    /// As what the key store asks.
    #[must_use]
    pub fn shared(&self) -> Arc<dyn Master> {
        match self {
            Self::File(held) | Self::Environment(held) => held.clone(),
            Self::Transit(transit) => transit.clone(),
        }
    }
}

/// The file of the next master key, while it is being rotated to.
pub(crate) fn next_file(folder: &Path) -> PathBuf {
    folder.join("master.key.new")
}

fn from_file(folder: &Path, begun: bool) -> Result<HeldMaster, OpenError> {
    let path = folder.join("master.key");
    if !path.exists() && !begun {
        return Ok(HeldMaster::new(MasterKey::create(&path)?, None));
    }
    let key = MasterKey::load(&path)?;
    // A rotation was stopped half-way: both open, and it is gone on with.
    let next = next_file(folder);
    if next.exists() {
        Ok(HeldMaster::new(MasterKey::load(&next)?, Some(key)))
    } else {
        Ok(HeldMaster::new(key, None))
    }
}

/// A master key that a Vault or OpenBao transit engine holds: keys are sent there to be wrapped.
pub struct TransitMaster {
    at: Transit,
    client: reqwest::Client,
}

#[derive(Deserialize)]
struct Reply {
    data: Wrapped,
}
#[derive(Deserialize)]
struct Wrapped {
    #[serde(default)]
    ciphertext: String,
    #[serde(default)]
    plaintext: zeroize::Zeroizing<String>,
}

impl TransitMaster {
    fn new(at: Transit) -> Result<Self, MasterError> {
        outward::address(&at.url).map_err(MasterError::Unavailable)?;
        Ok(Self {
            at,
            client: outward::client().map_err(|e| MasterError::Unavailable(e.to_string()))?,
        })
    }
    /// Asks the engine. What it says is never repeated: it may repeat what it was sent.
    async fn ask(&self, what: &str, body: serde_json::Value) -> Result<Wrapped, MasterError> {
        let token = fs::read_to_string(&self.at.token_file).map_err(|e| {
            MasterError::Unavailable(format!("{}: {e}", self.at.token_file.display()))
        })?;
        let url = format!(
            "{}/{what}/{}",
            self.at.url.trim_end_matches('/'),
            self.at.key
        );
        let request = self
            .client
            .post(url)
            .header("x-vault-token", token.trim())
            .header("content-type", "application/json")
            .body(body.to_string());
        let answer = request
            .send()
            .await
            .map_err(|e| MasterError::Unavailable(e.without_url().to_string()))?;
        match answer.status().as_u16() {
            200 => {}
            400 => return Err(MasterError::Closed),
            other => return Err(MasterError::Unavailable(format!("it answered {other}"))),
        }
        let bytes = answer
            .bytes()
            .await
            .map_err(|e| MasterError::Unavailable(e.without_url().to_string()))?;
        serde_json::from_slice::<Reply>(&bytes)
            .map(|reply| reply.data)
            .map_err(|_| MasterError::Unavailable("its answer can't be read".to_owned()))
    }
}

impl Master for TransitMaster {
    fn wrap<'a>(&'a self, place: Place<'a>, key: &'a Key) -> Answer<'a, Vec<u8>> {
        Box::pin(async move {
            let body = json!({ "plaintext": base64(key.expose()), "associated_data": base64(&place.bytes()) });
            let reply = self.ask("encrypt", body).await?;
            if reply.ciphertext.is_empty() {
                Err(MasterError::Unavailable("it gave no ciphertext".to_owned()))
            } else {
                Ok(reply.ciphertext.into_bytes())
            }
        })
    }
    fn unwrap<'a>(&'a self, place: Place<'a>, wrapped: &'a [u8]) -> Answer<'a, Key> {
        Box::pin(async move {
            let text = std::str::from_utf8(wrapped).map_err(|_| MasterError::Closed)?;
            let reply = self
                .ask(
                    "decrypt",
                    json!({ "ciphertext": text, "associated_data": base64(&place.bytes()) }),
                )
                .await?;
            let bytes =
                zeroize::Zeroizing::new(unbase64(&reply.plaintext).ok_or(MasterError::Closed)?);
            bytes
                .as_slice()
                .try_into()
                .map(Key::from_bytes)
                .map_err(|_| MasterError::Closed)
        })
    }
}

fn base64(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
}
fn unbase64(text: &str) -> Option<Vec<u8>> {
    base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).ok()
}
