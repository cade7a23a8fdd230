//! Keys that change while people work.
use interpres::{Databases, MasterAt, open, rotate_master};
use interpres_gate::ShowHistory;
use interpres_scheduling::{AppointmentInput, BookAppointment, ShowAppointment};
use interpres_testkit::{House, apply, booking, story};
use interpres_types::{AppointmentId, Instant};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

fn nth(n: usize) -> AppointmentInput {
    AppointmentInput {
        lep_client: "Rosa Kanarya".into(),
        ..booking(&format!("K-{n}"))
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
        let input = nth(count.fetch_add(1, Ordering::Relaxed));
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

/// Everybody works while this happens, which is told how much was booked so far; gives what was
/// booked meanwhile.
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
        second.sweep(house.ours()).await.unwrap(),
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
            assert!(house.gate.rotate_workspace_key(house.ours()).await.unwrap() > 0);
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
        house.gate.rotate_workspace_key(house.ours()).await.unwrap();
        // The other process has the key before in memory, and its stock of keys is used up.
        for m in 0..90 {
            booked.push(
                second
                    .perform(
                        &dora,
                        BookAppointment {
                            input: nth(1000 + n * 100 + m),
                        },
                    )
                    .await
                    .unwrap()
                    .id,
            );
        }
    }
    second.close().await;
    house.gate.rotate_workspace_key(house.ours()).await.unwrap();
    all_is_readable(house, &booked).await;
}

#[apply(story)]
async fn a_rotation_stopped_half_way_is_gone_on_with(house: &House) {
    house
        .gate
        .perform(
            &house.gate.operator(house.ours()),
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
        .perform(&dora, BookAppointment { input: nth(1) })
        .await
        .unwrap();
    house.gate.forget_opened_keys();
    house.gate.forget_opened_keys();
    let id = house
        .gate
        .perform(&dora, BookAppointment { input: nth(2) })
        .await
        .unwrap()
        .id;
    all_is_readable(house, &[id]).await;
}

#[apply(story)]
async fn a_history_over_a_rotation_is_whole(house: &House) {
    let olivia = house.enters("Olivia").await;
    let id = house.world.appointments["FR-1001"];
    house.gate.rotate_workspace_key(house.ours()).await.unwrap();
    let versions = house
        .gate
        .view(
            &olivia,
            ShowHistory::of("client", house.client_of(id).await),
        )
        .await
        .unwrap();
    let mut changes = versions.items.iter().flat_map(|v| &v.changes);
    assert!(changes.any(|c| {
        let after = c.after.as_deref().unwrap_or_default();
        c.field == "name" && after.contains("Kanarya")
    }));
}
