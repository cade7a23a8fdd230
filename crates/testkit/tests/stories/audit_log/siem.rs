//! The log streams to a collector that shows a certificate and asks for one.
use interpres::siem::{Collector, Stream};
use interpres_scheduling::ListAppointments;
use interpres_testkit::{House, apply, story};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use std::{path::Path, sync::Arc};
use tokio::{io::AsyncReadExt, net::TcpListener, task::JoinHandle};
use tokio_rustls::TlsAcceptor;

/// A root with a certificate for localhost under it.
pub(crate) fn make(folder: &Path, name: &str) -> Collector {
    let root_key = KeyPair::generate().unwrap();
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.distinguished_name
        .push(rcgen::DnType::CommonName, name);
    let root_pem = root.self_signed(&root_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let chain = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&key, &Issuer::new(root, root_key))
        .unwrap();
    let path = |kind: &str| folder.join(format!("{name}-{kind}.pem"));
    for (kind, text) in [
        ("root", root_pem),
        ("chain", chain.pem()),
        ("key", key.serialize_pem()),
    ] {
        std::fs::write(path(kind), text).unwrap();
    }
    Collector {
        address: String::new(),
        root: path("root"),
        chain: path("chain"),
        key: path("key"),
    }
}

/// Takes one connection and gives every byte that came; nothing from somebody without our root.
async fn collect(made: &Collector) -> (String, JoinHandle<Vec<u8>>) {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    CertificateDer::pem_file_iter(&made.root)
        .unwrap()
        .for_each(|root| roots.add(root.unwrap()).unwrap());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .unwrap();
    let chain = CertificateDer::pem_file_iter(&made.chain)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier);
    let config = config
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(&made.key).unwrap())
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("localhost:{}", listener.local_addr().unwrap().port());
    let task = tokio::spawn(async move {
        let mut out = Vec::new();
        if let Ok(mut stream) = TlsAcceptor::from(Arc::new(config))
            .accept(listener.accept().await.unwrap().0)
            .await
        {
            let _ = stream.read_to_end(&mut out).await;
        }
        out
    });
    (address, task)
}

/// Messages by their lengths (RFC 5425), each taken apart (RFC 5424).
fn messages(mut bytes: &[u8]) -> Vec<(String, u64, serde_json::Value)> {
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let space = bytes.iter().position(|b| *b == b' ').unwrap();
        let length: usize = std::str::from_utf8(&bytes[..space])
            .unwrap()
            .parse()
            .unwrap();
        let text = std::str::from_utf8(&bytes[space + 1..space + 1 + length]).unwrap();
        bytes = &bytes[space + 1 + length..];
        let (head, json) = text.split_once('\u{feff}').unwrap();
        let fields: Vec<&str> = head.splitn(7, ' ').collect();
        assert!(
            fields[0].ends_with(">1") && fields[3] == "interpres" && fields[5].len() <= 32,
            "{head}"
        );
        let number = fields[6]
            .split("sequenceId=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        out.push((
            fields[0].to_owned(),
            number,
            serde_json::from_str(json).unwrap(),
        ));
    }
    out
}

#[apply(story)]
async fn every_entry_reaches_the_collector_in_order_and_nothing_is_missed_after_a_broken_connection(
    house: &House,
) {
    house.number_entries().await;
    let made = make(house.folder(), "good");
    let (address, first) = collect(&made).await;
    let sent = Stream::new(&Collector {
        address,
        ..made.clone()
    })
    .unwrap()
    .send_once(&house.gate)
    .await
    .unwrap();
    assert_eq!(house.logged("audit.stream").await, 1, "and that is noted");
    let got = messages(&first.await.unwrap());
    assert_eq!(got.len() as u64, sent);
    let ours = house.world.workspaces["Front Range Interpreters"].to_string();
    let numbers = |of: &[(String, u64, serde_json::Value)]| {
        of.iter()
            .filter(|m| m.2["workspace"] == ours.as_str())
            .map(|m| m.1)
            .collect::<Vec<_>>()
    };
    let size = house
        .gate
        .log_head(house.world.workspaces["Front Range Interpreters"])
        .await
        .unwrap()
        .unwrap()
        .size;
    assert_eq!(numbers(&got), (1..=size).collect::<Vec<_>>());
    house
        .gate
        .view(&house.enters("Dora").await, ListAppointments::default())
        .await
        .unwrap();
    assert!(
        house
            .gate
            .perform(
                &house.enters("Vera").await,
                interpres_scheduling::BookAppointment {
                    input: Default::default()
                }
            )
            .await
            .is_err()
    );
    house.number_entries().await;
    let (address, second) = collect(&made).await;
    Stream::new(&Collector {
        address,
        ..made.clone()
    })
    .unwrap()
    .send_once(&house.gate)
    .await
    .unwrap();
    let again = messages(&second.await.unwrap());
    assert!(
        numbers(&again).ends_with(&[size + 1, size + 2])
            && numbers(&again).windows(2).all(|w| w[1] == w[0] + 1),
        "what is new, after what may have been lost"
    );
    assert!(
        numbers(&again)[0] <= size,
        "what may have been lost with the connection comes again"
    );
    assert_eq!(
        again
            .iter()
            .find(|m| m.2["outcome"] == "refused")
            .unwrap()
            .0,
        "<108>1",
        "audit, warning"
    );
    assert_eq!(
        again
            .iter()
            .find(|m| m.2["action"] == "appointments.list")
            .unwrap()
            .0,
        "<110>1",
        "audit, informational"
    );
}

#[apply(story)]
async fn nothing_is_sent_to_a_collector_that_is_not_ours_nor_by_somebody_the_collector_does_not_know(
    house: &House,
) {
    house.number_entries().await;
    let (good, other) = (make(house.folder(), "good"), make(house.folder(), "other"));
    let (address, got) = collect(&other).await;
    assert!(
        Stream::new(&Collector {
            address,
            ..good.clone()
        })
        .unwrap()
        .send_once(&house.gate)
        .await
        .is_err()
    );
    assert_eq!(got.await.unwrap().len(), 0);
    let (address, got) = collect(&good).await;
    let stranger = Collector {
        address,
        chain: other.chain,
        key: other.key,
        ..good
    };
    let _ = Stream::new(&stranger).unwrap().send_once(&house.gate).await;
    assert_eq!(got.await.unwrap().len(), 0);
}
