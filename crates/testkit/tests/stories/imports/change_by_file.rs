//! A file changes what it brings and nothing else.
use crate::imports::{import, look, take};
use interpres_directory::{InterpreterView, ListCustomers, ListInterpreters, ShowCustomer};
use interpres_gate::Actor;
use interpres_imports::{ImportKind, StartImport};
use interpres_scheduling::{AppointmentInput, BookAppointment, ShowAppointment};
use interpres_testkit::{House, apply, story};

const FULL: &str = "Name,Email,Team,Website,Phone,Fax,Address,City,State,Zip,Zone,Billing address,Billing street,Billing city,Billing state,Billing zip,Health care\r\n\
    Larkspur Family Court,clerk@larkspur.example,Courts,https://larkspur.example,303-555-0181,303-555-0182,77 Sample Sq,Denver,CO,80203,America/Denver,different,PO Box 812,Denver,CO,80201,no\r\n";

const PHONE_ONLY: &str =
    "Name,Email,Team,Phone\r\nLarkspur Family Court,clerk@larkspur.example,Courts,303-555-0199\r\n";

const BLANK_CELLS: &str = "Name,Email,Team,Website,Phone,Fax,Address,City,State,Zip,Health care\r\n\
    Larkspur Family Court,clerk@larkspur.example,Courts,,303-555-0198,,,,,,\r\n";

