use interpres_gate::{
    Action, Command, Granted, ListEntries, Refusal, ShowHistory, WriteTx, async_trait,
};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, ListAppointments, ShowAppointment, ShowClient,
};
use interpres_testkit::{House, apply, story};

/// A command that goes wrong in the middle, after it saved something.
struct GoesWrong {
    panic: bool,
}

#[async_trait]
impl Command for GoesWrong {
    const ACTION: Action = Action::AppointmentRestore;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let input = AppointmentInput {
            reference: "LOST-1".into(),
            date: "2027-03-10".into(),
            start: "09:00".into(),
            minutes: "60".into(),
            language: "Spanish".into(),
            service_type: "phone".into(),
            team: "Denver Metro".into(),
            customer: "St. Brigid Hospital".into(),
            ..AppointmentInput::default()
        };
        tx.then(BookAppointment { input }).await?;
        assert!(!self.panic, "a planted panic");
        Err(Refusal::conflict("a planted refusal"))
    }
}

#[apply(story)]
async fn a_view_leaves_an_entry_that_names_the_fields_seen(house: &House) {
    let dora = house.enters("Dora").await;
    house
        .gate
        .view(&dora, ShowAppointment(house.world.appointments["FR-1001"]))
        .await
        .unwrap();
    let found = house.entries("appointment.show").await;
    assert_eq!(found.len(), 1);
    let seen = &found[0].records[0];
    assert_eq!(
        (
            seen.kind.as_str(),
            found[0].actor_name.as_deref(),
            found[0].outcome.as_str()
        ),
        ("appointment", Some("Dora Lindqvist"), "done")
    );
    assert_eq!(seen.revealed, ["notes", "internal_notes", "client_name"]);
}

#[apply(story)]
async fn who_saw_this_client_is_answered_by_record(house: &House) {
    let dora = house.enters("Dora").await;
    house
        .gate
        .view(&dora, ListAppointments::default())
        .await
        .unwrap();
    let carl = house.enters("Carl").await;
    let query = ListEntries {
        record: house.world.appointments["FR-1003"].to_string().into(),
        ..ListEntries::default()
    };
    let found = house.gate.view(&carl, query).await.unwrap().into_inner();
    assert_eq!(
        found
            .items
            .iter()
            .map(|e| e.action.as_str())
            .collect::<Vec<_>>(),
        ["appointments.list", "appointment.book"]
    );
}

