//! The server behind TLS: with a certificate of one's own, and with an authority's.
use crate::kit::{Server, booking, folder, key_of};
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use reqwest::{Certificate, Client, StatusCode, redirect::Policy};
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// A root and a certificate for localhost, as files.
struct Made {
    root: PathBuf,
    chain: PathBuf,
    key: PathBuf,
}

fn make(folder: &Path, name: &str) -> Made {
    std::fs::create_dir_all(folder).unwrap();
    let root_key = KeyPair::generate().unwrap();
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    root.distinguished_name
        .push(rcgen::DnType::CommonName, format!("Root of {name}"));
    let root_cert = root.self_signed(&root_key).unwrap();
    let issuer = Issuer::new(root, root_key);
    let key = KeyPair::generate().unwrap();
    let mut leaf =
        CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.use_authority_key_identifier_extension = true;
    leaf.not_before = time::OffsetDateTime::now_utc() - time::Duration::days(1);
    leaf.not_after = time::OffsetDateTime::now_utc() + time::Duration::days(80);
    let cert = leaf.signed_by(&key, &issuer).unwrap();
    let made = Made {
        root: folder.join(format!("{name}-root.pem")),
        chain: folder.join("chain.pem"),
        key: folder.join("key.pem"),
    };
    std::fs::write(&made.root, root_cert.pem()).unwrap();
    std::fs::write(&made.key, key.serialize_pem()).unwrap();
    std::fs::write(&made.chain, cert.pem()).unwrap();
    made
}