async fn larkspur(house: &House, dora: &Actor) -> serde_json::Value {
    let found = house
        .gate
        .view(
            dora,
            ListCustomers {
                q: "family COURT".into(),
                ..ListCustomers::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(found.items.len(), 1);
    let mut seen = serde_json::to_value(
        house
            .gate
            .view(dora, ShowCustomer(found.items[0].id))
            .await
            .unwrap()
            .into_inner(),
    )
    .unwrap();
    seen.as_object_mut().unwrap().remove("version");
    seen
}

#[apply(story)]
async fn a_file_with_a_phone_only_changes_the_phone_only_and_empty_cells_change_nothing(
    house: &House,
) {
    let dora = house.enters("Dora").await;
    import(house, &dora, ImportKind::Customers, FULL).await;
    let before = larkspur(house, &dora).await;
    assert_eq!(
        (
            &before["health_care"],
            &before["billing"][0],
            &before["phone"]
        ),
        (&false.into(), &"PO Box 812".into(), &"+13035550181".into())
    );
    for (file, phone) in [(PHONE_ONLY, "+13035550199"), (BLANK_CELLS, "+13035550198")] {
        assert_eq!(
            import(house, &dora, ImportKind::Customers, file)
                .await
                .outcomes
                .get("updated"),
            Some(&1)
        );
        let mut expected = before.clone();
        expected["phone"] = phone.into();
        assert_eq!(larkspur(house, &dora).await, expected);
    }
    let people = "First name,Last name,Email,Phone,Languages,Team,Gender,Address,Zip\n\
        Mei,Park,mei@example.org,303-555-0143,Spanish,Courts,female,1 Sample St,80203\n";
    import(house, &dora, ImportKind::Interpreters, people).await;
    let fewer =
        "First name,Last name,Email,Languages,Team\nMei,Park-Lee,mei@example.org,Spanish,Courts\n";
    import(house, &dora, ImportKind::Interpreters, fewer).await;
    let mei = house
        .gate
        .view(
            &dora,
            ListInterpreters {
                q: "mei lee".into(),
                ..ListInterpreters::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    let InterpreterView {
        phone,
        gender,
        address,
        zip,
        ..
    } = &mei.items[0];
    assert_eq!(
        (
            phone.is_some(),
            gender.is_some(),
            address.as_deref(),
            zip.as_deref()
        ),
        (true, true, Some("1 Sample St"), Some("80203"))
    );
}

#[apply(story)]
async fn a_job_keeps_its_place_client_and_notes_when_a_file_without_them_comes_again(
    house: &House,
) {
    let dora = house.enters("Dora").await;
    let input = AppointmentInput {
        reference: "JOB-78".into(),
        date: "2027-01-28".into(),
        start: "10:00".into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "in-person".into(),
        mode: "simultaneous".into(),
        team: "Courts".into(),
        customer: "Mesa Verde County Court".into(),
        address: "1200 Example Ave".into(),
        gender: "female".into(),
        lep_client: "Rosa Kanarya".into(),
        notes: "Ask for Kanarya".into(),
        internal_notes: "Kanarya pays".into(),
        ..AppointmentInput::default()
    };
    let id = house
        .gate
        .perform(&dora, BookAppointment { input })
        .await
        .unwrap()
        .id;
    let file = "Reference,Date,Start,Minutes,Language,Service type,Customer\n\
        job-78,2027-01-28,10:00,90,Spanish,in-person,Mesa Verde County Court\n";
    assert_eq!(
        import(house, &dora, ImportKind::Appointments, file)
            .await
            .outcomes
            .get("updated"),
        Some(&1)
    );
    let a = house
        .gate
        .view(&dora, ShowAppointment(id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            a.minutes,
            a.mode.word(),
            a.place.as_deref(),
            a.gender.map(|g| g.word()),
            a.team.name.as_str()
        ),
        (
            90,
            "simultaneous",
            Some("1200 Example Ave"),
            Some("female"),
            "Courts"
        )
    );
    let texts = [
        a.lep_client.unwrap().shown().to_owned(),
        a.notes.unwrap().shown().to_owned(),
        a.internal_notes.unwrap().shown().to_owned(),
    ];
    assert_eq!(texts, ["Rosa Kanarya", "Ask for Kanarya", "Kanarya pays"]);
    assert_eq!(
        import(house, &dora, ImportKind::Appointments, file)
            .await
            .outcomes
            .get("unchanged"),
        Some(&1)
    );
}

#[apply(story)]
async fn a_row_that_changes_a_record_needs_only_its_key_and_what_it_brings(house: &House) {
    let dora = house.enters("Dora").await;
    import(house, &dora, ImportKind::Customers, FULL).await;
    let phone =
        "Name,Email,Phone\r\nlarkspur  family court,CLERK@larkspur.example,303-555-0177\r\n";
    assert_eq!(
        import(house, &dora, ImportKind::Customers, phone)
            .await
            .outcomes
            .get("updated"),
        Some(&1)
    );
    let court = larkspur(house, &dora).await;
    assert_eq!(
        (&court["phone"], &court["team"], &court["website"]),
        (
            &"+13035550177".into(),
            &"Courts".into(),
            &"https://larkspur.example".into()
        )
    );

    let people =
        "First name,Last name,Email,Languages,Team\nMei,Park,mei@example.org,Spanish,Courts\n";
    import(house, &dora, ImportKind::Interpreters, people).await;
    // The second row is of nobody known, so it would be a new record and lacks what one needs.
    let phones = "Email,Phone\n\
        MEI@example.org,303-555-0143\n\
        new@example.org,303-555-0144\n\
        mei@example.com,12\n";
    let id = take(house, &dora, ImportKind::Interpreters, phones).await;
    let seen = look(house, &dora, id).await;
    assert_eq!(
        (seen.good, seen.bad),
        (1, 2),
        "{:?}",
        seen.items.iter().map(|l| &l.problems).collect::<Vec<_>>()
    );
    assert!(
        seen.items[1]
            .problems
            .iter()
            .any(|p| p.starts_with("first_name is required")),
        "{:?}",
        seen.items[1].problems
    );
    house.gate.perform(&dora, StartImport(id)).await.unwrap();
    house.gate.work_off().await.unwrap();
    let mei = house
        .gate
        .view(
            &dora,
            ListInterpreters {
                q: "mei park".into(),
                ..ListInterpreters::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            mei.items[0].phone.is_some(),
            mei.items[0].languages.as_slice()
        ),
        (true, &["Spanish".to_owned()][..])
    );
    let bad = take(
        house,
        &dora,
        ImportKind::Interpreters,
        "Email,Phone\nmei@example.org,12\n",
    )
    .await;
    assert!(
        look(house, &dora, bad).await.items[0].problems[0].starts_with("phone"),
        "what it brings is judged all the same"
    );

    let file = "Reference,Notes\nfr-1001,Ask for Kanarya at gate 4\nFR-9999,Kanarya\n";
    let done = import(house, &dora, ImportKind::Appointments, file).await;
    assert_eq!(
        (done.outcomes.get("updated"), done.outcomes.get("rejected")),
        (Some(&1), Some(&1)),
        "{:?} {:?}",
        done.outcomes,
        done.items
            .iter()
            .map(|l| (&l.record, &l.problems))
            .collect::<Vec<_>>()
    );
    let a = house
        .gate
        .view(&dora, ShowAppointment(house.world.appointments["FR-1001"]))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            a.notes.unwrap().shown().to_owned(),
            a.start.as_str(),
            a.minutes
        ),
        ("Ask for Kanarya at gate 4".to_owned(), "09:00", 60)
    );
}
