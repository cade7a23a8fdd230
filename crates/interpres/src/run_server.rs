//! The server as it is asked for on the command line: where it listens, by which certificate, with
//! which jobs beside.
use crate::{
    at_place::{databases, hold, open_desk},
    cli::{DataArgs, Listen, Mail, MasterKind, TextMessages},
};
use axum_server::tls_rustls::RustlsConfig;
use interpres::{
    Witnesses, backup,
    connections::{Connections, Room},
    control,
    demo::{self, Demo},
    file_limit,
    mail::Post,
    rotate_master, serve,
    siem::{Collector, Stream},
    tls::{Acme, Certificates, Tls},
};
use interpres_accounts::{Compromised, Doors, Passkeys};
use interpres_compliance::Adapter;
use interpres_gate::Gate;
use interpres_sso::Outward;
use interpres_types::Instant;
use interpres_vault::fips_mode;
use interpres_web::{Challenges, Options, Patience, Texts, plain_router};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};
use tokio::{net::TcpListener, task::JoinHandle};

fn certificates(place: &DataArgs, listen: &Listen) -> Option<Certificates> {
    if let (Some(chain), Some(key)) = (listen.tls_cert.clone(), listen.tls_key.clone()) {
        return Some(Certificates::Files { chain, key });
    }
    (!listen.acme.is_empty()).then(|| {
        Certificates::Acme(Acme {
            directory: listen.acme_directory.clone(),
            names: listen.acme.clone(),
            contact: listen.acme_contact.clone(),
            root: listen.acme_root.clone(),
            folder: place.data.join("tls"),
        })
    })
}

/// Plain HTTP is for this machine alone: over a network passwords and clients would be read by others.
fn must_be_private(listen: &Listen, by_tls: bool) -> Result<(), String> {
    let by_proxy = listen.https && !listen.proxies.is_empty();
    if by_tls || by_proxy || listen.listen.ip().is_loopback() {
        return Ok(());
    }
    Err(format!(
        "{} would be served over plain HTTP. Use --tls-cert and --tls-key, or --acme; or put a reverse proxy with TLS in front and say --https and --trusted-proxy",
        listen.listen
    ))
}

/// The address that people reach it by. It stands at the root of its name: pages, cookies and links go from there.
fn public_address(said: &str) -> Result<String, String> {
    let url = url::Url::parse(said).map_err(|_| {
        format!("--public-url {said} is no address; it looks like https://interpres.example.org")
    })?;
    let fits = matches!(url.scheme(), "https" | "http")
        && url.host_str().is_some_and(|host| !host.is_empty());
    if !fits || !url.username().is_empty() || url.password().is_some() {
        return Err(format!(
            "--public-url {said} is no address of a site; it looks like https://interpres.example.org"
        ));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(format!(
            "--public-url {said} has a path: Interpres can't be served under one. Give it a name of its own, such as https://interpres.{}",
            url.host_str().unwrap_or_default()
        ));
    }
    Ok(said.trim_end_matches('/').to_owned())
}

/// What the doors have: passkeys for the public name, and the operator's list of stolen passwords.
fn doors(listen: &Listen, public_url: &str) -> Result<Arc<Doors>, String> {
    let compromised = listen
        .compromised_passwords
        .as_deref()
        .map(|path| Compromised::open(path).map_err(|e| format!("{}: {e}", path.display())));
    Ok(Arc::new(Doors {
        passkeys: Passkeys::at(public_url),
        compromised: compromised.transpose()?,
    }))
}

/// How letters go out; nothing where no way was told. Then they wait.
fn post(mail: &Mail, instead: Option<PathBuf>) -> Result<Option<Post>, String> {
    let login = mail
        .smtp_user
        .as_deref()
        .zip(mail.smtp_password_file.as_deref());
    match (&mail.smtp, &mail.mail_from) {
        (Some(smtp), Some(from)) => Post::server(smtp, from, login).map(Some),
        _ => Ok(mail.letters_to.clone().or(instead).map(Post::Folder)),
    }
}

