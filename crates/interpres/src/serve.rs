//! The running server: its port, its background jobs, and how it stops.
use crate::{
    connections::{Connections, note_work},
    mail::Post,
};
use axum::{Router, middleware};
use axum_server::{
    Handle, Server,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use interpres_gate::{Gate, Refusal};
use interpres_web::{Options, router};
use std::{io, net::SocketAddr, path::PathBuf, time::Duration};
use tokio::{net::TcpListener, signal::unix, task::JoinHandle};

/// Where and how a server is reached.
pub struct Port {
    /// The socket.
    pub listener: TcpListener,
    /// The certificate, where it speaks TLS itself.
    pub tls: Option<RustlsConfig>,
    /// All connections, at this port and others.
    pub connections: Connections,
}

/// Jobs that a process does at once. One that takes long must not keep an offer from expiring; each takes a connection.
const LANES: usize = 4;

/// What an installation that is worked on does in the background: jobs, and the chores of the house.
#[must_use]
pub fn in_background(gate: &Gate) -> Vec<JoinHandle<()>> {
    let seconds = Duration::from_secs;
    let lanes = (0..LANES).map(|_| tokio::spawn(gate.clone().work_forever()));
    let chores = vec![
        tokio::spawn(gate.clone().number_forever()),
        again(gate, seconds(2), "measuring tables", |gate| async move {
            gate.renew_statistics().await.map(drop)
        }),
        again(
            gate,
            seconds(5),
            "keeping records whole",
            |gate| async move { keep_integrity(&gate).await },
        ),
        // Twice that: for so long a key that another process destroyed may still open here.
        again(gate, seconds(30), "letting go of keys", |gate| async move {
            gate.forget_opened_keys();
            Ok(())
        }),
        again(gate, seconds(60), "beginning jobs", |gate| async move {
            gate.begin_jobs().await
        }),
        again(
            gate,
            seconds(60),
            "dropping what is over",
            |gate| async move { gate.drop_what_is_over().await },
        ),
        // A session that ends, ends what it listens to within a second.
        again(
            gate,
            Duration::from_millis(500),
            "telling who listens",
            |gate| async move { gate.hear().await },
        ),
        again(
            gate,
            Duration::from_millis(300),
            "telling of warnings",
            |gate| async move { gate.tell_warnings().await },
        ),
    ];
    lanes.chain(chores).collect()
}

/// The job that remembers how far data and keys have come, in the data folder too.
#[must_use]
pub fn remember_forever(gate: &Gate, folder: PathBuf) -> JoinHandle<()> {
    again(
        gate,
        Duration::from_secs(1),
        "remembering how far data and keys have come",
        move |gate| {
            let folder = folder.clone();
            async move { crate::remember(&gate, &folder).await }
        },
    )
}

/// The job that carries letters out, with links to this address.
#[must_use]
pub fn carry_letters(gate: &Gate, post: Post, public_url: String) -> JoinHandle<()> {
    let post = std::sync::Arc::new((post, public_url));
    again(
        gate,
        Duration::from_secs(1),
        "sending letters",
        move |gate| {
            let post = post.clone();
            async move { post.0.send_due(&gate, &post.1).await.map(drop) }
        },
    )
}

/// Does something every so often, for as long as the server runs.
fn again<F>(
    gate: &Gate,
    every: Duration,
    doing: &'static str,
    step: impl Fn(Gate) -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = Result<(), Refusal>> + Send,
{
    let gate = gate.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(every).await;
            if let Err(refusal) = step(gate.clone()).await {
                tracing::warn!(
                    reason = refusal.logged(doing).word(),
                    doing,
                    "a chore failed; trying again"
                );
            }
        }
    })
}

/// Serves, with these jobs beside, until it is told to stop; then finishes what is under way, numbers the last entries of
/// the log and closes the databases.
///
/// # Errors
/// When the port can't be served.
pub async fn serve(
    gate: Gate,
    port: Port,
    options: Options,
    jobs: Vec<JoinHandle<()>>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let stop = {
        let gate = gate.clone();
        async move {
            stop.await;
            gate.end_listening();
        }
    };
    let served = answer(port, router(gate.clone(), options), stop).await;
    for job in jobs {
        job.abort();
        // An aborted job ends at its next step; what it was writing is finished or undone by then.
        let _ = job.await;
    }
    if !gate.only_shows()
        && let Err(refusal) = gate.number_entries().await
    {
        tracing::warn!(
            reason = refusal.word(),
            "the last entries are numbered at the next start"
        );
    }
    gate.close().await;
    served
}

/// How long a request that is under way may take once the server is told to stop.
const LONGEST_END: Duration = Duration::from_secs(30);
/// A connection that sends no request for so long is closed.
const LONGEST_SILENCE: Duration = Duration::from_secs(20);
/// The same between two requests: longer than proxies keep theirs, so that none sends into one that is being closed.
const LONGEST_PAUSE: Duration = Duration::from_secs(75);
/// Requests at once on one connection of HTTP/2.
const MOST_STREAMS: u32 = 64;

/// Answers at a port until it is told to stop.
///
/// # Errors
/// When the port can't be served.
pub async fn answer(
    port: Port,
    app: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let handle = Handle::new();
    let stopper = handle.clone();
    tokio::spawn(async move {
        stop.await;
        stopper.graceful_shutdown(Some(LONGEST_END));
    });
    let server = bounded(axum_server::from_tcp(port.listener.into_std()?)?.handle(handle));
    let app = app
        .layer(middleware::from_fn(note_work))
        .into_make_service_with_connect_info::<SocketAddr>();
    match port.tls {
        None => server.acceptor(port.connections).serve(app).await,
        Some(config) => {
            server
                .acceptor(RustlsAcceptor::new(config).acceptor(port.connections))
                .serve(app)
                .await
        }
    }
}

/// No connection may keep us waiting for a request for long, the first or any after it.
fn bounded(mut server: Server<SocketAddr>) -> Server<SocketAddr> {
    server
        .http_builder()
        .http1()
        .header_read_timeout(LONGEST_PAUSE);
    server
        .http_builder()
        .http2()
        .max_concurrent_streams(MOST_STREAMS);
    server.first_request_timeout(LONGEST_SILENCE)
}

/// Listens for Ctrl-C and SIGTERM from now on; what is given ends when one comes.
///
/// # Errors
/// When the system does not let it.
pub fn told_to_stop() -> io::Result<impl Future<Output = ()> + Send> {
    let mut interrupt = unix::signal(unix::SignalKind::interrupt())?;
    let mut terminate = unix::signal(unix::SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
    })
}

const SWEEP_EVERY_SECONDS: i64 = 20 * 3600;

/// Changes worn keys, destroys those of what was erased, takes what was found changed out of sight, and goes through every workspace once a day.
///
/// # Errors
/// A fault of the database.
pub async fn keep_integrity(gate: &Gate) -> Result<(), Refusal> {
    gate.wipe_idle_names().await;
    gate.rotate_worn_keys().await?;
    while gate.destroy_keys().await? > 0 {}
    gate.quarantine().await?;
    for workspace in gate
        .to_sweep(gate.now().plus_seconds(-SWEEP_EVERY_SECONDS))
        .await?
    {
        let found = match gate.sweep(workspace).await {
            // The key store is another's: that is told of once, and the others' records are gone through.
            Err(Refusal::Conflict(_)) => continue,
            found => found?,
        };
        tracing::info!(%workspace, incidents = found, "every record was gone through");
    }
    Ok(())
}
