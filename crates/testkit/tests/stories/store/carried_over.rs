//! What an earlier version kept on appointments becomes records of its own.
use interpres_compliance::{EraseClient, EraseInput};
use interpres_gate::{
    Action, Command, Granted, Permission, PersonName, Phi, Refusal, ShowHistory, WriteTx,
    async_trait,
};
use interpres_scheduling::{
    Appointment, AppointmentInput, EditAppointment, SearchAppointments, SearchInput,
    ShowAppointment, draft,
};
use interpres_testkit::{House, apply, booking, story};
use interpres_types::AppointmentId;
use std::collections::BTreeSet;

/// Books as the version before clients were records did: the client's name, or a label, stands on
/// the appointment.
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
        ..booking(reference)
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
    // One statement, so that no commit comes between the two counts.
    let rows = house
        .raw(
            "select (select count(*) from appointment_row where reference like 'B-%' \
            and client_id is not null and client_name is null and client_label is null) as done, \
            (select count(distinct c.id) from client_row c \
            join appointment_row a on a.workspace_id = c.workspace_id and a.client_id = c.id \
            where a.reference like 'B-%') as clients",
        )
        .await;
    let count = |name: &str| usize::try_from(rows[0].int(name).unwrap()).unwrap();
    (count("done"), count("clients"))
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
    house.cancel("Dora", gone, "other").await.unwrap();
    assert_eq!(erase(house, gone).await, 1);
    let dora = house.enters("Dora").await;
    house.assign(named, "Ines").await;
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
        ..booking("B-5")
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
    house.cancel("Dora", twin, "other").await.unwrap();
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
    // What was under way when it was stopped may still commit, and stand in the way of one that is
    // done meanwhile.
    for _ in 0..2 {
        second.work_off().await.unwrap();
        house.wait_minutes(1);
    }
    second.close().await;
    assert_eq!(carried(house).await, (ALL, ALL));
    let entries = house.entries("clients.carry-over").await;
    assert!(
        !entries.is_empty() && entries.iter().all(|e| e.actor_name.is_none()),
        "the work of no person: {entries:?}"
    );
}