/// How codes go to telephones; nothing where no way was told.
fn texts(by: &TextMessages, instead: Option<PathBuf>) -> Result<Option<Texts>, String> {
    match (
        &by.texts,
        &by.texts_user,
        &by.texts_secret_file,
        &by.texts_from,
    ) {
        (Some(url), Some(user), Some(file), Some(from)) => {
            let secret =
                std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
            Texts::service(url, user, secret.trim(), from).map(Some)
        }
        _ => Ok(by.texts_to.clone().or(instead).map(Texts::Folder)),
    }
}

/// The services outside that the server is set up for; a folder is none.
fn outside(place: &DataArgs, listen: &Listen) -> Vec<Adapter> {
    let used = [
        (Adapter::Mail, listen.mail.smtp.is_some()),
        (Adapter::Collector, listen.siem.is_some()),
        (Adapter::Witness, !listen.witnesses.is_empty()),
        (
            Adapter::Transit,
            matches!(place.master, MasterKind::Transit),
        ),
        (Adapter::Texts, listen.texts.texts.is_some()),
        (Adapter::Acme, !listen.acme.is_empty()),
    ];
    used.into_iter()
        .filter(|(_, used)| *used)
        .map(|(adapter, _)| adapter)
        .collect()
}

async fn listen_at(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address)
        .await
        .map_err(|e| format!("{address} can't be listened on: {e}"))
}

/// Makes the server reachable by TLS, where it is to be: gives the certificate and the jobs that go with it.
async fn by_tls(
    place: &DataArgs,
    listen: &Listen,
    gate: &Gate,
    port: u16,
    connections: &Connections,
) -> Result<(Option<RustlsConfig>, Vec<JoinHandle<()>>), String> {
    let Some(from) = certificates(place, listen) else {
        return Ok((None, Vec::new()));
    };
    let (challenges, mut jobs) = (Challenges::default(), Vec::new());
    if let Some(plain) = listen.plain {
        let (plain, app) = (
            serve::Port {
                listener: listen_at(plain).await?,
                tls: None,
                connections: connections.clone(),
            },
            plain_router(gate.clone(), challenges.clone(), port),
        );
        jobs.push(tokio::spawn(async move {
            if let Err(e) = serve::answer(plain, app, std::future::pending()).await {
                tracing::error!(error = %e, "plain HTTP is not answered any more");
            }
        }));
    }
    let tls = Tls::open(from, &challenges).await?;
    let config = tls.config();
    jobs.push(tokio::spawn(tls.renew_forever(challenges)));
    Ok((Some(config), jobs))
}

