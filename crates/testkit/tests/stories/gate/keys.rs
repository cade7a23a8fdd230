//! Keys that change while people work.
use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres::{Databases, MasterAt, Transit, open, rotate_master, setup};
use interpres_gate::ShowHistory;
use interpres_scheduling::{AppointmentInput, BookAppointment, ShowAppointment};
use interpres_testkit::{House, apply, story};
use interpres_types::{AppointmentId, Instant, WorkspaceId};
use serde_json::{Value, json};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

fn ours(house: &House) -> WorkspaceId {
    house.world.workspaces["Front Range Interpreters"]
}

fn booking(n: usize) -> AppointmentInput {
    AppointmentInput {
        reference: format!("K-{n}").into(),
        date: "2027-03-10".into(),
        start: "09:00".into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "phone".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        lep_client: "Rosa Kanarya".into(),
        ..AppointmentInput::default()
    }
}

async fn book_on(
    house: &House,
    stop: Arc<AtomicBool>,
    booked: Arc<Mutex<Vec<AppointmentId>>>,
    count: Arc<AtomicUsize>,
) {
    let dora = house.enters("Dora").await;
    while !stop.load(Ordering::Relaxed) {
        let input = booking(count.fetch_add(1, Ordering::Relaxed));
        let id = house
            .gate
            .perform(&dora, BookAppointment { input })
            .await
            .expect("no request fails")
            .id;
        let seen = house
            .gate
            .view(&dora, ShowAppointment(id))
            .await
            .expect("no request fails");
        assert_eq!(
            seen.lep_client.as_ref().map(|c| c.shown()),
            Some("Rosa Kanarya")
        );
        booked.lock().unwrap().push(id);
    }
}

/// Everybody works while this happens, which is told how much was booked so far; gives what was booked meanwhile.
async fn while_people_work(
    house: &House,
    what: impl AsyncFnOnce(&dyn Fn() -> usize),
) -> Vec<AppointmentId> {
    let (stop, booked, count) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(Mutex::new(Vec::new())),
        Arc::new(AtomicUsize::new(0)),
    );
    let work = async {
        let one = || book_on(house, stop.clone(), booked.clone(), count.clone());
        tokio::join!(one(), one(), one(), one())
    };
    tokio::join!(work, async {
        what(&|| booked.lock().unwrap().len()).await;
        stop.store(true, Ordering::Relaxed);
    });
    booked.lock().unwrap().clone()
}

/// A second process, which read no key before, sees every client's name.
async fn all_is_readable(house: &House, booked: &[AppointmentId]) {
    let second = house.second_gate().await;
    let dora = second
        .admit_key(
            &house.person("Dora").api_key,
            interpres_gate::Origin::default(),
        )
        .await
        .unwrap()
        .unwrap();
    for id in booked.iter().chain([&house.world.appointments["FR-1001"]]) {
        let seen = second.view(&dora, ShowAppointment(*id)).await.unwrap();
        assert!(
            seen.lep_client
                .as_ref()
                .unwrap()
                .shown()
                .contains("Kanarya")
        );
    }
    assert_eq!(
        second.sweep(ours(house)).await.unwrap(),
        0,
        "checksums hold"
    );
    second.close().await;
}

#[apply(story)]
async fn a_workspaces_key_is_rotated_while_people_work_and_the_old_one_is_destroyed(house: &House) {
    let booked = while_people_work(house, async |booked| {
        let mut rotations = 0;
        while rotations < 3 || (booked() <= 3 && rotations < 500) {
            assert!(house.gate.rotate_workspace_key(ours(house)).await.unwrap() > 0);
            rotations += 1;
        }
    })
    .await;
    assert!(booked.len() > 3, "{} were booked meanwhile", booked.len());
    assert_eq!(
        house.tamper_keys("delete from old_workspace_key").await,
        0,
        "no old key is left"
    );
    all_is_readable(house, &booked).await;
}

