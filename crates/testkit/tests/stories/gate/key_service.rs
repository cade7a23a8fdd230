//! A key service holds the master key.
use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres::{Databases, MasterAt, Transit, open, rotate_master, setup};
use interpres_types::Instant;
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// A transit engine of the same HTTP shape as Vault's and OpenBao's: it binds the associated data,
/// wants its token, and can be told to fail.
#[derive(Clone, Default)]
struct KeyService {
    down: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

async fn transit(engine: &KeyService) -> String {
    let seal = |key: &[u8], aad: &str| STANDARD.encode([aad.as_bytes(), b"|", key].concat());
    let encrypt = move |State(e): State<KeyService>,
                        headers: axum::http::HeaderMap,
                        Json(body): Json<Value>| async move {
        e.asked.fetch_add(1, Ordering::Relaxed);
        if e.down.load(Ordering::Relaxed) {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        if headers.get("x-vault-token").is_none_or(|t| t != "s.token") {
            return Err(StatusCode::FORBIDDEN);
        }
        let plain = STANDARD
            .decode(body["plaintext"].as_str().unwrap())
            .unwrap();
        Ok(Json({
            let sealed = seal(&plain, body["associated_data"].as_str().unwrap());
            json!({ "data": { "ciphertext": format!("vault:v1:{sealed}") } })
        }))
    };
    let decrypt = |State(e): State<KeyService>, Json(body): Json<Value>| async move {
        if e.down.load(Ordering::Relaxed) {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        let bytes = STANDARD
            .decode(
                body["ciphertext"]
                    .as_str()
                    .unwrap()
                    .trim_start_matches("vault:v1:"),
            )
            .unwrap();
        let aad = body["associated_data"].as_str().unwrap().as_bytes();
        match bytes
            .strip_prefix(aad)
            .and_then(|rest| rest.strip_prefix(b"|"))
        {
            Some(key) => Ok(Json(
                json!({ "data": { "plaintext": STANDARD.encode(key) } }),
            )),
            None => Err(StatusCode::BAD_REQUEST),
        }
    };
    let router = Router::new()
        .route("/v1/transit/encrypt/interpres", post(encrypt))
        .route("/v1/transit/decrypt/interpres", post(decrypt))
        .with_state(engine.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/transit", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_service_holds_the_master_key_and_nothing_opens_without_it() {
    let (engine, folder) = (
        KeyService::default(),
        std::env::temp_dir().join(format!("interpres-transit-{}", std::process::id())),
    );
    std::fs::create_dir_all(&folder).unwrap();
    let token_file = folder.join("token");
    std::fs::write(&token_file, "s.token\n").unwrap();
    let at = Databases {
        folder: folder.clone(),
        data: None,
        keys: None,
        master: MasterAt::Transit(Transit {
            url: transit(&engine).await,
            key: "interpres".into(),
            token_file: token_file.clone(),
        }),
    };
    let clock: interpres_gate::Clock = Arc::new(|| Instant::from_micros(1_800_000_000_000_000));
    let first = setup::FirstWorkspace {
        workspace: "Agency".into(),
        zone: "America/Denver".into(),
        currency: "USD".into(),
        owner: "Olga Sample".into(),
        email: "olga@agency.example".into(),
        password: "a long enough password".into(),
        teams: vec!["Main".into()],
    };
    let (gate, master) = open(&at, clock.clone(), false).await.unwrap();
    setup::found(&gate, &first).await.unwrap();
    assert!(
        !folder.join("master.key").exists(),
        "no master key in the folder"
    );
    let before = engine.asked.load(Ordering::Relaxed);
    rotate_master(&gate, &folder, &master).await.unwrap();
    assert!(
        engine.asked.load(Ordering::Relaxed) > before,
        "everything is wrapped by the service anew"
    );
    gate.close().await;
    let (again, _) = open(&at, clock.clone(), false).await.unwrap();
    assert_eq!(again.workspaces().await.unwrap().len(), 1);
    again.close().await;
    for (down, token, words) in [(true, "s.token", "it answered 503"), (false, "s.token", "")] {
        engine.down.store(down, Ordering::Relaxed);
        std::fs::write(&token_file, token).unwrap();
        match open(&at, clock.clone(), false).await {
            Ok((gate, _)) => {
                assert!(words.is_empty());
                gate.close().await;
            }
            Err(refused) => assert!(
                !words.is_empty() && refused.to_string().contains(words),
                "{refused}"
            ),
        }
    }
    // What was wrapped for one place does not open at another.
    std::fs::rename(folder.join("file.key"), folder.join("elsewhere")).unwrap();
    std::fs::write(
        folder.join("file.key"),
        format!(
            "vault:v1:{}",
            STANDARD.encode("another place|0123456789abcdef0123456789abcdef")
        ),
    )
    .unwrap();
    assert!(
        open(&at, clock, false)
            .await
            .err()
            .unwrap()
            .to_string()
            .contains("does not open")
    );
    std::fs::remove_dir_all(folder).unwrap();
}