/// Serves until it is told to stop.
pub(crate) async fn run(
    place: &DataArgs,
    listen: &Listen,
    demo: Option<Demo>,
    copied_at: Option<Instant>,
) -> Result<ExitCode, String> {
    if cfg!(feature = "fips") {
        if !fips_mode() {
            return Err("this build is for validated ciphers (FIPS 140-3), and their module does not run as such here".to_owned());
        }
        tracing::info!("ciphers come out of the module validated by FIPS 140-3");
    }
    let said = listen
        .public_url
        .as_deref()
        .map(public_address)
        .transpose()?;
    let _held = hold(&place.data)?;
    let secure = listen.https || certificates(place, listen).is_some();
    must_be_private(listen, certificates(place, listen).is_some())?;
    let listener = listen_at(listen.listen).await?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    // A name rather than a number where it is this machine: browsers make passkeys for names only.
    let host = if address.ip().is_loopback() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    };
    let url = format!("{}://{host}", if secure { "https" } else { "http" });
    let public_url = said.unwrap_or_else(|| url.clone());
    let lived = match demo {
        Some(Demo::Agency) => demo::live(&databases(place)?, &place.data).await?,
        Some(Demo::Bare) | None => None,
    };
    let desk = open_desk(place).await?;
    let gate = desk.gate.clone();
    if place.data.join("master.key.new").exists() {
        tracing::warn!("a rotation of the master key was stopped half-way; it is gone on with");
        rotate_master(&gate, &place.data, &desk.master).await?;
    }
    if demo.is_some() {
        let made = match lived {
            Some(world) => Some(world),
            None => demo::fill(&gate)
                .await
                .map_err(|refusal| format!("the demo could not be made: {refusal}"))?,
        };
        if let Some(world) = made {
            demo::write_file(&place.data, &url, &world).map_err(|e| format!("demo.json: {e}"))?;
        }
        introduce(&place.data, &url);
    }
    tokio::task::spawn_blocking(|| match interpres_paper::read_fonts() {
        0 => tracing::warn!(
            "no Noto fonts are installed: invoices for customers whose names need other letters than Latin, Greek and Cyrillic are refused"
        ),
        fonts => tracing::info!(fonts, "fonts to print with are found"),
    });
    let stop = serve::told_to_stop().map_err(|e| e.to_string())?;
    if let Some(as_of) = copied_at {
        gate.only_show(as_of);
    }
    let connections = Connections::new(Room::within(file_limit::raised()), listen.proxies.clone());
    let (tls, mut jobs) = by_tls(place, listen, &gate, address.port(), &connections).await?;
    jobs.push(tokio::spawn(connections.clone().close_silent_forever()));
    // Whoever reads that it is there may ask it at once.
    jobs.push(control::listen(desk).map_err(|e| format!("{}: {e}", place.data.display()))?);
    println!("Interpres is at {url} (stop it with Ctrl-C)");
    if let Some(to) = listen.backup_to.clone() {
        if place.database.is_some() {
            return Err("--backup-to is for the embedded engine; PostgreSQL is backed up by its own tools (docs/operate.md)".to_owned());
        }
        jobs.push(tokio::spawn(backup::keep_forever(
            gate.clone(),
            place.data.clone(),
            to,
        )));
    }
    if !listen.witnesses.is_empty() {
        jobs.push(tokio::spawn(
            Witnesses::new(listen.witnesses.clone())?.show_forever(gate.clone()),
        ));
    }
    if let (Some(address), Some(root), Some(chain), Some(key)) = (
        &listen.siem,
        &listen.siem_root,
        &listen.siem_cert,
        &listen.siem_key,
    ) {
        let to = Collector {
            address: address.clone(),
            root: root.clone(),
            chain: chain.clone(),
            key: key.clone(),
        };
        jobs.push(tokio::spawn(Stream::new(&to)?.send_forever(gate.clone())));
    }
    let (options, port) = (
        Options {
            secure,
            tls: tls.is_some(),
            proxies: listen.proxies.clone(),
            doors: doors(listen, &public_url)?,
            outward: Some(Outward::new(listen.private_providers).map_err(|e| e.to_string())?),
            public_url: public_url.clone(),
            outside: outside(place, listen),
            texts: texts(&listen.texts, demo.map(|_| place.data.join("texts")))?,
            patience: Patience::default(),
            demo: demo.is_some(),
        },
        serve::Port {
            listener,
            tls,
            connections,
        },
    );
    if copied_at.is_none() {
        gate.keep_reserve();
        // Before anybody is answered: from here on whoever listens misses nothing.
        gate.hear()
            .await
            .map_err(|refusal| refusal.logged("telling who listens").to_string())?;
        jobs.extend(serve::in_background(&gate));
        jobs.push(serve::remember_forever(&gate, place.data.clone()));
        jobs.extend(
            post(&listen.mail, demo.map(|_| place.data.join("letters")))?
                .map(|post| serve::carry_letters(&gate, post, public_url)),
        );
    }
    serve::serve(gate, port, options, jobs, stop)
        .await
        .map_err(|e| e.to_string())?;
    Ok(ExitCode::SUCCESS)
}

/// Tells who can sign in as what. The demo's file keeps the passwords of its first start.
fn introduce(folder: &Path, url: &str) {
    let path = folder.join("demo.json");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    println!("\nThe demo's people (also in {}):\n", path.display());
    for person in file["people"].as_array().into_iter().flatten() {
        let text = |key: &str| person[key].as_str().unwrap_or_default().to_owned();
        println!(
            "  {:<12} {:<14} {:<28} {}",
            text("role"),
            text("name"),
            text("email"),
            text("password")
        );
    }
    println!("\nSign in at {url}/sign-in. Nobody here is real; don't enter real patients.\n");
}