fn client(root: &Path) -> Client {
    let root = Certificate::from_pem(&std::fs::read(root).unwrap()).unwrap();
    Client::builder()
        .tls_certs_only([root])
        .redirect(Policy::none())
        .build()
        .unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn port_of(server: &Server) -> u16 {
    server.address.rsplit(':').next().unwrap().parse().unwrap()
}

/// Stands between a client and the server, and keeps every byte that passes.
fn listen_in(to: u16) -> (u16, Arc<Mutex<Vec<u8>>>) {
    let (listener, heard) = (
        TcpListener::bind("127.0.0.1:0").unwrap(),
        Arc::new(Mutex::new(Vec::new())),
    );
    let (port, kept) = (listener.local_addr().unwrap().port(), heard.clone());
    thread::spawn(move || {
        for near in listener.incoming().map_while(Result::ok) {
            let far = TcpStream::connect(("127.0.0.1", to)).unwrap();
            for (mut from, mut into) in [
                (near.try_clone().unwrap(), far.try_clone().unwrap()),
                (far, near),
            ] {
                let kept = kept.clone();
                thread::spawn(move || {
                    let mut some = [0; 16 * 1024];
                    while let Ok(count @ 1..) = from.read(&mut some) {
                        kept.lock().unwrap().extend_from_slice(&some[..count]);
                        if into.write_all(&some[..count]).is_err() {
                            return;
                        }
                    }
                });
            }
        }
    });
    (port, heard)
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_nothing_is_heard_on_the_wire_and_over_plain_http_people_are_sent_on_and_keys_revoked()
 {
    let data = folder("tls");
    let (made, plain) = (make(&data.join("own"), "first"), free_port());
    let server = Server::start_with(
        &data,
        &[
            "--tls-cert",
            text(&made.chain),
            "--tls-key",
            text(&made.key),
            "--plain",
            &format!("127.0.0.1:{plain}"),
        ],
    );
    let (asking, dora, port) = (client(&made.root), key_of(&data, "Dora"), port_of(&server));
    let (tapped, heard) = listen_in(port);
    let booked = asking
        .post(format!("https://localhost:{tapped}/api/v1/appointments"))
        .bearer_auth(&dora)
        .body(booking("TLS-1"))
        .send()
        .await
        .unwrap();
    assert_eq!(booked.status(), StatusCode::CREATED);
    let listed = asking
        .get(format!(
            "https://localhost:{tapped}/api/v1/appointments?q=TLS-1"
        ))
        .bearer_auth(&dora)
        .send()
        .await
        .unwrap();
    assert!(listed.text().await.unwrap().contains("Rosa Kanarya"));
    let heard = heard.lock().unwrap().clone();
    assert!(
        heard.len() > 4_000
            && !heard.windows(7).any(|w| w == b"Kanarya")
            && !heard.windows(dora.len()).any(|w| w == dora.as_bytes())
    );

    let sent_on = asking
        .get(format!(
            "http://127.0.0.1:{plain}/appointments?from=2027-03-01"
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            sent_on.status(),
            sent_on.headers()["location"].to_str().unwrap()
        ),
        (
            StatusCode::PERMANENT_REDIRECT,
            format!("https://127.0.0.1:{port}/appointments?from=2027-03-01").as_str()
        )
    );
    let posted = asking
        .post(format!("http://127.0.0.1:{plain}/sign-in"))
        .body("email=x")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (posted.status(), posted.headers().contains_key("location")),
        (StatusCode::FORBIDDEN, false)
    );
    let refused = asking
        .get(format!("http://127.0.0.1:{plain}/api/v1/teams"))
        .bearer_auth(&dora)
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let after = asking
        .get(format!("https://localhost:{port}/api/v1/teams"))
        .bearer_auth(&dora)
        .send()
        .await
        .unwrap();
    assert_eq!(
        after.status(),
        StatusCode::UNAUTHORIZED,
        "the key was seen in clear"
    );
    let log = asking
        .get(format!(
            "https://localhost:{port}/api/v1/audit/entries?action=api-key.revoke"
        ))
        .bearer_auth(key_of(&data, "Carl"))
        .send()
        .await
        .unwrap();
    assert!(
        log.text().await.unwrap().contains("127.0.0.1"),
        "the log says so, and from where"
    );

    let next = make(&data.join("own"), "second");
    let began = Instant::now();
    while client(&next.root)
        .get(format!("https://localhost:{port}/healthz"))
        .send()
        .await
        .is_err()
    {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "the changed certificate is not taken up"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(
        client(&made.root)
            .get(format!("https://localhost:{port}/healthz"))
            .send()
            .await
            .is_err(),
        "the one before is gone"
    );
    server.stop();
    std::fs::remove_dir_all(data).unwrap();
}

struct Stop(Child);
impl Drop for Stop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_authority_that_speaks_acme_certifies_the_running_server() {
    let data = folder("acme");
    let (made, ports) = (
        make(&data.join("authority"), "authority"),
        [free_port(), free_port(), free_port()],
    );
    let config = serde_json::json!({ "pebble": {
        "listenAddress": format!("127.0.0.1:{}", ports[0]),
        "managementListenAddress": format!("127.0.0.1:{}", ports[1]),
        "certificate": made.chain, "privateKey": made.key, "httpPort": ports[2], "tlsPort": 1,
        "ocspResponderURL": "", "externalAccountBindingRequired": false,
    } });
    std::fs::write(data.join("pebble.json"), config.to_string()).unwrap();
    let pebble = Command::new("pebble")
        .arg("-config")
        .arg(data.join("pebble.json"))
        .env("PEBBLE_VA_NOSLEEP", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _pebble = Stop(pebble.expect("Debian's package pebble"));
    let authority = client(&made.root);
    let began = Instant::now();
    while authority
        .get(format!("https://localhost:{}/dir", ports[0]))
        .send()
        .await
        .is_err()
    {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "the authority does not start"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let directory = format!("https://localhost:{}/dir", ports[0]);
    let plain = format!("127.0.0.1:{}", ports[2]);
    let options = [
        "--acme",
        "localhost",
        "--acme-directory",
        &directory,
        "--acme-root",
        text(&made.root),
        "--acme-contact",
        "ops@agency.example",
        "--plain",
        &plain,
    ];
    let server = Server::start_with(&data, &options);
    let root = authority
        .get(format!("https://localhost:{}/roots/0", ports[1]))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    std::fs::write(data.join("issued-root.pem"), root).unwrap();
    let asking = client(&data.join("issued-root.pem"));
    assert_eq!(
        asking
            .get(format!("https://localhost:{}/healthz", port_of(&server)))
            .send()
            .await
            .unwrap()
            .status(),
        StatusCode::OK
    );
    server.stop();
    let kept = std::fs::read(data.join("tls/chain.pem")).unwrap();
    let again = Server::start_with(&data, &options);
    assert_eq!(
        std::fs::read(data.join("tls/chain.pem")).unwrap(),
        kept,
        "a good certificate is not asked for again"
    );
    again.stop();
    std::fs::remove_dir_all(data).unwrap();
}

/// Run by `cargo xtask ci`, which installs sslyze and says where it is.
#[test]
#[ignore = "needs sslyze"]
fn mozillas_intermediate_configuration_is_met() {
    let data = folder("sslyze");
    let made = make(&data.join("own"), "root");
    let server = Server::start_with(
        &data,
        &[
            "--tls-cert",
            text(&made.chain),
            "--tls-key",
            text(&made.key),
        ],
    );
    let asked = Command::new(std::env::var("SSLYZE").expect("SSLYZE says where it is"))
        .args([
            "--mozilla_config",
            "intermediate",
            "--certinfo",
            "--certinfo_ca_file",
            text(&made.root),
        ])
        .arg(format!("localhost:{}", port_of(&server)))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&asked.stdout).into_owned();
    assert!(said.contains("OK - Compliant"), "{said}");
    server.stop();
    std::fs::remove_dir_all(data).unwrap();
}
