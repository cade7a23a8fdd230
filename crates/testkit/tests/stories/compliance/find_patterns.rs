//! The log is gone through for what a person should look at.
use interpres_accounts::{SetWorkspace, Visitor, WorkspaceInput, sign_in};
use interpres_compliance::{ListFindings, Pattern, WatchClient, WatchInput};
use interpres_gate::{Actor, ExportEntries, Origin};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, EditAppointment, ListAppointments, ShowAppointment,
};
use interpres_testkit::{House, apply, story};
use interpres_types::AppointmentId;
use std::{collections::BTreeSet, sync::Arc};

async fn from(house: &House, who: &str, address: &str) -> Actor {
    let origin = Origin {
        address: Some(address.to_owned()),
        ..Origin::default()
    };
    house
        .gate
        .admit_key(&house.person(who).api_key, origin)
        .await
        .unwrap()
        .unwrap()
}

async fn book(house: &House, who: &Actor, client: &str, times: usize) {
    for n in 0..times {
        let input = AppointmentInput {
            date: "2027-03-20".into(),
            start: format!("{:02}:{:02}", 8 + n / 60, n % 60).into(),
            minutes: "30".into(),
            language: "Spanish".into(),
            service_type: "phone".into(),
            team: "Denver Metro".into(),
            customer: "St. Brigid Hospital".into(),
            lep_client: client.into(),
            ..Default::default()
        };
        house
            .gate
            .perform(who, BookAppointment { input })
            .await
            .unwrap();
    }
}

async fn show(house: &House, who: &Actor, id: AppointmentId) {
    house.gate.view(who, ShowAppointment(id)).await.unwrap();
}