#[apply(story)]
async fn refusals_leave_entries_too(house: &House) {
    let (bea, sam) = (house.enters("Bea").await, house.enters("Sam").await);
    let _ = house
        .gate
        .perform(
            &bea,
            BookAppointment {
                input: AppointmentInput::default(),
            },
        )
        .await
        .unwrap_err();
    let _ = house
        .gate
        .view(&sam, ShowAppointment(house.world.appointments["FR-1001"]))
        .await;
    let words = |found: Vec<interpres_gate::LogEntry>| {
        found
            .into_iter()
            .filter(|e| e.outcome == "refused")
            .map(|e| e.reason.unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (
            words(house.entries("appointment.book").await),
            words(house.entries("appointment.show").await)
        ),
        (vec!["forbidden".to_owned()], vec!["not-found".to_owned()])
    );
}

#[apply(story)]
async fn a_command_that_panics_or_is_refused_leaves_nothing_but_its_entry(house: &House) {
    let dora = house.enters("Dora").await;
    assert!(matches!(
        house.gate.perform(&dora, GoesWrong { panic: true }).await,
        Err(Refusal::Fault(_))
    ));
    assert!(matches!(
        house.gate.perform(&dora, GoesWrong { panic: false }).await,
        Err(Refusal::Conflict(_))
    ));
    let left = house
        .gate
        .view(
            &dora,
            ListAppointments {
                q: "LOST".into(),
                ..ListAppointments::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert!(left.items.is_empty());
    assert_eq!(
        house
            .raw("select 1 as v from record_version where body like '%LOST-1%'")
            .await
            .len(),
        0
    );
    let mut outcomes: Vec<String> = house
        .entries("appointment.restore")
        .await
        .into_iter()
        .map(|e| e.outcome)
        .collect();
    outcomes.sort();
    assert_eq!(outcomes, ["fault", "refused"]);
}

#[apply(story)]
async fn a_job_stopped_half_way_leaves_no_lock_and_nothing_half_done(house: &House) {
    for n in 0..60 {
        let dora = house.enters("Dora").await;
        house
            .gate
            .view(&dora, ListAppointments::default())
            .await
            .unwrap();
        let gate = house.gate.clone();
        let job = tokio::spawn(async move { gate.number_entries().await.map(drop) });
        tokio::time::sleep(std::time::Duration::from_micros(100 + 97 * n)).await;
        job.abort();
        let _ = job.await;
    }
    let numbered = tokio::time::timeout(
        std::time::Duration::from_secs(10),
        house.gate.number_entries(),
    )
    .await;
    numbered
        .expect("nobody waits for a job that is gone")
        .unwrap();
}

#[apply(story)]
async fn a_table_that_has_grown_is_measured_again_and_only_then(house: &House) {
    // The server's own measuring may have come first.
    let on_postgres = house.empty_database().is_some();
    house.gate.renew_statistics().await.unwrap();
    assert_eq!(
        house.gate.renew_statistics().await.unwrap(),
        0,
        "all are measured"
    );
    let notices =
        "insert into notice_row (workspace_id, id, version, user_id, at, kind, text, path)
            with recursive n (i) as (select 1 union all select i + 1 from n where i < 5000) \
        select 'w', cast(i as text), 1, 'u', 0, 'k', 'a notice', '/' from n";
    house.tamper(notices).await.unwrap();
    assert_eq!(
        house.gate.renew_statistics().await.unwrap(),
        usize::from(on_postgres),
        "the one that grew"
    );
    assert_eq!(house.gate.renew_statistics().await.unwrap(), 0);
}

#[apply(story)]
async fn the_database_refuses_to_change_or_delete_entries_and_versions(house: &House) {
    house.gate.number_entries().await.unwrap();
    for sql in [
        "update audit_entry set at = 0",
        "delete from audit_entry",
        "update record_version set body = ''",
        "delete from record_version",
        "delete from audit_leaf",
        "update audit_leaf set number = 0",
    ] {
        let refusal = house.tamper(sql).await.unwrap_err();
        assert!(refusal.contains("insert-only"), "{sql}: {refusal}");
    }
}

#[apply(story)]
async fn a_record_version_changed_behind_the_databases_back_is_never_shown_as_true(house: &House) {
    let olivia = house.enters("Olivia").await;
    let id = house.world.appointments["FR-1001"].to_string();
    house.unguard().await;
    house
        .tamper(&format!(
            "update record_version set body = replace(body, 'Spanish', 'Spanisch'), \
            version = version where record_id = '{id}'"
        ))
        .await
        .unwrap();
    house
        .tamper(&format!(
            "update record_version set body = replace(body, 'in-person', 'phone') \
            where record_id = '{id}'"
        ))
        .await
        .unwrap();
    assert!(matches!(
        house
            .gate
            .view(&olivia, ShowHistory::of("appointment", &id))
            .await,
        Err(Refusal::Fault(_))
    ));
}

#[apply(story)]
async fn a_sealed_value_moved_to_another_row_does_not_open(house: &House) {
    let dora = house.enters("Dora").await;
    let (from, to) = (
        house.world.appointments["FR-1001"],
        house.world.appointments["FR-1002"],
    );
    // All sealed fields move together with their key, so that only the row they stand in is wrong.
    for column in ["notes", "internal_notes", "key_id"] {
        let sql = format!(
            "update appointment_row set {column} = (select b.{column} from appointment_row b \
            where b.id = '{from}') where id = '{to}'"
        );
        house.tamper(&sql).await.unwrap();
    }
    assert!(matches!(
        house.gate.view(&dora, ShowAppointment(to)).await,
        Err(Refusal::Fault(_))
    ));
    let (from, to) = (
        house.client_of(from).await,
        house.client_of(house.world.appointments["FR-1003"]).await,
    );
    for column in ["name", "key_id"] {
        let sql = format!(
            "update client_row set {column} = (select b.{column} from client_row b \
            where b.id = '{from}') where id = '{to}'"
        );
        house.tamper(&sql).await.unwrap();
    }
    let there = house
        .gate
        .view(&dora, ShowAppointment(house.world.appointments["FR-1003"]))
        .await
        .unwrap()
        .into_inner();
    assert!(there.lep_client.is_none(), "it is out of sight");
    assert!(matches!(
        house.gate.view(&dora, ShowClient(to)).await,
        Err(Refusal::Fault(_))
    ));
}
