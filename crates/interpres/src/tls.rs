//! HTTPS: certificates from files or from a certificate authority (ACME, RFC 8555), replaced without
//! a restart.
use crate::{pem, private_file};
use axum_server::tls_rustls::RustlsConfig;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewAccount,
    NewOrder, OrderStatus, RetryPolicy,
};
use interpres_web::Challenges;
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    version::{TLS12, TLS13},
};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

/// Where the certificate comes from.
#[derive(Clone, Debug)]
pub enum Certificates {
    /// Two files in PEM: the chain and the key.
    Files {
        /// The chain, the server's own first.
        chain: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// A certificate authority that is asked by ACME.
    Acme(Acme),
}

/// A certificate authority and what to ask it for.
#[derive(Clone, Debug)]
pub struct Acme {
    /// Its directory's address.
    pub directory: String,
    /// The names to be certified.
    pub names: Vec<String>,
    /// Whom it may write to.
    pub contact: Option<String>,
    /// A root of its own in PEM, for one inside an organization.
    pub root: Option<PathBuf>,
    /// Where account, certificate and key are kept.
    pub folder: PathBuf,
}

const LOOK_EVERY: Duration = Duration::from_secs(5);
const LOOKS_AN_HOUR: u64 = 720;

/// A certificate in use.
pub struct Tls {
    config: RustlsConfig,
    from: Certificates,
    seen: Option<SystemTime>,
}

impl Tls {
    /// Reads the certificate, or asks for one: then the authority's questions are answered by what is
    /// served over plain HTTP already.
    ///
    /// # Errors
    /// What was in the way, in words.
    pub async fn open(from: Certificates, challenges: &Challenges) -> Result<Self, String> {
        if let Certificates::Acme(acme) = &from
            && acme.ought_to_renew()
        {
            acme.renew(challenges).await?;
        }
        let (chain, _) = from.files();
        let seen = changed_at(&chain);
        Ok(Self {
            config: RustlsConfig::from_config(from.load()?),
            from,
            seen,
        })
    }
    /// What a server takes.
    #[must_use]
    pub fn config(&self) -> RustlsConfig {
        self.config.clone()
    }
    /// Takes up new files when they change, and asks for a new certificate in good time.
    pub async fn renew_forever(mut self, challenges: Challenges) {
        for round in 1_u64.. {
            tokio::time::sleep(LOOK_EVERY).await;
            if let Certificates::Acme(acme) = &self.from
                && round.is_multiple_of(LOOKS_AN_HOUR)
                && acme.ought_to_renew()
                && let Err(problem) = acme.renew(&challenges).await
            {
                tracing::error!(
                    problem,
                    "no new certificate could be had; trying again in an hour"
                );
            }
            let at = changed_at(&self.from.files().0);
            if at != self.seen {
                match self.from.load() {
                    Ok(config) => {
                        self.config.reload_from_config(config);
                        self.seen = at;
                        tracing::info!("a new certificate is in use");
                    }
                    Err(problem) => tracing::error!(
                        problem,
                        "a new certificate can't be used; the one before stays"
                    ),
                }
            }
            if round.is_multiple_of(24 * LOOKS_AN_HOUR)
                && left_of(&self.from.files().0)
                    .is_some_and(|left| left < Duration::from_secs(14 * 24 * 3600))
            {
                tracing::warn!("the certificate ends within two weeks");
            }
        }
    }
}

fn changed_at(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|m| m.modified()).ok()
}

/// How long a certificate lasts from now on.
fn left_of(chain: &Path) -> Option<Duration> {
    validity(chain).map(|(_, until)| until.saturating_sub(now()))
}

