//! A file changes what it brings and nothing else, keeps nothing of itself in clear, and guesses nothing.
use interpres_accounts::EndMember;
use interpres_directory::{InterpreterView, ListCustomers, ListInterpreters, ShowCustomer};
use interpres_gate::{Actor, Refusal};
use interpres_imports::{
    ImportKind, ListImports, MapInput, MapValues, ReviewImport, ReviewView, StartImport, upload,
};
use interpres_scheduling::{AppointmentInput, BookAppointment, ListAppointments, ShowAppointment};
use interpres_testkit::{House, apply, story};
use interpres_types::ImportId;

const FULL: &str = "Name,Email,Team,Website,Phone,Fax,Address,City,State,Zip,Zone,Billing address,Billing street,Billing city,Billing state,Billing zip,Health care\r\n\
    Larkspur Family Court,clerk@larkspur.example,Courts,https://larkspur.example,303-555-0181,303-555-0182,77 Sample Sq,Denver,CO,80203,America/Denver,different,PO Box 812,Denver,CO,80201,no\r\n";
const PHONE_ONLY: &str =
    "Name,Email,Team,Phone\r\nLarkspur Family Court,clerk@larkspur.example,Courts,303-555-0199\r\n";
const BLANK_CELLS: &str = "Name,Email,Team,Website,Phone,Fax,Address,City,State,Zip,Health care\r\nLarkspur Family Court,clerk@larkspur.example,Courts,,303-555-0198,,,,,,\r\n";
const NUMBERS: &str = "Reference,Date,Start,Minutes,Language,Service type,Team,Customer,Notes\r\n\
    T81-1,2027-01-29,08:00,60,Spanish,phone,Courts,St. Brigid Hospital,Their request 20261214093001\r\n\
    T81-2,2027-01-29,09:00,60,Spanish,phone,Courts,St. Brigid Hospital,Claim 0012345670009\r\n\
    T81-3,2027-01-29,10:00,60,Spanish,phone,Courts,St. Brigid Hospital,Authorization 112027010000006\r\n\
    T81-4,2027-01-29,11:00,60,Spanish,phone,Courts,St. Brigid Hospital,PO 000-12-3456\r\n\
    T81-5,2027-01-29,12:00,60,Spanish,phone,Courts,St. Brigid Hospital,Ward line abroad 030 12 3456\r\n\
    T81-6,2027-01-29,13:00,60,Spanish,phone,Courts,St. Brigid Hospital,Card 4111 1111 1111 1111\r\n\
    T81-7,2027-01-29,14:00,60,Spanish,phone,Courts,St. Brigid Hospital,SSN 219-09-9999\r\n\
    T81-8,2027-01-29,15:00,60,Spanish,phone,Courts,St. Brigid Hospital,SSN 219099999\r\n\
    T81-9,2027-01-29,16:00,60,Spanish,phone,Courts,St. Brigid Hospital,Card 4111-1111 11111111\r\n\
    T81-10,2027-01-29,17:00,60,Spanish,phone,Courts,St. Brigid Hospital,SSN 219\u{2013}09\u{2013}9999\r\n\
    T81-11,2027-01-29,18:00,60,Spanish,phone,Courts,St. Brigid Hospital,SSN 219.09.9999\r\n";

async fn take(house: &House, dora: &Actor, kind: ImportKind, text: &str) -> ImportId {
    upload(
        &house.gate,
        dora,
        kind,
        "Kanarya intake.csv",
        text.as_bytes(),
    )
    .await
    .unwrap()
    .id
}

async fn look(house: &House, dora: &Actor, id: ImportId) -> ReviewView {
    house
        .gate
        .view(
            dora,
            ReviewImport {
                id,
                after: "".into(),
                only: "".into(),
            },
        )
        .await
        .unwrap()
        .into_inner()
}

