//! Clients as records of their own: who is one, and who sees them.
use crate::scheduling::client_records::{
    again, client, field, found, name, named, seen, shown, want,
};
use interpres_gate::Refusal;
use interpres_scheduling::{
    AppointmentInput, ListAppointments, ListClients, SearchClients, SearchInput,
};
use interpres_testkit::{House, apply, booking, story};
use interpres_types::LepClientId;

async fn of_client(house: &House, who: &str, id: LepClientId) -> Vec<String> {
    let actor = house.enters(who).await;
    let asked = ListAppointments {
        client: id.to_string().into(),
        ..ListAppointments::default()
    };
    let page = house.gate.view(&actor, asked).await.unwrap().into_inner();
    page.items.into_iter().map(|a| a.reference).collect()
}

#[apply(story)]
async fn a_name_that_is_typed_twice_makes_two_clients_and_one_that_is_picked_stays_one(
    house: &House,
) {
    let first = house
        .book("Dora", named("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    house.wait_minutes(1);
    let second = house
        .book(
            "Dora",
            AppointmentInput {
                start: "11:00".into(),
                ..named("C-2", "Wilhelmina Kanarya")
            },
        )
        .await
        .unwrap();
    let (one, two) = (client(house, first).await, client(house, second).await);
    assert_ne!(one, two, "never merged by name");
    assert_eq!(found(house, "Dora", "wilhelmina").await, [two, one]);
    let third = house
        .book(
            "Dora",
            AppointmentInput {
                start: "13:00".into(),
                ..again("C-3", one)
            },
        )
        .await
        .unwrap();
    assert_eq!(
        (
            client(house, third).await,
            name(&seen(house, "Dora", third).await)
        ),
        (one, Some("Wilhelmina Kanarya"))
    );
    assert_eq!(of_client(house, "Dora", one).await, ["C-1", "C-3"]);
    let dora = house.enters("Dora").await;
    let all = house
        .gate
        .view(
            &dora,
            ListClients {
                limit: "2".into(),
                ..ListClients::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        all.items.iter().map(|c| c.id).collect::<Vec<_>>(),
        [two, one]
    );
    let next = house
        .gate
        .view(
            &dora,
            ListClients {
                cursor: all.next.unwrap().into(),
                ..ListClients::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert!(!next.items.is_empty() && next.items.iter().all(|c| c.id < one));
    let both = AppointmentInput {
        lep_client: "Wilhelmina Kanarya".into(),
        ..again("C-4", one)
    };
    assert_eq!(
        field(&house.book("Dora", both).await.unwrap_err()),
        "client"
    );
}

#[apply(story)]
async fn another_name_corrects_a_client_of_one_appointment_and_is_somebody_else_on_one_of_several(
    house: &House,
) {
    let first = house
        .book("Dora", named("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    let one = client(house, first).await;
    house
        .edit("Dora", first, named("C-1", "Wilhelmine Kanarya"))
        .await
        .unwrap();
    assert_eq!(
        (
            client(house, first).await,
            name(&seen(house, "Dora", first).await)
        ),
        (one, Some("Wilhelmine Kanarya"))
    );
    let second = house
        .book(
            "Dora",
            AppointmentInput {
                start: "11:00".into(),
                ..again("C-2", one)
            },
        )
        .await
        .unwrap();
    let version = seen(house, "Dora", second).await.version;
    house
        .edit(
            "Dora",
            second,
            AppointmentInput {
                start: "11:00".into(),
                ..named("C-2", "Wilhelmine Kanarya")
            },
        )
        .await
        .unwrap();
    assert_eq!(
        (
            client(house, second).await,
            seen(house, "Dora", second).await.version
        ),
        (one, version),
        "the same name is nobody else"
    );
    house
        .edit(
            "Dora",
            second,
            AppointmentInput {
                start: "11:00".into(),
                ..named("C-2", "Theodora Kanarya")
            },
        )
        .await
        .unwrap();
    assert_ne!(client(house, second).await, one);
    assert_eq!(
        name(&seen(house, "Dora", first).await),
        Some("Wilhelmine Kanarya")
    );
    house
        .edit(
            "Dora",
            second,
            AppointmentInput {
                start: "11:00".into(),
                ..again("C-2", one)
            },
        )
        .await
        .unwrap();
    assert_eq!(of_client(house, "Dora", one).await, ["C-1", "C-2"]);
    want(house, "Dora", one, "Wilhelmina Kanarya", &[], &[])
        .await
        .unwrap();
    assert_eq!(
        name(&seen(house, "Dora", second).await),
        Some("Wilhelmina Kanarya"),
        "for all of their appointments"
    );
    house
        .edit(
            "Dora",
            second,
            AppointmentInput {
                start: "11:00".into(),
                ..booking("C-2")
            },
        )
        .await
        .unwrap();
    assert_eq!(
        (
            seen(house, "Dora", second).await.client,
            name(&seen(house, "Dora", first).await)
        ),
        (None, Some("Wilhelmina Kanarya"))
    );
    house.edit("Dora", first, booking("C-1")).await.unwrap();
    assert_eq!(name(&seen(house, "Dora", first).await), None);
}

#[apply(story)]
async fn a_client_is_there_for_whoever_schedules_or_files_for_them_and_for_nobody_else(
    house: &House,
) {
    let filed = house
        .book("Rita", named("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    let id = client(house, filed).await;
    for who in ["Olivia", "Maya", "Dora", "Rita"] {
        assert_eq!(
            shown(house, who, id)
                .await
                .unwrap()
                .lep_client
                .unwrap()
                .shown(),
            "Wilhelmina Kanarya",
            "{who}"
        );
    }
    for who in ["Bea", "Carl", "Vera"] {
        assert_eq!(
            shown(house, who, id)
                .await
                .unwrap()
                .lep_client
                .unwrap()
                .shown(),
            "W. K.",
            "{who}"
        );
        let actor = house.enters(who).await;
        let input = SearchInput {
            client: "wilhelmina".into(),
            ..SearchInput::default()
        };
        assert!(
            matches!(
                house.gate.view(&actor, SearchClients { input }).await,
                Err(Refusal::Forbidden)
            ),
            "{who}"
        );
    }
    house.assign(filed, "Ines").await;
    for who in ["Sam", "Ines", "Linh", "Peter", "Tess"] {
        assert!(
            matches!(shown(house, who, id).await, Err(Refusal::NotFound)),
            "{who}"
        );
        let actor = house.enters(who).await;
        let all = house
            .gate
            .view(
                &actor,
                ListClients {
                    limit: "200".into(),
                    ..ListClients::default()
                },
            )
            .await
            .unwrap();
        assert!(all.items.iter().all(|c| c.id != id), "{who}");
    }
    assert!(
        seen(house, "Ines", filed).await.client.is_none(),
        "appointments of one client can't be told apart"
    );
    assert_eq!(found(house, "Rita", "wilhelmina").await, [id]);
    assert!(found(house, "Sam", "wilhelmina").await.is_empty());
    let court = AppointmentInput {
        team: "Courts".into(),
        customer: "Mesa Verde County Court".into(),
        ..again("C-2", id)
    };
    assert_eq!(
        field(&house.book("Sam", court.clone()).await.unwrap_err()),
        "client",
        "of another team"
    );
    assert_eq!(
        field(&house.book("Olivia", court).await.unwrap_err()),
        "client",
        "of another customer"
    );
    let staffs = house
        .book("Dora", named("C-3", "Theodora Kanarya"))
        .await
        .unwrap();
    let theirs = client(house, staffs).await;
    assert!(
        matches!(shown(house, "Rita", theirs).await, Err(Refusal::NotFound)),
        "what others booked"
    );
    assert_eq!(
        field(&house.book("Rita", again("C-4", theirs)).await.unwrap_err()),
        "client"
    );
}

#[apply(story)]
async fn a_window_is_an_appointments_own_also_where_two_are_for_one_client(house: &House) {
    let near = house
        .book("Dora", named("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    let far = house
        .book(
            "Dora",
            AppointmentInput {
                date: "2027-03-20".into(),
                ..again("C-2", client(house, near).await)
            },
        )
        .await
        .unwrap();
    for appointment in [near, far] {
        house.assign(appointment, "Ines").await;
    }
    house.at("2027-03-09T10:00");
    let ines = house.enters("Ines").await;
    let page = house
        .gate
        .view(
            &ines,
            ListAppointments {
                limit: "200".into(),
                ..ListAppointments::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    let of = |reference: &str| {
        page.items
            .iter()
            .find(|a| a.reference == reference)
            .map(|a| name(a).unwrap().to_owned())
            .unwrap()
    };
    assert_eq!(
        (of("C-1"), of("C-2")),
        ("Wilhelmina Kanarya".to_owned(), "W. K.".to_owned())
    );
}
