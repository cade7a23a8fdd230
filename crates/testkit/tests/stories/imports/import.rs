use super::{look, run, take};
use interpres_directory::ListInterpreters;
use interpres_gate::Refusal;
use interpres_imports::{
    ImportKind, MapInput, MapValues, RejectedLines, ReviewImport, ReviewView, upload,
};
use interpres_scheduling::ListAppointments;
use interpres_testkit::{House, apply, story};

const PEOPLE: &str = "\u{feff}First name,Last name,Email,Phone number,Languages,Team\r\n\
    Mei,Park,mei@example.org,303-555-0143,Mandrin; Spanish,denver metro \r\n\
    =HYPERLINK(\"http://example.org\"),Fox,fox@example.org,,Spanish,Courts\r\n\
    Omar,Wang,mei@example.org,,Somali,Courts\r\n\
    Jin,\"Van\r\nDyke\",not-an-email,call the front desk,,North Colorado\r\n\
    Short,Row,short@example.org\r\n\
    Ana,Ruiz,ana@example.org,+1 720 555 0167,Spanish,Courts\r\n";

/// Imports a file, with what its values mean.
async fn import_mapped(
    house: &House,
    kind: ImportKind,
    text: &str,
    values: &[(&str, &str)],
) -> ReviewView {
    let dora = house.enters("Dora").await;
    let import = take(house, &dora, kind, text).await;
    let values = values
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).into()))
        .collect();
    let input = MapInput {
        values,
        ..MapInput::default()
    };
    let map = MapValues { import, input };
    house.gate.perform(&dora, map).await.unwrap();
    run(house, &dora, import).await
}

