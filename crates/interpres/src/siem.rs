//! The audit log as a stream to a collector: syslog (RFC 5424) over TLS (RFC 5425) with certificates
//! on both sides. Entries go in the order of their numbers; what may have been lost with a connection
//! is sent again under the same number.
use crate::pem;
use interpres_gate::{BeginStream, Gate, Refusal, StreamedEntry};
use interpres_types::{INSTALLATION, WorkspaceId};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::ServerName,
    version::{TLS12, TLS13},
};
use std::{
    fmt::{self, Write as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Where the collector is and how each side shows who it is.
#[derive(Clone, Debug)]
pub struct Collector {
    /// Its name and port.
    pub address: String,
    /// The root that its certificate must come from (PEM).
    pub root: PathBuf,
    /// Our own certificate (PEM).
    pub chain: PathBuf,
    /// Its key (PEM).
    pub key: PathBuf,
}

const LONGEST: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_secs(10);
const AT_A_TIME: u64 = 500;
/// How many entries are sent again on a new connection: syslog has no receipts, so what the collector
/// had of the old one is not known.
const OVERLAP: u64 = 200;
/// Facility "log audit" (RFC 5424 section 6.2.1).
const FACILITY: u8 = 13;

/// A stream to a collector.
pub struct Stream {
    connector: TlsConnector,
    name: ServerName<'static>,
    address: String,
    host: String,
}

/// Why nothing could be sent.
#[derive(Debug)]
pub enum Unsent {
    /// The collector can't be reached, or is not who it should be.
    Connection(std::io::Error),
    /// A fault of ours.
    Ours(Refusal),
}
impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(e) => write!(f, "the collector: {e}"),
            Self::Ours(refusal) => refusal.fmt(f),
        }
    }
}
impl From<std::io::Error> for Unsent {
    fn from(e: std::io::Error) -> Self {
        Self::Connection(e)
    }
}
impl From<Refusal> for Unsent {
    fn from(refusal: Refusal) -> Self {
        Self::Ours(refusal)
    }
}

fn late() -> Unsent {
    Unsent::Connection(std::io::Error::from(std::io::ErrorKind::TimedOut))
}

impl Stream {
    /// A stream to this collector.
    ///
    /// # Errors
    /// What is wrong with its certificates or address, in words.
    pub fn new(to: &Collector) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        for root in pem::certificates(&to.root)? {
            roots.add(root).map_err(|e| pem::words(&to.root, e))?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|e| e.to_string())?
            .with_root_certificates(roots)
            .with_client_auth_cert(pem::certificates(&to.chain)?, pem::key(&to.key)?)
            .map_err(|e| pem::words(&to.chain, e))?;
        let (host, _) = to
            .address
            .rsplit_once(':')
            .ok_or("the collector's address must be NAME:PORT")?;
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| format!("{host} is no name of a machine"))?;
        let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
        let host = Some(host.trim())
            .filter(|h| !h.is_empty() && h.bytes().all(|b| b.is_ascii_graphic()))
            .unwrap_or("-")
            .to_owned();
        Ok(Self {
            connector: TlsConnector::from(Arc::new(config)),
            name,
            address: to.address.clone(),
            host,
        })
    }

    /// Sends every log as it grows, for as long as the server runs.
    pub async fn send_forever(self, gate: Gate) {
        loop {
            if let Err(unsent) = self.connected(&gate, None).await {
                tracing::error!(why = %unsent, "the audit log does not reach its collector; trying again in ten seconds");
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Sends what every log holds now, once, on a connection of its own; gives how many entries.
    ///
    /// # Errors
    /// See [`Unsent`].
    pub async fn send_once(&self, gate: &Gate) -> Result<u64, Unsent> {
        self.connected(gate, Some(())).await
    }

    async fn connected(&self, gate: &Gate, once: Option<()>) -> Result<u64, Unsent> {
        let mut stream = self.connect().await?;
        gate.perform(&gate.operator(INSTALLATION), BeginStream)
            .await?;
        for workspace in gate.all_with_logs().await? {
            gate.stream_again(workspace, OVERLAP).await?;
        }
        let mut sent = 0;
        loop {
            let mut now = 0;
            for workspace in gate.all_with_logs().await? {
                now += self.send(gate, &mut stream, workspace).await?;
            }
            sent += now;
            match (now, once) {
                (0, Some(())) => {
                    stream.shutdown().await?;
                    return Ok(sent);
                }
                (0, None) => tokio::time::sleep(Duration::from_secs(1)).await,
                _ => {}
            }
        }
    }

    async fn connect(&self) -> Result<TlsStream<TcpStream>, Unsent> {
        let near = timeout(LONGEST, TcpStream::connect(&self.address))
            .await
            .map_err(|_| late())??;
        Ok(
            timeout(LONGEST, self.connector.connect(self.name.clone(), near))
                .await
                .map_err(|_| late())??,
        )
    }

    /// Sends what a log has gained; gives how many entries.
    async fn send(
        &self,
        gate: &Gate,
        stream: &mut TlsStream<TcpStream>,
        workspace: WorkspaceId,
    ) -> Result<u64, Unsent> {
        let entries = gate.to_stream(workspace, AT_A_TIME).await?;
        let Some(last) = entries.last().map(|entry| entry.number) else {
            return Ok(0);
        };
        let mut out = Vec::new();
        entries.iter().for_each(|entry| self.frame(entry, &mut out));
        timeout(LONGEST, async {
            stream.write_all(&out).await?;
            stream.flush().await
        })
        .await
        .map_err(|_| late())??;
        gate.streamed(workspace, last).await?;
        Ok(entries.len() as u64)
    }

    /// One entry as a message with its length in front (RFC 5425 section 4.3).
    fn frame(&self, entry: &StreamedEntry, out: &mut Vec<u8>) {
        let severity = match entry.outcome.as_str() {
            "done" => 6,
            "refused" => 4,
            _ => 3,
        };
        let mut message = String::with_capacity(entry.leaf.len() + 160);
        let _ = write!(
            message,
            "<{}>1 {} {} interpres {} {} [origin software=\"interpres\" swVersion=\"{}\"][meta sequenceId=\"{}\"] \u{feff}{}",
            FACILITY * 8 + severity,
            entry.at,
            self.host,
            std::process::id(),
            entry.action,
            env!("CARGO_PKG_VERSION"),
            // The meta element counts from 1 to 2147483647 and begins anew then.
            entry.number % 2_147_483_647 + 1,
            entry.leaf
        );
        out.extend_from_slice(format!("{} ", message.len()).as_bytes());
        out.extend_from_slice(message.as_bytes());
    }
}
