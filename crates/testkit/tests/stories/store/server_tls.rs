//! PostgreSQL is spoken to by TLS, after it has shown a certificate for its name.
use crate::audit_log::siem::make;
use interpres::{Databases, MasterAt, backup, open};
use interpres_store::{Config, Database, StoreError};
use interpres_testkit::by_tls;
use interpres_types::Instant;
use std::{path::Path, sync::Arc};

async fn ask(address: &str) -> Result<bool, StoreError> {
    let db = Database::open(&Config::Server(address.parse()?)).await?;
    let rows = db
        .reader()
        .await?
        .rows(
            "select ssl from pg_stat_ssl where pid = pg_backend_pid()",
            &[],
        )
        .await?;
    db.close().await;
    rows[0].flag("ssl")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_shows_no_certificate_for_its_name_is_not_spoken_to() {
    let folder = std::env::temp_dir().join(format!("interpres-server-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (good, other) = (make(&folder, "good"), make(&folder, "other"));
    let server = by_tls(&good.chain, &good.key);
    let with = |root: &Path| {
        format!(
            "{server}?sslmode=verify-full&sslrootcert={}",
            root.display()
        )
    };
    assert!(ask(&with(&good.root)).await.unwrap(), "by TLS");
    for bad in [
        with(&other.root),
        format!("{server}?sslmode=verify-full"),
        with(&good.root).replace("localhost", "127.0.0.1"),
    ] {
        assert!(ask(&bad).await.is_err(), "{bad}");
    }
    // An installation there, and a copy of it by PostgreSQL's own tools.
    let at = |root: &Path| Databases {
        folder: folder.join("data"),
        data: Some(with(root).parse().unwrap()),
        keys: None,
        master: MasterAt::File,
    };
    let clock = Arc::new(|| "2027-03-01T12:00:00Z".parse::<Instant>().unwrap());
    let (gate, master) = open(&at(&good.root), clock, false).await.unwrap();
    backup::copy_once(&gate, &at(&good.root), &master, &folder.join("copy"))
        .await
        .unwrap();
    let refused = backup::copy_once(&gate, &at(&other.root), &master, &folder.join("no-copy"))
        .await
        .unwrap_err();
    assert!(refused.contains("certificate"), "{refused}");
    gate.close().await;
    std::fs::remove_dir_all(folder).unwrap();
}
