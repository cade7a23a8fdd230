//! A database and a workspace's file of the version before clients were records are taken up.
use super::{WORDS, fixture};
use interpres::{Databases, MasterAt, workspace_file};
use interpres_accounts::{SignIn, Visitor, sign_in};
use interpres_compliance::{EraseClient, EraseInput};
use interpres_gate::{Clock, Gate, Origin};
use interpres_scheduling::{CancelAppointment, CancelInput, ListAppointments, ListClients};
use interpres_testkit::{House, apply, story};
use interpres_types::Instant;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

#[apply(story)]
async fn a_database_and_a_workspaces_file_of_the_version_before_are_taken_up(house: &House) {
    let began = house.gate.now();
    let micros = Arc::new(AtomicI64::new(began.micros()));
    let there = Before::open(house, "data", &micros).await;
    for name in FOLDER {
        let copy = there.folder.join(name);
        std::fs::copy(fixture(&format!("before_clients/{name}")), &copy).unwrap();
        // A checkout gives files to everybody to read.
        std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let gate = there.gate().await;
    let people: Value =
        serde_json::from_slice(&std::fs::read(fixture("before_clients/demo.json")).unwrap())
            .unwrap();
    let enters = async |first: &str| {
        let of = |p: &&Value| p["name"].as_str().unwrap().starts_with(first);
        let key = people["people"]
            .as_array()
            .unwrap()
            .iter()
            .find(of)
            .unwrap()["api_key"]
            .as_str()
            .unwrap()
            .to_owned();
        gate.admit_key(&key, Origin::default())
            .await
            .unwrap()
            .unwrap()
    };
    let named = async |who: &str| {
        let asked = ListAppointments {
            q: "OLD-".into(),
            ..ListAppointments::default()
        };
        let page = gate
            .view(&enters(who).await, asked)
            .await
            .unwrap()
            .into_inner();
        page.items
            .into_iter()
            .map(|a| {
                (
                    a.reference,
                    a.lep_client
                        .map(|c| c.shown().to_owned())
                        .or(a.client_label),
                )
            })
            .collect::<Vec<_>>()
    };
    let all = |names: [&str; 5]| -> Vec<_> {
        let said = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        (1..)
            .zip(names)
            .map(|(n, name)| (format!("OLD-{n}"), said(name)))
            .collect()
    };
    let (open, masked) = (
        all([
            "Wilhelmina Kanarya",
            "Theodora Kanarya",
            "M. V.",
            "(erased)",
            "",
        ]),
        all(["W. K.", "T. K.", "M. V.", "(erased)", ""]),
    );
    let as_they_were = async || {
        assert_eq!(
            (named("Dora").await, named("Bea").await, named("Sam").await),
            (open.clone(), masked.clone(), Vec::new())
        );
    };
    as_they_were().await;
    gate.work_off().await.unwrap();
    as_they_were().await;
    let (olivia, dora) = (enters("Olivia").await, enters("Dora").await);
    let clients = gate
        .view(
            &olivia,
            ListClients {
                limit: "200".into(),
                ..ListClients::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    let appointments = gate
        .view(
            &olivia,
            ListAppointments {
                limit: "200".into(),
                ..ListAppointments::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    let theirs: BTreeSet<_> = appointments.items.iter().filter_map(|a| a.client).collect();
    assert_eq!(
        (clients.items.len(), theirs.len()),
        (appointments.items.len() - 2, appointments.items.len() - 2),
        "a client for each, but for the one without and the erased one"
    );
    let id = appointments
        .items
        .iter()
        .find(|a| a.reference == "OLD-1")
        .unwrap()
        .id;
    let canceled = CancelInput {
        reason: "other".into(),
        note: "".into(),
    };
    gate.perform(
        &dora,
        CancelAppointment {
            id,
            version: None,
            input: canceled,
        },
    )
    .await
    .unwrap();
    gate.perform(
        &olivia,
        EraseClient {
            id,
            input: EraseInput {
                reason: "Request 2027-14".into(),
            },
        },
    )
    .await
    .unwrap();
    while gate.destroy_keys().await.unwrap() > 0 {}
    assert_eq!(named("Dora").await[0].1.as_deref(), Some("(erased)"));
    while gate.number_entries().await.unwrap() > 0 {}
    for workspace in gate.workspaces().await.unwrap() {
        assert_eq!(
            gate.sweep(workspace).await.unwrap(),
            0,
            "every record is as it was saved"
        );
        assert!(
            gate.verify_log(workspace)
                .await
                .unwrap()
                .problems
                .is_empty()
        );
    }
    gate.close().await;

    let moved = Before::open(house, "moved", &micros).await;
    let gate = moved.gate().await;
    workspace_file::import(
        &gate,
        &fixture("before_clients/workspace.sealed"),
        WORDS,
        "olivia@frontrange.example",
        WORDS,
    )
    .await
    .unwrap();
    let Ok(SignIn::Open(opened)) = sign_in(
        &gate,
        &Arc::default(),
        "olivia@frontrange.example",
        WORDS,
        &Visitor::default(),
    )
    .await
    else {
        panic!("the owner is let in")
    };
    let olivia = gate
        .admit_session(&opened.token, Origin::default())
        .await
        .unwrap()
        .unwrap();
    let (olivia, _) = interpres::enrol(&gate, &olivia).await.unwrap();
    let names = async || {
        let asked = ListAppointments {
            q: "OLD-".into(),
            ..ListAppointments::default()
        };
        let page = gate.view(&olivia, asked).await.unwrap().into_inner();
        page.items
            .into_iter()
            .map(|a| {
                (
                    a.reference,
                    a.lep_client
                        .map(|c| c.shown().to_owned())
                        .or(a.client_label),
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(names().await, open);
    gate.work_off().await.unwrap();
    assert_eq!(names().await, open);
    let clients = gate
        .view(
            &olivia,
            ListClients {
                limit: "200".into(),
                ..ListClients::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(clients.items.len(), theirs.len());
    gate.close().await;
    for folder in [&there.folder, &moved.folder] {
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// The data folder of its demo.
const FOLDER: [&str; 5] = ["interpres.db", "keys.db", "file.key", "master.key", "seen"];

/// An installation beside the house.
struct Before {
    folder: PathBuf,
    micros: Arc<AtomicI64>,
}

impl Before {
    async fn open(house: &House, name: &str, micros: &Arc<AtomicI64>) -> Self {
        let folder = house.folder().with_extension(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self {
            folder,
            micros: micros.clone(),
        }
    }
    async fn gate(&self) -> Gate {
        let at = Databases {
            folder: self.folder.clone(),
            data: None,
            keys: None,
            master: MasterAt::default(),
        };
        let micros = self.micros.clone();
        let clock: Clock = Arc::new(move || Instant::from_micros(micros.load(Ordering::Relaxed)));
        interpres::open(&at, clock, false).await.unwrap().0
    }
}
