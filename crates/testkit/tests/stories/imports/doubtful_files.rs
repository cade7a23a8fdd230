//! A file that could mean several things is asked about, and nothing of it stands in clear.
use crate::imports::{import, look, take};
use interpres_directory::ListInterpreters;
use interpres_gate::Refusal;
use interpres_imports::{ImportKind, ListImports, MapInput, MapValues, StartImport};
use interpres_testkit::{House, apply, story};

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

#[apply(story)]
async fn two_columns_that_could_be_one_field_are_asked_about_and_neither_wins_unasked(
    house: &House,
) {
    let dora = house.enters("Dora").await;
    let phones = "First name,Last name,Email,Phone,Phone,Languages,Team\n\
        Carla,Voss,carla@interp.example,303-555-0131,720-555-0131,Spanish,Courts\n\
        Dov,Adler,dov@interp.example,303-555-0132,,Hebrew,Courts\n";
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
    let lengths = "Reference,Date,Start,Minutes,Duration,Language,Service type,Team,Customer\n\
        T45-1,2027-01-21,09:00,60,120,Spanish,phone,Courts,St. Brigid Hospital\n";
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