async fn import(house: &House, dora: &Actor, kind: ImportKind, text: &str) -> ReviewView {
    let id = take(house, dora, kind, text).await;
    house.gate.perform(dora, StartImport(id)).await.unwrap();
    house.gate.work_off().await.unwrap();
    look(house, dora, id).await
}

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
    let people = "First name,Last name,Email,Phone,Languages,Team,Gender,Address,Zip\nMei,Park,mei@example.org,303-555-0143,Spanish,Courts,female,1 Sample St,80203\n";
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
    let file = "Reference,Date,Start,Minutes,Language,Service type,Customer\njob-78,2027-01-28,10:00,90,Spanish,in-person,Mesa Verde County Court\n";
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
async fn two_columns_that_could_be_one_field_are_asked_about_and_neither_wins_unasked(
    house: &House,
) {
    let dora = house.enters("Dora").await;
    let phones = "First name,Last name,Email,Phone,Phone,Languages,Team\n\
            Carla,Voss,carla@interp.example,303-555-0131,720-555-0131,Spanish,Courts\nDov,Adler,dov@interp.example,303-555-0132,,Hebrew,Courts\n";
    let id = take(house, &dora, ImportKind::Interpreters, phones).await;
    let clash = &look(house, &dora, id).await.clashes[0];
    assert_eq!(
        (clash.field.as_str(), clash.columns.as_slice()),
        ("phone", &["Phone".to_owned(), "Phone (2)".to_owned()][..])
    );
    assert!(matches!(
        house.gate.perform(&dora, StartImport(id)).await,
        Err(Refusal::Conflict(_))
    ));
    let map = |pairs: &[(&str, &str)]| MapValues {
        import: id,
        input: MapInput {
            columns: pairs
                .iter()
                .map(|(c, f)| ((*c).to_owned(), (*f).into()))
                .collect(),
            ..MapInput::default()
        },
    };
    let both = house
        .gate
        .perform(&dora, map(&[("Phone", "phone"), ("Phone (2)", "phone")]))
        .await
        .unwrap_err();
    assert!(both.to_string().contains("two are"), "{both}");
    house
        .gate
        .perform(&dora, map(&[("Phone", "phone"), ("Phone (2)", "")]))
        .await
        .unwrap();
    house.gate.perform(&dora, StartImport(id)).await.unwrap();
    house.gate.work_off().await.unwrap();
    let found = house
        .gate
        .view(
            &dora,
            ListInterpreters {
                q: "o".into(),
                limit: "200".into(),
                ..ListInterpreters::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    let phone = |email: &str| {
        found
            .items
            .iter()
            .find(|i| i.email == email)
            .unwrap()
            .phone
            .clone()
            .unwrap()
    };
    assert_eq!(
        (phone("carla@interp.example"), phone("dov@interp.example")),
        ("+13035550131".into(), "+13035550132".into())
    );
    let lengths = "Reference,Date,Start,Minutes,Duration,Language,Service type,Team,Customer\nT45-1,2027-01-21,09:00,60,120,Spanish,phone,Courts,St. Brigid Hospital\n";
    let id = take(house, &dora, ImportKind::Appointments, lengths).await;
    assert_eq!(
        look(house, &dora, id).await.clashes[0].columns,
        ["Minutes", "Duration"]
    );
}

#[apply(story)]
async fn of_a_file_nothing_stands_in_clear_not_its_name_nor_a_first_row_that_is_no_header(
    house: &House,
) {
    let dora = house.enters("Dora").await;
    let id = take(
        house,
        &dora,
        ImportKind::Appointments,
        "Rosa Kanarya,2027-01-28,SSN 219-09-9999\nMateo Kanarya,=1+1,219-09-9999\n",
    )
    .await;
    let seen = look(house, &dora, id).await;
    assert_eq!(
        (
            seen.file_name.as_str(),
            seen.columns[0].column.as_str(),
            seen.columns[2].column.as_str()
        ),
        ("Kanarya intake.csv", "Rosa Kanarya", "column 3")
    );
    assert!(
        seen.items[0]
            .problems
            .iter()
            .any(|p| p.starts_with("column 3 must not hold")),
        "{:?}",
        seen.items[0].problems
    );
    house.gate.perform(&dora, StartImport(id)).await.unwrap();
    let listed = house
        .gate
        .view(&dora, ListImports)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed[0].file_name, "Kanarya intake.csv");
    // That the marker word stands nowhere in clear is looked for after every story.
}

#[apply(story)]
async fn long_numbers_of_a_file_are_told_apart_and_a_bad_cell_leaves_its_row_the_others(
    house: &House,
) {
    let dora = house.enters("Dora").await;
    let done = import(house, &dora, ImportKind::Appointments, NUMBERS).await;
    assert_eq!(
        (done.outcomes.get("added"), done.outcomes.get("rejected")),
        (Some(&4), Some(&7))
    );
    for line in done.items.iter().filter(|line| line.number > 5) {
        assert!(
            line.problems[0].starts_with("notes must not hold")
                && !line.problems[0].contains(|c: char| c.is_ascii_digit()),
            "{:?}",
            line.problems
        );
        assert_eq!(
            (line.cells[0].as_str(), line.cells[8].as_str()),
            (format!("T81-{}", line.number - 1).as_str(), "")
        );
    }
}

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
    let id = take(house, &dora, ImportKind::Interpreters, "Email,Phone\nMEI@example.org,303-555-0143\nnew@example.org,303-555-0144\nmei@example.com,12\n").await;
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
    house.tamper(&format!("insert into job (workspace_id, kind, subject, due_at) values ('{ours}', 'imports.run', '{id} {adam}', 1)")).await.unwrap();
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
    let file = "Reference,Date,Start,Minutes,Language,Service type,Team,Customer\nLE-1,2027-01-29,08:00,60,Spanish,phone,Courts,St. Brigid Hospital\n";
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