/// Patterns found, each with the person's first name.
async fn found(house: &House) -> BTreeSet<(Pattern, String)> {
    let carl = house.enters("Carl").await;
    let all = house
        .gate
        .view(
            &carl,
            ListFindings {
                limit: "200".into(),
                ..ListFindings::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert!(all.next.is_none());
    all.items
        .into_iter()
        .map(|f| {
            (
                f.pattern,
                f.who_name
                    .unwrap_or(f.who)
                    .split(' ')
                    .next()
                    .unwrap()
                    .to_owned(),
            )
        })
        .collect()
}

#[apply(story)]
async fn at_noon_of_a_holiday_the_office_is_closed_as_at_night(house: &House) {
    house.gate.work_off().await.unwrap();
    let input = WorkspaceInput {
        name: "Front Range Interpreters".into(),
        zone: "America/Denver".into(),
        reveal_hours: "24".into(),
        holidays: "2027-03-02 Founders' Day".into(),
        ..WorkspaceInput::default()
    };
    house
        .gate
        .perform(
            &house.enters("Adam").await,
            SetWorkspace {
                version: None,
                input,
            },
        )
        .await
        .unwrap();
    for (day, closed) in [("01", false), ("02", true)] {
        house.at(&format!("2027-03-{day}T12:00"));
        show(
            house,
            &house.enters("Dora").await,
            house.world.appointments["FR-1001"],
        )
        .await;
        house.wait_minutes(70);
        house.gate.work_off().await.unwrap();
        assert_eq!(
            found(house)
                .await
                .contains(&(Pattern::AfterHours, "Dora".to_owned())),
            closed,
            "{day}"
        );
    }
}

#[apply(story)]
async fn every_planted_pattern_is_found_and_an_ordinary_day_is_not(house: &House) {
    use Pattern as P;
    let ids = &house.world.appointments;
    house.gate.work_off().await.unwrap();
    let (dora, maya, sam) = (
        from(house, "Dora", "192.0.2.10").await,
        from(house, "Maya", "192.0.2.11").await,
        from(house, "Sam", "192.0.2.12").await,
    );
    let olivia = house.enters("Olivia").await;
    for who in [&dora, &maya, &sam] {
        house
            .gate
            .view(who, ListAppointments::default())
            .await
            .unwrap();
    }
    book(house, &dora, "Karin Kanarya", 3).await;
    house.wait_minutes(70);
    house.gate.work_off().await.unwrap();
    assert_eq!(found(house).await, BTreeSet::new(), "an ordinary hour");

    house.at("2027-03-01T10:05");
    house
        .gate
        .perform(
            &olivia,
            WatchClient {
                input: WatchInput {
                    client: "Rosa Kanarya".into(),
                    reason: "Ticket 12".into(),
                },
            },
        )
        .await
        .unwrap();
    show(house, &house.enters("Adam").await, ids["FR-1001"]).await;
    book(house, &maya, "Dora Kanarya Lindqvist", 1).await;
    book(house, &maya, "Anna Kanarya Lindqvist", 1).await;
    book(house, &maya, "Somebody Kanarya", 98).await;
    house
        .gate
        .view(
            &dora,
            ListAppointments {
                from: "2027-03-20".into(),
                limit: "200".into(),
                ..Default::default()
            },
        )
        .await
        .unwrap();
    for _ in 0..10 {
        let vera = house.enters("Vera").await;
        house
            .gate
            .perform(
                &vera,
                EditAppointment {
                    id: ids["FR-1001"],
                    version: None,
                    input: AppointmentInput::default(),
                },
            )
            .await
            .unwrap_err();
    }
    for n in 0..5 {
        let origin = Origin {
            address: Some("203.0.113.9".into()),
            ..Origin::default()
        };
        let visitor = Visitor {
            origin,
            device: None,
        };
        assert!(
            sign_in(
                &house.gate,
                &Arc::default(),
                &house.person("Bea").email,
                &format!("wrong password {n}"),
                &visitor
            )
            .await
            .is_err()
        );
        house.wait_minutes(1);
    }
    house.number_entries().await;
    for _ in 0..3 {
        house
            .gate
            .view(&house.enters("Carl").await, ExportEntries::default())
            .await
            .unwrap();
    }
    show(
        house,
        &from(house, "Maya", "198.51.100.7").await,
        ids["FR-1003"],
    )
    .await;
    show(house, &sam, ids["FR-1005"]).await;
    house.wait_minutes(2);
    show(
        house,
        &from(house, "Sam", "198.51.100.99").await,
        ids["FR-1005"],
    )
    .await;
    for _ in 0..10 {
        show(house, &olivia, ids["FR-1002"]).await;
    }
    house.at("2027-03-01T23:30");
    show(house, &dora, ids["FR-1004"]).await;
    house.at("2027-10-05T10:00");
    let late = from(house, "Adam", "192.0.2.14").await;
    for reference in ["FR-1002", "FR-1003", "FR-1004", "FR-1005", "FR-1006"] {
        show(house, &late, ids[reference]).await;
    }
    house.at("2027-10-05T11:02");
    house.gate.work_off().await.unwrap();
    let noted = house.entries("log.note").await;
    assert!(!noted.is_empty() && noted.iter().all(|e| e.role == "worker:reviewer"));
    let expected = [
        (P::WatchedClient, "Adam"),
        (P::OwnName, "Dora"),
        (P::OwnSurname, "Dora"),
        (P::BulkViews, "Dora"),
        (P::AfterHours, "Dora"),
        (P::ManyRefusals, "Vera"),
        (P::PasswordGuessing, "doorkeeper"),
        (P::ManyExports, "Carl"),
        (P::NewAddress, "Maya"),
        (P::NewAddress, "Sam"),
        (P::TwoPlaces, "Sam"),
        (P::TwoPlaces, "Maya"),
        (P::SameRecord, "Olivia"),
        (P::LongSilent, "Adam"),
        (P::LongOver, "Adam"),
    ];
    assert_eq!(
        found(house).await,
        expected
            .map(|(pattern, who)| (pattern, who.to_owned()))
            .into()
    );
    assert_eq!(
        expected
            .map(|e| e.0)
            .into_iter()
            .collect::<BTreeSet<_>>()
            .len(),
        Pattern::ALL.len(),
        "every pattern was planted"
    );
    house.gate.work_off().await.unwrap();
    assert_eq!(
        found(house).await.len(),
        expected.len(),
        "nothing is found twice"
    );
}