#[apply(story)]
async fn an_upload_changes_nothing_and_its_review_tells_every_reason(house: &House) {
    let dora = house.enters("Dora").await;
    let id = upload(
        &house.gate,
        &dora,
        ImportKind::Interpreters,
        "people.csv",
        PEOPLE.as_bytes(),
    )
    .await
    .unwrap()
    .id;
    let seen = look(house, &dora, id).await;
    let reasons: Vec<(i64, Vec<String>)> = seen
        .items
        .iter()
        .map(|l| (l.number, l.problems.clone()))
        .collect();
    assert_eq!(
        reasons,
        [
            (2, vec!["languages is not a language we know".to_owned()]),
            (
                3,
                vec!["first_name looks like a spreadsheet formula".to_owned()]
            ),
            (4, vec![]),
            (
                5,
                vec![
                    "team is not a team of this workspace".to_owned(),
                    "last_name must not hold control characters".to_owned(),
                    "email must be one email address, like ana@example.org".to_owned(),
                    "phone must be a phone number, like (303) 555-0142".to_owned(),
                    "languages at least one is required".to_owned()
                ]
            ),
            (
                6,
                vec![
                    "row has 3 cells where the file has 6 columns".to_owned(),
                    "team is required".to_owned(),
                    "languages at least one is required".to_owned()
                ]
            ),
            (7, vec![]),
        ]
    );
    let unknown: Vec<_> = seen
        .unknown
        .iter()
        .map(|u| (u.key.as_str(), u.suggestion.as_deref()))
        .collect();
    assert_eq!(
        unknown,
        [
            ("languages|mandrin", Some("Mandarin")),
            ("team|north colorado", None)
        ]
    );
    let people = house
        .gate
        .view(
            &dora,
            ListInterpreters {
                q: "Park".into(),
                ..ListInterpreters::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert!(people.items.is_empty());
}

#[apply(story)]
async fn mapped_rows_are_imported_the_others_come_back_as_a_file_and_importing_again_changes_nothing(
    house: &House,
) {
    let dora = house.enters("Dora").await;
    let mapping = [("languages|mandrin", "Mandarin")];
    let done = import_mapped(house, ImportKind::Interpreters, PEOPLE, &mapping).await;
    assert_eq!(
        (done.outcomes.get("added"), done.outcomes.get("rejected")),
        (Some(&2), Some(&4))
    );
    let file = house
        .gate
        .view(&dora, RejectedLines(done.id))
        .await
        .unwrap()
        .into_inner();
    assert!(
        file.csv
            .contains("\"'=HYPERLINK(\"\"http://example.org\"\")\"")
            || file.csv.contains("'=HYPERLINK"),
        "{}",
        file.csv
    );
    assert!(
        file.csv.contains("email is a duplicate of row 2"),
        "{}",
        file.csv
    );
    let again = import_mapped(house, ImportKind::Interpreters, PEOPLE, &mapping).await;
    assert_eq!(
        (again.outcomes.get("unchanged"), again.outcomes.get("added")),
        (Some(&2), None)
    );
}

#[apply(story)]
async fn appointments_are_imported_once_with_their_clients_sealed_and_forbidden_numbers_never_kept(
    house: &House,
) {
    let file = "Reference,Date,Start,Minutes,Language,Service type,Team,Customer,LEP client,Notes\n\
            Q-1,03/10/2027,09:00,60,Spanish,In-person,Courts,St. Brigid Hospital,Mei Kanarya,\"two\nlines, Kanarya\"\n\
            Q-2,2027-03-14,02:30,60,Spanish,Phone,Courts,St. Brigid Hospital,,\n\
            Q-3,2027-03-15,25:00,900000,Klingon,Phone,Courts,No Such Customer,,\n\
            Q-4,2027-03-15,10:00,60,Spanish,Phone,Courts,St. Brigid Hospital,,SSN 123-45-6789\n\
            Q-1,2027-03-16,10:00,60,Spanish,Phone,Courts,St. Brigid Hospital,,\n";
    let done = import_mapped(house, ImportKind::Appointments, file, &[]).await;
    let problems: Vec<String> = done.items.iter().flat_map(|l| l.problems.clone()).collect();
    for part in [
        "Did you mean 3:30 AM?",
        "language is not a language we know",
        "customer is not a customer",
        "minutes must be between",
        "start must be a time",
        "must not hold a social security number",
        "reference is a duplicate of row 2",
    ] {
        assert!(
            problems.iter().any(|p| p.contains(part)),
            "{part}: {problems:?}"
        );
    }
    assert_eq!(done.outcomes.get("added"), Some(&1));
    assert!(
        done.items
            .iter()
            .all(|l| l.cells.iter().all(|c| !c.contains("6789")))
    );
    let dora = house.enters("Dora").await;
    let seen = house
        .gate
        .view(
            &dora,
            ListAppointments {
                q: "Q-1".into(),
                ..ListAppointments::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        seen.items[0].lep_client.as_ref().unwrap().shown(),
        "Mei Kanarya"
    );
    let again = import_mapped(house, ImportKind::Appointments, file, &[]).await;
    assert_eq!(
        (again.outcomes.get("unchanged"), again.outcomes.get("added")),
        (Some(&1), None)
    );
}

#[apply(story)]
async fn a_file_that_is_no_csv_of_ours_is_refused_with_what_to_do(house: &House) {
    let dora = house.enters("Dora").await;
    for (bytes, part) in [
        (&b"\xff\xfeN\x00"[..], "UTF-8"),
        (b"", "column names"),
        (b"Name,Email\n", "no rows"),
    ] {
        let refusal = upload(&house.gate, &dora, ImportKind::Customers, "x.csv", bytes)
            .await
            .unwrap_err();
        assert!(
            matches!(&refusal, Refusal::Invalid(_)) && refusal.to_string().contains(part),
            "{refusal}"
        );
    }
}

#[apply(story)]
async fn sam_can_neither_see_doras_upload_nor_import_into_another_team(house: &House) {
    let (dora, sam) = (house.enters("Dora").await, house.enters("Sam").await);
    let id = upload(
        &house.gate,
        &dora,
        ImportKind::Interpreters,
        "people.csv",
        PEOPLE.as_bytes(),
    )
    .await
    .unwrap()
    .id;
    assert!(matches!(
        house
            .gate
            .view(
                &sam,
                ReviewImport {
                    id,
                    after: "".into(),
                    only: "".into()
                }
            )
            .await,
        Err(Refusal::NotFound)
    ));
    let own = upload(
        &house.gate,
        &sam,
        ImportKind::Interpreters,
        "people.csv",
        PEOPLE.as_bytes(),
    )
    .await
    .unwrap()
    .id;
    let seen = house
        .gate
        .view(
            &sam,
            ReviewImport {
                id: own,
                after: "".into(),
                only: "".into(),
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert!(
        seen.items[0]
            .problems
            .contains(&"team is not one of your teams".to_owned())
    );
}
