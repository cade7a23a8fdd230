//! What an earlier version kept on appointments becomes records of its own.
use crate::gate::input;
use interpres::{Databases, MasterAt, workspace_file};
use interpres_accounts::{SignIn, Visitor, sign_in};
use interpres_compliance::{EraseClient, EraseInput};
use interpres_dispatch::AssignInterpreter;
use interpres_gate::{
    Action, Clock, Command, Gate, Granted, Origin, Permission, PersonName, Phi, Refusal,
    ShowHistory, WriteTx, async_trait,
};
use interpres_scheduling::{
    Appointment, AppointmentInput, CancelAppointment, CancelInput, EditAppointment,
    ListAppointments, ListClients, SearchAppointments, SearchInput, ShowAppointment, draft,
};
use interpres_testkit::{House, apply, story};
use interpres_types::{AppointmentId, Instant};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

/// Books as the version before clients were records did: the client's name, or a label, stands on the appointment.
struct BookAsBefore {
    input: AppointmentInput,
    name: Option<PersonName>,
}

#[async_trait]
impl Command for BookAsBefore {
    const ACTION: Action = Action::AppointmentBook;
    const PERMISSION: Permission = Permission::BookAppointments;
    type Outcome = AppointmentId;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<AppointmentId, Refusal> {
        let booked = draft(tx, &self.input).await?;
        let label = self.name.is_none().then(|| "M. V.".parse().unwrap());
        let booked = Appointment {
            id: tx.mint(),
            key: tx.new_key().await?,
            client_name: self.name.map(Phi::new),
            client_label: label,
            ..booked
        };
        Ok(tx.save(&booked).await?.id)
    }
}

async fn before(house: &House, reference: &str, name: &str) -> AppointmentId {
    let input = AppointmentInput {
        notes: "Kanarya waits at the east door".into(),
        ..input::booking(reference)
    };
    let name = (!name.is_empty()).then(|| name.parse().unwrap());
    let dora = house.enters("Dora").await;
    *house
        .gate
        .perform(&dora, BookAsBefore { input, name })
        .await
        .unwrap()
}

async fn shown(house: &House, who: &str, id: AppointmentId) -> String {
    let actor = house.enters(who).await;
    let view = house.gate.view(&actor, ShowAppointment(id)).await.unwrap();
    match (&view.lep_client, &view.client_label) {
        (Some(name), None) => name.shown().to_owned(),
        (None, Some(label)) => label.clone(),
        (None, None) => "-".to_owned(),
        both => panic!("{:?}", both.1),
    }
}

async fn found(house: &House, client: &str) -> BTreeSet<String> {
    let dora = house.enters("Dora").await;
    let input = SearchInput {
        client: client.into(),
        ..SearchInput::default()
    };
    let page = house.gate.view(&dora, SearchAppointments { input }).await;
    let items = page.unwrap().into_inner().items;
    items.into_iter().map(|a| a.reference).collect()
}

async fn cancel(house: &House, id: AppointmentId) {
    let dora = house.enters("Dora").await;
    let input = CancelInput {
        reason: "other".into(),
        note: "".into(),
    };
    let cancel = CancelAppointment {
        id,
        version: None,
        input,
    };
    house.gate.perform(&dora, cancel).await.unwrap();
}

async fn erase(house: &House, id: AppointmentId) -> i64 {
    let olivia = house.enters("Olivia").await;
    let input = EraseInput {
        reason: "Request 2027-14".into(),
    };
    let erased = house.gate.perform(&olivia, EraseClient { id, input }).await;
    let keys = erased.unwrap().keys;
    while house.gate.destroy_keys().await.unwrap() > 0 {}
    keys
}

/// How many appointments were carried over, and how many clients there are for them.
async fn carried(house: &House) -> (usize, usize) {
    let done = house.raw("select id from appointment_row where reference like 'B-%' and client_id is not null and client_name is null and client_label is null").await;
    let clients = house.raw("select distinct c.id from client_row c join appointment_row a on a.workspace_id = c.workspace_id and a.client_id = c.id where a.reference like 'B-%'").await;
    (done.len(), clients.len())
}