fn now() -> Duration {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

/// From when until when, since 1970.
fn validity(chain: &Path) -> Option<(Duration, Duration)> {
    let der = pem::certificates(chain).ok()?.into_iter().next()?;
    let (_, certificate) = x509_parser::parse_x509_certificate(&der).ok()?;
    let since =
        |at: x509_parser::time::ASN1Time| Duration::from_secs(at.timestamp().max(0).unsigned_abs());
    Some((
        since(certificate.validity().not_before),
        since(certificate.validity().not_after),
    ))
}

impl Certificates {
    fn files(&self) -> (PathBuf, PathBuf) {
        match self {
            Self::Files { chain, key } => (chain.clone(), key.clone()),
            Self::Acme(acme) => (acme.folder.join("chain.pem"), acme.folder.join("key.pem")),
        }
    }
    /// TLS 1.2 and 1.3 with the suites of rustls: forward secrecy and authenticated ciphers only.
    fn load(&self) -> Result<Arc<ServerConfig>, String> {
        let (chain, key) = self.files();
        let (certificates, private) = (pem::certificates(&chain)?, pem::key(&key)?);
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_protocol_versions(&[&TLS13, &TLS12])
                .map_err(|e| e.to_string())?
                .with_no_client_auth()
                .with_single_cert(certificates, private)
                .map_err(|e| pem::words(&chain, e))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

impl Acme {
    /// Without a certificate, or when two thirds of its time are over.
    fn ought_to_renew(&self) -> bool {
        validity(&self.folder.join("chain.pem"))
            .is_none_or(|(from, until)| now() > from + (until.saturating_sub(from)) * 2 / 3)
    }

    async fn renew(&self, challenges: &Challenges) -> Result<(), String> {
        let words = |e: instant_acme::Error| {
            format!("the certificate authority at {}: {e}", self.directory)
        };
        let account = self.account().await?;
        let names: Vec<Identifier> = self.names.iter().cloned().map(Identifier::Dns).collect();
        let mut order = account
            .new_order(&NewOrder::new(&names))
            .await
            .map_err(words)?;
        let mut answers = BTreeMap::new();
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization.map_err(words)?;
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let mut challenge = authorization
                .challenge(ChallengeType::Http01)
                .ok_or("the certificate authority does not ask by HTTP")?;
            answers.insert(
                challenge.token.clone(),
                challenge.key_authorization().as_str().to_owned(),
            );
            challenges.set(answers.clone());
            challenge.set_ready().await.map_err(words)?;
        }
        let ready = order
            .poll_ready(&RetryPolicy::default())
            .await
            .map_err(words)?;
        if ready != OrderStatus::Ready {
            return Err(format!(
                "the certificate authority did not reach this server by http://{}/ and says: {ready:?}",
                self.names.join(", ")
            ));
        }
        let key = order.finalize().await.map_err(words)?;
        let chain = order
            .poll_certificate(&RetryPolicy::default())
            .await
            .map_err(words)?;
        challenges.set(BTreeMap::new());
        // The key first: a chain without its key would not load, and is looked at by its time.
        self.keep("key.pem", key.as_bytes())?;
        self.keep("chain.pem", chain.as_bytes())
    }

    async fn account(&self) -> Result<Account, String> {
        let words = |e: instant_acme::Error| {
            format!("the certificate authority at {}: {e}", self.directory)
        };
        let builder = self
            .root
            .as_ref()
            .map_or_else(Account::builder, Account::builder_with_root)
            .map_err(words)?;
        let kept = fs::read_to_string(self.folder.join("account.json")).ok();
        if let Some(credentials) =
            kept.and_then(|text| serde_json::from_str::<AccountCredentials>(&text).ok())
        {
            return builder.from_credentials(credentials).await.map_err(words);
        }
        let contact: Vec<String> = self
            .contact
            .iter()
            .map(|address| format!("mailto:{address}"))
            .collect();
        let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
        let asked = NewAccount {
            contact: &contact,
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let (account, credentials) = builder
            .create(&asked, self.directory.clone(), None)
            .await
            .map_err(words)?;
        self.keep(
            "account.json",
            serde_json::to_string(&credentials)
                .unwrap_or_default()
                .as_bytes(),
        )?;
        Ok(account)
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.folder.join(name);
        let made = fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder);
        made.and_then(|()| private_file::write(&path, bytes))
            .map_err(|e| format!("{}: {e}", path.display()))
    }
}
