//! An import is done once, and goes on after its process is gone as who started it.
use crate::imports::{import, look, take};
use interpres_accounts::EndMember;
use interpres_imports::{ImportKind, StartImport};
use interpres_scheduling::ListAppointments;
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn an_import_pressed_and_run_twice_at_once_has_one_effect(house: &House) {
    let dora = house.enters("Dora").await;
    let rows: String = (0..12)
        .map(|n| format!("TW-{n},2027-01-29,08:00,60,Spanish,phone,Courts,St. Brigid Hospital\n"))
        .collect();
    let id = take(
        house,
        &dora,
        ImportKind::Appointments,
        &format!("Reference,Date,Start,Minutes,Language,Service type,Team,Customer\n{rows}"),
    )
    .await;
    let press = || async {
        drop(house.gate.perform(&dora, StartImport(id)).await);
        house.gate.work_off().await
    };
    let (a, b) = tokio::join!(press(), press());
    assert!(a.is_ok() && b.is_ok());
    assert_eq!(
        look(house, &dora, id).await.outcomes.get("added"),
        Some(&12)
    );
    let found = house
        .gate
        .view(
            &dora,
            ListAppointments {
                q: "tw-".into(),
                limit: "50".into(),
                ..ListAppointments::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(found.items.len(), 12);
}

#[apply(story)]
async fn an_import_goes_on_after_the_process_that_had_it_is_gone_as_who_started_it_and_nobody_else(
    house: &House,
) {
    let dora = house.enters("Dora").await;
    house.gate.work_off().await.unwrap();
    let rows: String = (0..205)
        .map(|n| {
            format!(
                "GO-{n},2027-01-{:02},{:02}:00,15,Spanish,phone,Courts,St. Brigid Hospital\n",
                4 + n % 25,
                7 + n / 25
            )
        })
        .collect();
    let id = take(
        house,
        &dora,
        ImportKind::Appointments,
        &format!("Reference,Date,Start,Minutes,Language,Service type,Team,Customer\n{rows}"),
    )
    .await;
    house.gate.perform(&dora, StartImport(id)).await.unwrap();
    assert!(house.gate.work_once().await.unwrap());
    let first = look(house, &dora, id).await.outcomes.get("added").copied();
    assert_eq!(first, Some(100), "a page, and then others have their turn");
    // Whoever had it is gone; and somebody else's name stands on a job that they did not leave.
    let held = house.gate.now().plus_seconds(60).micros();
    house
        .tamper(&format!(
            "update job set free_at = {held}, holder = 'gone' where kind = 'imports.run'"
        ))
        .await
        .unwrap();
    let ours = house.world.workspaces["Front Range Interpreters"];
    let adam = house.enters("Adam").await.user().unwrap();
    house
        .tamper(&format!(
            "insert into job (workspace_id, kind, subject, due_at) \
            values ('{ours}', 'imports.run', '{id} {adam}', 1)"
        ))
        .await
        .unwrap();
    house.gate.work_off().await.unwrap();
    assert_eq!(
        look(house, &dora, id).await.outcomes.get("added"),
        Some(&100),
        "the job is held, and the forged one does nothing"
    );
    house.wait_minutes(2);
    house.gate.work_off().await.unwrap();
    assert_eq!(
        look(house, &dora, id).await.outcomes.get("added"),
        Some(&205)
    );
    assert_eq!(
        house
            .raw("select subject from job where kind = 'imports.run'")
            .await
            .len(),
        0
    );
}

#[apply(story)]
async fn an_import_of_somebody_who_left_stops_and_changes_nothing_more(house: &House) {
    let dora = house.enters("Dora").await;
    let file = "Reference,Date,Start,Minutes,Language,Service type,Team,Customer\n\
        LE-1,2027-01-29,08:00,60,Spanish,phone,Courts,St. Brigid Hospital\n";
    let id = take(house, &dora, ImportKind::Appointments, file).await;
    house.gate.perform(&dora, StartImport(id)).await.unwrap();
    let member = house
        .raw(&format!(
            "select id from member_row where user_id = '{}'",
            dora.user().unwrap()
        ))
        .await[0]
        .text("id")
        .unwrap()
        .to_owned();
    let adam = house.enters("Adam").await;
    house
        .gate
        .perform(
            &adam,
            EndMember {
                id: member.parse().unwrap(),
                remove: false,
            },
        )
        .await
        .unwrap();
    house.gate.work_off().await.unwrap();
    let found = house
        .gate
        .view(
            &adam,
            ListAppointments {
                q: "LE-1".into(),
                ..ListAppointments::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert!(found.items.is_empty());
    assert_eq!(
        house
            .raw("select subject from job where kind = 'imports.run'")
            .await
            .len(),
        0
    );
}

#[apply(story)]
async fn every_step_of_an_import_stands_in_the_log_as_what_its_starter_did(house: &House) {
    let sam = house.enters("Sam").await;
    let file = "First name,Last name,Email,Languages,Team\n\
        Mei,Park,mei@example.org,Spanish,Courts\n\
        Ines,Ruiz,ines@frontrange.example,Spanish,Courts\n";
    let done = import(house, &sam, ImportKind::Interpreters, file).await;
    assert_eq!(
        (done.outcomes.get("added"), done.outcomes.get("rejected")),
        (Some(&1), Some(&1)),
        "Ines belongs to another team"
    );
    for (action, outcomes) in [
        ("import.upload", vec!["done"]),
        ("import.add-rows", vec!["done"]),
        ("import.start", vec!["done"]),
        ("import.next-rows", vec!["done", "done"]),
        ("import.row", vec!["done", "refused"]),
        ("import.reject-row", vec!["done"]),
        ("import.finish", vec!["done"]),
    ] {
        let entries = house.entries(action).await;
        assert!(
            entries
                .iter()
                .all(|e| e.actor_name.as_deref() == Some("Sam Okafor")),
            "{action}: {entries:?}"
        );
        let mut ends: Vec<&str> = entries.iter().map(|e| e.outcome.as_str()).collect();
        // Rows are tried in one moment, and entries of one moment stand in no order.
        ends.sort_unstable();
        assert_eq!(ends, outcomes, "{action}");
    }
}