#[apply(story)]
async fn a_client_that_was_kept_on_an_appointment_is_read_by_whom_it_was_before_and_after_it_is_carried_over(
    house: &House,
) {
    let named = before(house, "B-1", "Wilhelmina Kanarya").await;
    let twin = before(house, "B-2", "Wilhelmina Kanarya").await;
    let label = before(house, "B-3", "").await;
    let gone = before(house, "B-4", "Mateo Kanarya").await;
    let edited = before(house, "B-5", "Theodora Kanarya").await;
    cancel(house, gone).await;
    assert_eq!(erase(house, gone).await, 1);
    let dora = house.enters("Dora").await;
    house
        .gate
        .perform(
            &dora,
            AssignInterpreter {
                appointment: named,
                interpreter: house.world.interpreters["Ines"],
            },
        )
        .await
        .unwrap();
    let names = [
        ("B-1", named, "Wilhelmina Kanarya", "W. K."),
        ("B-2", twin, "Wilhelmina Kanarya", "W. K."),
        ("B-3", label, "M. V.", "M. V."),
        ("B-4", gone, "(erased)", "(erased)"),
    ];
    let as_they_were = async || {
        for (reference, id, open, masked) in names {
            for who in ["Olivia", "Maya", "Dora"] {
                assert_eq!(shown(house, who, id).await, open, "{who} {reference}");
            }
            for who in ["Bea", "Carl", "Vera"] {
                assert_eq!(shown(house, who, id).await, masked, "{who} {reference}");
            }
        }
        assert_eq!(
            found(house, "wilhelmina").await,
            ["B-1", "B-2"].map(str::to_owned).into()
        );
        assert!(!found(house, "mateo kanarya").await.contains("B-4"));
    };
    as_they_were().await;
    assert_eq!(shown(house, "Ines", named).await, "W. K.");
    let input = AppointmentInput {
        lep_client: "Theodore Kanarya".into(),
        ..input::booking("B-5")
    };
    house
        .gate
        .perform(
            &dora,
            EditAppointment {
                id: edited,
                version: None,
                input,
            },
        )
        .await
        .unwrap();
    assert_eq!(
        (carried(house).await, shown(house, "Dora", edited).await),
        ((1, 1), "Theodore Kanarya".to_owned()),
        "whoever changes one carries it over"
    );
    house.gate.work_off().await.unwrap();
    assert_eq!(
        carried(house).await,
        (4, 4),
        "each has one of their own, and what was erased stays as it is"
    );
    as_they_were().await;
    let olivia = house.enters("Olivia").await;
    let versions = house
        .gate
        .view(&olivia, ShowHistory::of("appointment", twin))
        .await
        .unwrap()
        .into_inner()
        .items;
    assert!(
        versions
            .last()
            .unwrap()
            .changes
            .iter()
            .any(|c| c.field == "client_name" && c.after.as_deref() == Some("Wilhelmina Kanarya")),
        "earlier versions stay as they are"
    );
    assert_eq!(
        house
            .gate
            .sweep(house.world.workspaces["Front Range Interpreters"])
            .await
            .unwrap(),
        0,
        "every record is as it was saved"
    );
    cancel(house, twin).await;
    assert_eq!(
        erase(house, twin).await,
        2,
        "the appointment's key and the client's"
    );
    assert_eq!(
        (
            shown(house, "Dora", twin).await,
            shown(house, "Dora", named).await
        ),
        ("(erased)".to_owned(), "Wilhelmina Kanarya".to_owned())
    );
    let versions = house
        .gate
        .view(&olivia, ShowHistory::of("appointment", twin))
        .await
        .unwrap()
        .into_inner()
        .items;
    assert!(
        versions
            .iter()
            .flat_map(|v| &v.changes)
            .all(|c| c.before.as_deref() != Some("Wilhelmina Kanarya")
                && c.after.as_deref() != Some("Wilhelmina Kanarya")),
        "{versions:?}"
    );
    house.at("2027-03-09T12:00");
    assert_eq!(shown(house, "Ines", named).await, "Wilhelmina Kanarya");
    house.wait_minutes(25 * 60);
    house.gate.work_off().await.unwrap();
    assert_eq!(
        carried(house).await,
        (4, 4),
        "nothing is carried over twice"
    );
}

#[apply(story)]
async fn carrying_over_that_is_stopped_half_way_is_gone_on_with_and_loses_and_doubles_nothing(
    house: &House,
) {
    const ALL: usize = 170;
    for n in 0..ALL {
        before(house, &format!("B-{n}"), "Wilhelmina Kanarya").await;
    }
    let gate = house.gate.clone();
    let working = tokio::spawn(async move { gate.work_off().await.map(drop) });
    while carried(house).await.0 == 0 && !working.is_finished() {
        tokio::task::yield_now().await;
    }
    working.abort();
    drop(working.await);
    let (done, clients) = carried(house).await;
    assert!(done > 0 && done == clients, "{done} {clients}");
    assert_eq!(
        found(house, "wilhelmina").await.len(),
        50,
        "a page of all of them, wherever they stand"
    );
    house.wait_minutes(2);
    let second = house.second_gate().await;
    // What was under way when it was stopped may still commit, and stand in the way of one that is done meanwhile.
    for _ in 0..2 {
        second.work_off().await.unwrap();
        house.wait_minutes(1);
    }
    second.close().await;
    assert_eq!(carried(house).await, (ALL, ALL));
}

#[apply(story)]
async fn a_database_and_a_workspaces_file_of_the_version_before_are_taken_up(house: &House) {
    let began = house.gate.now();
    let micros = Arc::new(AtomicI64::new(began.micros()));
    let there = Before::open(house, "data", &micros).await;
    for name in FOLDER {
        let copy = there.folder.join(name);
        std::fs::copy(fixture(name), &copy).unwrap();
        // A checkout gives files to everybody to read.
        std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let gate = there.gate().await;
    let people: Value =
        serde_json::from_slice(&std::fs::read(fixture("demo.json")).unwrap()).unwrap();
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
        &fixture("workspace.sealed"),
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

/// What the version before clients were records left: the data folder of its demo, with some bookings more, and the
/// file of its first workspace.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/before_clients")
        .join(name)
}

const FOLDER: [&str; 5] = ["interpres.db", "keys.db", "file.key", "master.key", "seen"];
/// The passphrase of the workspace's file.
const WORDS: &str = "violet kettle harbor nineteen";

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