#[apply(story)]
async fn two_processes_rotate_and_mint_without_losing_a_key(house: &House) {
    let second = house.second_gate().await;
    let dora = second
        .admit_key(
            &house.person("Dora").api_key,
            interpres_gate::Origin::default(),
        )
        .await
        .unwrap()
        .unwrap();
    let mut booked = Vec::new();
    for n in 0..4 {
        house.gate.rotate_workspace_key(ours(house)).await.unwrap();
        // The other process has the key before in memory, and its stock of keys is used up.
        for m in 0..90 {
            booked.push(
                second
                    .perform(
                        &dora,
                        BookAppointment {
                            input: booking(1000 + n * 100 + m),
                        },
                    )
                    .await
                    .unwrap()
                    .id,
            );
        }
    }
    second.close().await;
    house.gate.rotate_workspace_key(ours(house)).await.unwrap();
    all_is_readable(house, &booked).await;
}

#[apply(story)]
async fn a_rotation_stopped_half_way_is_gone_on_with(house: &House) {
    house
        .gate
        .perform(
            &house.gate.operator(ours(house)),
            interpres_gate::RotateWorkspaceKey,
        )
        .await
        .unwrap();
    all_is_readable(house, &[]).await;
    house.gate.rotate_worn_keys().await.unwrap();
    assert_eq!(house.tamper_keys("delete from old_workspace_key").await, 0);
    all_is_readable(house, &[]).await;
}

#[apply(story)]
async fn a_key_that_has_sealed_as_often_as_a_key_may_is_changed_by_itself(house: &House) {
    house.gate.rotate_worn_keys().await.unwrap();
    assert_eq!(
        house
            .tamper_keys("update workspace_key set seals = 2147483648 where number = 0")
            .await,
        3
    );
    house.gate.rotate_worn_keys().await.unwrap();
    assert_eq!(
        house
            .tamper_keys("update workspace_key set seals = 0 where number = 1 and seals = 0")
            .await,
        3,
        "each has its next key"
    );
    all_is_readable(house, &[]).await;
}

#[apply(story)]
async fn the_master_key_is_rotated_while_people_work_and_the_old_one_opens_nothing(house: &House) {
    let old = std::fs::read(house.folder().join("master.key")).unwrap();
    let booked = while_people_work(house, async |_| {
        rotate_master(&house.gate, house.folder(), &house.master)
            .await
            .unwrap();
    })
    .await;
    all_is_readable(house, &booked).await;
    let new = std::fs::read(house.folder().join("master.key")).unwrap();
    assert!(old != new && !house.folder().join("master.key.new").exists());
    std::fs::write(house.folder().join("master.key"), &old).unwrap();
    let at = Databases {
        folder: house.folder().to_owned(),
        data: None,
        keys: None,
        master: MasterAt::File,
    };
    let refused = open(&at, Arc::new(|| Instant::from_micros(0)), false)
        .await
        .err()
        .unwrap();
    assert!(
        refused
            .to_string()
            .contains("does not open with this master key"),
        "{refused}"
    );
    std::fs::write(house.folder().join("master.key"), &new).unwrap();
}

#[apply(story)]
async fn a_key_in_stock_is_used_though_it_left_memory_long_ago(house: &House) {
    let dora = house.enters("Dora").await;
    house
        .gate
        .perform(&dora, BookAppointment { input: booking(1) })
        .await
        .unwrap();
    house.gate.forget_opened_keys();
    house.gate.forget_opened_keys();
    let id = house
        .gate
        .perform(&dora, BookAppointment { input: booking(2) })
        .await
        .unwrap()
        .id;
    all_is_readable(house, &[id]).await;
}

#[apply(story)]
async fn a_history_over_a_rotation_is_whole(house: &House) {
    let olivia = house.enters("Olivia").await;
    let id = house.world.appointments["FR-1001"];
    house.gate.rotate_workspace_key(ours(house)).await.unwrap();
    let versions = house
        .gate
        .view(
            &olivia,
            ShowHistory::of("client", house.client_of(id).await),
        )
        .await
        .unwrap();
    assert!(versions.items.iter().flat_map(|v| &v.changes).any(|c| c.field == "name" && c.after.as_deref().is_some_and(|n| n.contains("Kanarya"))));
}

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
        Ok(Json(
            json!({ "data": { "ciphertext": format!("vault:v1:{}", seal(&plain, body["associated_data"].as_str().unwrap())) } }),
        ))
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
